#include "targets/raft/messages.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "targets/raft/durable_log.hpp"
#include "tests/targets/disk.hpp"
#include "tests/targets/message_checks.hpp"

namespace faultline::raft {
namespace {

std::vector<Message> samples() {
  const std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  AppendRequest append{7, 3, 6, 2, 300, -5, {{6, "abc"}, {7, ""}, {7, Bytes("\0\xff", 2)}}};
  append.entries.push_back({7, {}, Configuration{{0, 2, 4}, {1}}});
  return {VoteRequest{3, true, 12, 2},
          VoteRequest{huge, false, huge, huge, true},
          VoteReply{4, 5, true, false},
          VoteReply{4, 5, false, true},
          AppendRequest{},
          append,
          AppendReply{9, 1000, 3 * kSecond, 4, true, 8, 0},
          AppendReply{9, 0, 0, huge, false, 2, 128},
          InstallRequest{9, 4, 7, {100, 8, {{1, 2}, {}}, Bytes("\0state", 6)}},
          TimeoutNow{12}};
}

TEST(Messages, SurviveEncoding) {
  expect_to_survive_encoding(samples(), decode_message);
}

TEST(Messages, CutShortOrExtendedAreErrors) {
  expect_errors_if_cut_or_extended(samples(), decode_message);
}

TEST(Messages, ACountLargerThanTheMessageIsAnError) {
  Bytes bytes = encode(AppendRequest{});
  bytes.back() = '\x7f';  // the number of entries
  EXPECT_TRUE(decode_message(bytes).has_error());
}

TEST(Messages, GarbageIsAnErrorOrAMessage) {
  expect_to_survive_garbage(samples(), decode_message);
}

TEST(DurableLog, ReplaysWhatItWrote) {
  DurableLog log(3);
  Effects out;
  log.set_term(3, 2, out);
  log.append({1, "a"}, out);
  log.append({2, "b"}, out);
  log.append({2, "c"}, out);
  log.truncate_from(2, out);
  log.append({3, "d"}, out);
  log.sync(out);
  log.sync(out);  // nothing was written since
  Disk disk;
  disk.carry_out(out);
  EXPECT_EQ(disk.syncs, 1U);

  DurableLog restored(3);
  ASSERT_TRUE(restored.replay(disk.synced).has_value());
  EXPECT_EQ(restored.term(), 3U);
  EXPECT_EQ(restored.vote(), 2);
  ASSERT_EQ(restored.last_index(), 2U);
  EXPECT_EQ(restored.entry(1), (Entry{1, "a"}));
  EXPECT_EQ(restored.entry(2), (Entry{3, "d"}));
  EXPECT_EQ(restored.last_of_term(1), 1U);
  EXPECT_EQ(restored.last_of_term(2), std::nullopt);
}

TEST(DurableLog, DamagedRecordsAreErrorsThatSayWhere) {
  DurableLog log(3);
  Effects out;
  log.append({1, "a"}, out);
  log.append({1, "b"}, out);
  Disk disk;
  disk.carry_out(out);
  const Bytes first = disk.written.at(0);
  const Bytes second = disk.written.at(1);
  const std::vector<std::vector<Bytes>> damaged{{first, second.substr(0, 3)},
                                                {first, ""},
                                                {first, first},
                                                {first, "\x09"},
                                                {first, "\x03\x05"}};
  for (const std::vector<Bytes>& records : damaged) {
    DurableLog restored(3);
    const Result<void> result = restored.replay(records);
    ASSERT_TRUE(result.has_error());
    EXPECT_NE(result.error().message.find("record 1"), std::string::npos) << result.error().message;
  }
  DurableLog gap(3);
  EXPECT_TRUE(gap.replay(std::vector<Bytes>{second}).has_error());
}

}  // namespace
}  // namespace faultline::raft

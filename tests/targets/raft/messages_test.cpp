#include "targets/raft/messages.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "harness/core/rng.hpp"
#include "targets/raft/durable_log.hpp"

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
  for (const Message& message : samples()) {
    const Result<Message> decoded = decode_message(encode(message));
    ASSERT_TRUE(decoded.has_value()) << "type " << message.index();
    EXPECT_EQ(*decoded, message);
  }
}

TEST(Messages, CutShortOrExtendedAreErrors) {
  for (const Message& message : samples()) {
    const Bytes whole = encode(message);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_TRUE(decode_message(whole.substr(0, size)).has_error()) << size;
    }
    EXPECT_TRUE(decode_message(whole + '\0').has_error());
  }
}

TEST(Messages, ACountLargerThanTheMessageIsAnError) {
  Bytes bytes = encode(AppendRequest{});
  bytes.back() = '\x7f';  // the number of entries
  EXPECT_TRUE(decode_message(bytes).has_error());
}

TEST(Messages, GarbageIsAnErrorOrAMessage) {
  constexpr std::uint64_t kSeed = 11;
  Rng rng(kSeed);
  const std::vector<Message> messages = samples();
  int rejected = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = encode(rng.pick(messages));
    for (std::uint64_t flips = rng.between(1, 4); flips > 0; --flips) {
      const std::size_t place = rng.below(bytes.size());
      bytes[place] = static_cast<char>(rng.below(256));
    }
    const Result<Message> decoded = decode_message(bytes);
    if (!decoded) ++rejected;
    if (!decoded) continue;
    const Result<Message> again = decode_message(encode(*decoded));
    ASSERT_TRUE(again.has_value()) << "seed " << kSeed;
    EXPECT_EQ(*again, *decoded) << "seed " << kSeed;
  }
  EXPECT_GT(rejected, 1000);
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
  std::vector<Bytes> records;
  int syncs = 0;
  for (const Effects::Effect& effect : out.list) {
    if (const auto* write = std::get_if<Effects::Write>(&effect)) records.push_back(write->record);
    if (std::holds_alternative<Effects::Sync>(effect)) ++syncs;
  }
  EXPECT_EQ(syncs, 1);

  DurableLog restored(3);
  ASSERT_TRUE(restored.replay(records).has_value());
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
  const Bytes first = std::get<Effects::Write>(out.list[0]).record;
  const Bytes second = std::get<Effects::Write>(out.list[1]).record;
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

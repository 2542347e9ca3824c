#include "targets/paxos/messages.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "harness/core/rng.hpp"
#include "targets/paxos/durable_acceptor.hpp"

namespace faultline::paxos {
namespace {

std::vector<Message> samples() {
  const std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  const Ballot ballot{3, 1};
  const Ballot high{huge, 98};
  return {Suspect{12},
          SuspectReply{true, ballot},
          SuspectReply{false, high},
          Prepare{ballot, huge},
          Promise{ballot, {}},
          Promise{ballot, {{7, {{2, 0}, "abc"}}, {9, {high, Bytes("\0\xff", 2)}}}},
          Preempted{high},
          Accept{},
          Accept{ballot, 6, 300, 7, {"abc", "", Bytes("\0\xff", 2)}},
          Accepted{ballot, huge, 7, 3},
          Learn{4},
          Chosen{4, {{ballot, "abc"}, {high, ""}}, 100},
          Snapshot{40, Bytes("\0state", 6), 100},
          TakeOver{ballot}};
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
  Bytes bytes = encode(Accept{});
  bytes.back() = '\x7f';  // the number of values
  EXPECT_TRUE(decode_message(bytes).has_error());
}

TEST(Messages, AreDescribedAsPeopleNameThem) {
  const Ballot ballot{3, 0};
  EXPECT_EQ(describe(Prepare{ballot, 4}), "Prepare b3.1 from slot 4");
  EXPECT_EQ(describe(Promise{ballot, {{7, {{2, 0}, "a"}}}}), "Promise b3.1, accepted up to slot 7");
  EXPECT_EQ(describe(Accept{ballot, 0, 0, 12, {"a"}}), "Accept b3.1 slot 12");
  EXPECT_EQ(describe(Accept{ballot, 0, 0, 12, {"a", "b", "c"}}), "Accept b3.1 slots 12..14");
  EXPECT_EQ(describe(Accept{ballot, 0, 0, 12, {}}), "Heartbeat b3.1");
  EXPECT_EQ(describe(Accepted{ballot, 0, 12, 1}), "Accepted b3.1 slot 12");
  EXPECT_EQ(describe(Preempted{{4, 1}}), "Preempted by b4.2");
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

struct Written {
  std::vector<Bytes> records;
  int syncs = 0;
};

Written written(const Effects& out) {
  Written result;
  for (const Effects::Effect& effect : out.list) {
    if (const auto* write = std::get_if<Effects::Write>(&effect)) {
      result.records.push_back(write->record);
    }
    if (const auto* rewrite = std::get_if<Effects::Rewrite>(&effect)) {
      result.records = rewrite->records;
    }
    if (std::holds_alternative<Effects::Sync>(effect)) ++result.syncs;
  }
  return result;
}

DurableAcceptor busy_acceptor(Effects& out) {
  DurableAcceptor acceptor;
  acceptor.promise({1, 0}, out);
  acceptor.accept({1, 0}, 1, std::vector<Bytes>{"a", "b", "c"}, out);
  acceptor.note_chosen();
  acceptor.learn({{2, 1}, "B"}, out);
  acceptor.accept({3, 0}, 4, std::vector<Bytes>{"d"}, out);
  acceptor.promise({5, 2}, out);
  return acceptor;
}

TEST(DurableAcceptor, ReplaysWhatItWrote) {
  Effects out;
  DurableAcceptor acceptor = busy_acceptor(out);
  acceptor.sync(out);
  acceptor.sync(out);  // nothing was written since
  const Written log = written(out);
  EXPECT_EQ(log.syncs, 1);

  DurableAcceptor restored;
  ASSERT_TRUE(restored.replay(log.records).has_value());
  EXPECT_EQ(restored.promised(), (Ballot{5, 2}));
  EXPECT_EQ(restored.chosen(), 2U);
  EXPECT_EQ(restored.last(), 4U);
  EXPECT_EQ(restored.accepted_from(1), acceptor.accepted_from(1));
  EXPECT_EQ(*restored.accepted(2), (Proposal{{2, 1}, "B"}));
}

TEST(DurableAcceptor, ASnapshotTakesThePlaceOfFirstSlots) {
  Effects out;
  DurableAcceptor acceptor = busy_acceptor(out);
  acceptor.compact(1, "state", out);
  acceptor.accept({5, 2}, 5, std::vector<Bytes>{"e"}, out);
  const std::vector<Effects::Effect>& list = out.list;
  std::vector<Bytes> records;
  for (const Effects::Effect& effect : list) {
    if (const auto* rewrite = std::get_if<Effects::Rewrite>(&effect)) records = rewrite->records;
    if (const auto* write = std::get_if<Effects::Write>(&effect)) records.push_back(write->record);
  }
  DurableAcceptor restored;
  ASSERT_TRUE(restored.replay(records).has_value());
  EXPECT_EQ(restored.promised(), (Ballot{5, 2}));
  EXPECT_EQ(restored.base(), 1U);
  EXPECT_EQ(restored.snapshot_slot(), 2U);
  EXPECT_EQ(restored.snapshot(), "state");
  EXPECT_EQ(restored.accepted(1), nullptr);
  EXPECT_EQ(restored.accepted_from(1), acceptor.accepted_from(1));
  EXPECT_EQ(restored.last(), 5U);
}

TEST(DurableAcceptor, DamagedRecordsAreErrorsThatSayWhere) {
  Effects out;
  DurableAcceptor acceptor;
  acceptor.promise({1, 0}, out);
  acceptor.accept({1, 0}, 1, std::vector<Bytes>{"a", "b"}, out);
  const std::vector<Bytes> good = written(out).records;
  const Bytes chosen_but_unknown("\x02\x09\x00", 3);
  for (const Bytes& bad : {good[0].substr(0, 2), good[1].substr(0, 5), good[1] + "x", Bytes(),
                           Bytes("\x09"), chosen_but_unknown}) {
    DurableAcceptor restored;
    const Result<void> result = restored.replay(std::vector<Bytes>{good[0], bad});
    ASSERT_TRUE(result.has_error());
    EXPECT_NE(result.error().message.find("record 1"), std::string::npos) << result.error().message;
  }
}

}  // namespace
}  // namespace faultline::paxos

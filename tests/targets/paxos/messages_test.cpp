#include "targets/paxos/messages.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "targets/paxos/durable_acceptor.hpp"
#include "tests/targets/disk.hpp"
#include "tests/targets/message_checks.hpp"

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
  expect_to_survive_encoding(samples(), decode_message);
}

TEST(Messages, CutShortOrExtendedAreErrors) {
  expect_errors_if_cut_or_extended(samples(), decode_message);
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
  expect_to_survive_garbage(samples(), decode_message);
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
  Disk disk;
  disk.carry_out(out);
  EXPECT_EQ(disk.syncs, 1U);

  DurableAcceptor restored;
  ASSERT_TRUE(restored.replay(disk.synced).has_value());
  EXPECT_EQ(restored.promised(), (Ballot{5, 2}));
  EXPECT_EQ(restored.chosen(), 2U);
  EXPECT_EQ(restored.last(), 4U);
  EXPECT_EQ(restored.accepted_from(1), acceptor.accepted_from(1));
  EXPECT_EQ(*restored.accepted(2), (Proposal{{2, 1}, "B"}));
}

// One that took no part in ballot 5 may accept in ballot 4 after it was told what 5 chose.
TEST(DurableAcceptor, WhatWasLearntIsNotReplacedByWhatIsAcceptedInALowerBallot) {
  const Proposal learnt{{5, 2}, "chosen"};
  const std::vector<Bytes> values{"lower"};
  Effects out;
  DurableAcceptor acceptor;
  acceptor.learn(learnt, out);
  EXPECT_TRUE(acceptor.accept({4, 0}, 1, values, out));
  ASSERT_NE(acceptor.accepted(1), nullptr);
  EXPECT_EQ(*acceptor.accepted(1), learnt);
  acceptor.sync(out);
  Disk disk;
  disk.carry_out(out);
  DurableAcceptor restored;
  ASSERT_TRUE(restored.replay(disk.synced).has_value());
  ASSERT_NE(restored.accepted(1), nullptr);
  EXPECT_EQ(*restored.accepted(1), learnt);
}

TEST(DurableAcceptor, ASnapshotTakesThePlaceOfFirstSlots) {
  Effects out;
  DurableAcceptor acceptor = busy_acceptor(out);
  acceptor.compact(1, "state", out);
  acceptor.accept({5, 2}, 5, std::vector<Bytes>{"e"}, out);
  Disk disk;
  disk.carry_out(out);
  DurableAcceptor restored;
  ASSERT_TRUE(restored.replay(disk.records()).has_value());
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
  Disk disk;
  disk.carry_out(out);
  const std::vector<Bytes> good = disk.written;
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

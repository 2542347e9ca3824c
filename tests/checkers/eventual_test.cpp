#include "checkers/eventual.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checkers/history_builder.hpp"
#include "tests/checkers/naive_promises.hpp"

namespace faultline {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

constexpr EventualOptions kEventual{.settle = 5 * kSecond, .no_lost_writes = false};
constexpr EventualOptions kNoLostWrites{.settle = 5 * kSecond, .no_lost_writes = true};

Report check(const History& history, const EventualOptions& options = kEventual) {
  return make_eventual(options)->check(history);
}

// Heals at 10 s, and goes on at `time`.
HistoryBuilder& healed(HistoryBuilder& history, Time time = 20 * kSecond) {
  return history.at(10 * kSecond).invoke(kNemesis, "healed").info(kNemesis, "healed").at(time);
}

TEST(Eventual, InTheEndAllMustReadTheSame) {
  for (const auto& [last, verdict] : {std::pair(2, Verdict::valid), {1, Verdict::invalid}}) {
    HistoryBuilder history;
    history.key(3).done(0, "write", 1).done(1, "write", 2).done(2, "read", 1);
    healed(history).done(0, "read", 2).done(1, "read", last);
    const Report report = check(history);
    EXPECT_EQ(report.verdict, verdict) << report.reason;
    if (verdict == Verdict::valid) continue;
    EXPECT_THAT(report.reason, HasSubstr("key 3: in the end process 0 reads 2, but process 1"));
    EXPECT_THAT(report.text, HasSubstr("line 12 "));
  }
}

TEST(Eventual, ReadsBeforeTheReplicasHadTheirTimeAreNotHeldToIt) {
  HistoryBuilder history;
  history.done(0, "write", 1).done(1, "write", 2);
  healed(history, 15 * kSecond - 1).done(2, "read", 1);
  history.at(15 * kSecond).done(0, "read", 2).done(1, "read", 2);
  EXPECT_EQ(check(history).verdict, Verdict::valid);
}

// From the last event of a write on, if that comes after the heal.
TEST(Eventual, TheTimeBeginsWithTheLastWrite) {
  HistoryBuilder history;
  healed(history, 12 * kSecond).invoke(0, "write", 1).at(13 * kSecond).info(0, "write", 1);
  history.at(17 * kSecond).done(1, "read").done(2, "read", 1);
  history.at(18 * kSecond).done(1, "read", 1).done(2, "read", 1);
  EXPECT_EQ(check(history).verdict, Verdict::valid);
}

TEST(Eventual, NothingIsReadOutOfThinAirAtAnyTime) {
  HistoryBuilder history;
  history.done(0, "write", 1).done(2, "read", 9);
  healed(history).done(0, "read", 1).done(1, "read", 1);
  EXPECT_THAT(check(history).reason, HasSubstr("read 9, which nobody wrote"));
  HistoryBuilder failed;
  failed.invoke(0, "write", 1).fail(0, "write", 1).done(2, "read", 1);
  healed(failed);
  EXPECT_THAT(check(failed).reason, HasSubstr("failed"));
}

TEST(Eventual, AKeyThatWasWrittenIsNotEmptyInTheEnd) {
  HistoryBuilder history;
  history.done(0, "write", 1);
  healed(history).done(0, "read").done(1, "read");
  EXPECT_THAT(check(history).reason, HasSubstr("as if nothing had been written"));
  HistoryBuilder unknown;
  unknown.invoke(0, "write", 1).info(0, "write", 1);
  healed(unknown).done(0, "read").done(1, "read");
  EXPECT_EQ(check(unknown).verdict, Verdict::valid);
}

TEST(Eventual, IsUnknownIfTooFewHaveReadOrNothingIsKnownToBeHealed) {
  HistoryBuilder history;
  history.done(0, "write", 1);
  EXPECT_THAT(check(history).reason, HasSubstr("before everything was healed"));
  healed(history).done(0, "read", 1).done(0, "read", 1);
  const Report report = check(history);
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_THAT(report.reason, HasSubstr("by one process"));
  history.done(1, "read", 1);
  EXPECT_EQ(check(history).verdict, Verdict::valid);
}

TEST(NoLostWrites, AWriteMayOnlyBeOverwrittenByWhoHasSeenIt) {
  for (const bool has_seen : {false, true}) {
    HistoryBuilder history;
    history.done(0, "write", 1);
    if (has_seen) history.done(1, "read", 1);
    history.done(1, "write", 2);
    healed(history).done(0, "read", 2).done(1, "read", 2);
    EXPECT_EQ(check(history).verdict, Verdict::valid);
    const Report report = check(history, kNoLostWrites);
    EXPECT_EQ(report.verdict, has_seen ? Verdict::valid : Verdict::invalid);
    if (has_seen) continue;
    EXPECT_THAT(report.reason, HasSubstr("the write of 1 was acknowledged"));
    EXPECT_THAT(report.facts, Contains(Pair("failing_op", Value(6)))) << "the first last read";
  }
}

TEST(NoLostWrites, SiblingsAreAllKept) {
  for (const bool all : {false, true}) {
    HistoryBuilder history;
    history.done(0, "write", 1).done(1, "write", 2);
    const Value last = all ? Value(1, 2) : Value(2);
    healed(history).done(0, "read", last).done(1, "read", last);
    EXPECT_EQ(check(history, kNoLostWrites).verdict, all ? Verdict::valid : Verdict::invalid);
  }
}

// 1 was seen by the writer of 2, and that by the writer of 3.
TEST(NoLostWrites, WhatWritersHadSeenIsHandedOn) {
  HistoryBuilder history;
  history.done(0, "write", 1).done(1, "read", 1).done(1, "write", 2);
  history.done(2, "read", 2).done(2, "write", 3);
  healed(history).done(0, "read", 3).done(1, "read", 3);
  EXPECT_EQ(check(history, kNoLostWrites).verdict, Verdict::valid);
}

TEST(NoLostWrites, AWriteOfUnknownOutcomeMayBeGone) {
  HistoryBuilder history;
  history.invoke(0, "write", 1).info(0, "write", 1).done(1, "write", 2);
  healed(history).done(1, "read", 2).done(2, "read", 2);
  EXPECT_EQ(check(history, kNoLostWrites).verdict, Verdict::valid);
}

TEST(NoLostWrites, AgreesWithTheDefinition) {
  Rng rng(21);
  int lost = 0;
  int kept = 0;
  for (int i = 0; i < 4000; ++i) {
    History history = random_reads_and_writes(12, true, rng);
    std::vector<std::int64_t> written;
    for (const Op& op : history) {
      if (op.f == f::kWrite && op.type == OpType::ok) written.push_back(op.value.integer());
    }
    if (written.empty()) continue;
    Value::List some;  // any of them in the end; mostly the later ones
    for (std::size_t w = 0; w < written.size(); ++w) {
      if (rng.below(written.size()) <= w) some.emplace_back(written[w]);
    }
    const Value last = some.size() == 1 ? some.front() : Value(std::move(some));
    const bool is_lost = naively_lost(history, last);
    (is_lost ? lost : kept) += 1;
    HistoryBuilder end;
    healed(end).done(100, "read", last).done(101, "read", last);
    for (const Op& op : static_cast<const History&>(end)) history.push_back(op);
    const Report report = check(history, kNoLostWrites);
    ASSERT_EQ(report.verdict, is_lost ? Verdict::invalid : Verdict::valid)
        << i << ": " << report.reason << "\n"
        << report.text;
  }
  EXPECT_GT(lost, 300);
  EXPECT_GT(kept, 300);
}

}  // namespace
}  // namespace faultline

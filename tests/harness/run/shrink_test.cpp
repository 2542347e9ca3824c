// Shrinking against failures whose least cause is known beforehand.
#include "harness/run/shrink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/run/op_nodes.hpp"
#include "harness/run/shrink_candidates.hpp"
#include "harness/run/shrink_list.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const auto kNeverStop = [] { return false; };

// The items from which nothing can be left out, of those that fail if they have all `needed`.
Positions least(std::size_t count, const std::set<std::size_t>& needed, int& tests) {
  const auto fails = [&](const Positions& kept) {
    ++tests;
    EXPECT_TRUE(std::ranges::is_sorted(kept));
    return std::ranges::includes(kept, needed);
  };
  return ddmin(count, fails, kNeverStop);
}

TEST(Ddmin, FindsWhatIsNeededWhereverItIs) {
  Rng rng(3);
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = 1 + rng.below(100);
    std::set<std::size_t> needed;
    const std::size_t size = rng.below(std::min<std::size_t>(count, 6) + 1);
    while (needed.size() < size) needed.insert(rng.below(count));
    int tests = 0;
    EXPECT_THAT(least(count, needed, tests), testing::ElementsAreArray(needed));
  }
}

TEST(Ddmin, NeedsFewTestsForOneOfMany) {
  int tests = 0;
  EXPECT_THAT(least(4096, {1234}, tests), ElementsAre(1234));
  EXPECT_LT(tests, 100);
  EXPECT_THAT(least(0, {}, tests), IsEmpty());
}

// Fails if at least three are left, whichever: not what ddmin is made for, but still 1-minimal.
TEST(Ddmin, IsOneMinimalAlsoIfItemsStandInForOneAnother) {
  const auto kept = ddmin(
      50, [](const Positions& some) { return some.size() >= 3; }, kNeverStop);
  EXPECT_EQ(kept.size(), 3U);
}

TEST(Ddmin, StopsWithWhatItHas) {
  int tests = 0;
  const auto kept = ddmin(
      64,
      [&tests](const Positions& some) {
        ++tests;
        return std::ranges::find(some, 63U) != some.end();
      },
      [&tests] { return tests >= 3; });
  EXPECT_EQ(tests, 3);
  EXPECT_LT(kept.size(), 64U);
  EXPECT_GT(kept.size(), 1U);
}

Op op_at(Time time, Process process, const char* f, Value value = {}, Value key = {}) {
  Op op = invocation(Symbol::of(f), std::move(value), std::move(key));
  op.time = time * kMillisecond;
  op.process = process;
  return op;
}

bool has(const ScheduledTest& test, const char* f, const Value& value) {
  return std::ranges::any_of(test.schedule.main.ops,
                             [&](const Op& op) { return op.f.name() == f && op.value == value; });
}

ScheduledTest long_test() {
  ScheduledTest test;
  test.plan.concurrency = 10;
  test.plan.threads_per_key = 5;
  for (int i = 0; i < 500; ++i) {
    test.schedule.main.ops.push_back(op_at(40 * i + 7, 3 * i % 40, "write", i, i % 7));
    if (i % 25 == 3) test.schedule.main.ops.push_back(op_at(40 * i + 9, kNemesis, "kill", "n2 n4"));
    if (i % 25 == 9) test.schedule.main.ops.push_back(op_at(40 * i + 9, kNemesis, "start", "n4"));
  }
  test.schedule.main.end = test.schedule.main.ops.back().time;
  return test;
}

TEST(Shrink, LeavesWhatTheFailureNeedsAndNothingElse) {
  ShrinkHooks hooks;
  hooks.fails = [](const ScheduledTest& test, Effort) -> std::optional<std::uint64_t> {
    const auto& ops = test.schedule.main.ops;
    const auto kills = std::ranges::count(ops, Symbol::of("kill"), &Op::f);
    const auto writes = std::ranges::find(ops, Value(401), &Op::value);
    const bool fails = kills >= 2 && writes != ops.end() && has(test, "write", 300) &&
                       test.plan.nodes >= 3 && threads_of(test).size() >= 2 &&
                       writes->time >= 200 * kMillisecond;
    return fails ? std::optional(test.plan.seed) : std::nullopt;
  };
  const Shrunk shrunk = shrink(long_test(), hooks);
  EXPECT_TRUE(shrunk.minimal);
  const Extent extent = extent_of(shrunk.test);
  EXPECT_EQ(extent.faults, 2U);
  EXPECT_EQ(extent.ops, 2U);
  EXPECT_EQ(extent.processes, 2U);
  EXPECT_EQ(extent.nodes, 3);
  EXPECT_EQ(shrunk.test.plan.concurrency, 2);
  EXPECT_TRUE(has(shrunk.test, "write", 300));
  EXPECT_TRUE(has(shrunk.test, "write", 401));
  EXPECT_LE(extent.time, 300 * kMillisecond);
}

TEST(Shrink, TheSeedThatFailedIsKept) {
  ShrinkHooks hooks;
  hooks.fails = [](const ScheduledTest& test, Effort effort) -> std::optional<std::uint64_t> {
    if (!has(test, "write", 499)) return std::nullopt;
    if (effort == Effort::own_seed) return std::nullopt;
    return 17;
  };
  const Shrunk shrunk = shrink(long_test(), hooks);
  EXPECT_EQ(shrunk.test.plan.seed, 17U);
  EXPECT_EQ(shrunk.test.schedule.main.ops.size(), 1U);
}

TEST(Shrink, StoppedItHasTheBestSoFar) {
  int tests = 0;
  ShrinkHooks hooks;
  hooks.fails = [&tests](const ScheduledTest& test, Effort) -> std::optional<std::uint64_t> {
    ++tests;
    return has(test, "write", 499) ? std::optional(test.plan.seed) : std::nullopt;
  };
  hooks.should_stop = [&tests] { return tests >= 12; };
  const Shrunk shrunk = shrink(long_test(), hooks);
  EXPECT_FALSE(shrunk.minimal);
  EXPECT_EQ(tests, 12);
  EXPECT_TRUE(has(shrunk.test, "write", 499));
  EXPECT_LT(shrunk.test.schedule.main.ops.size(), long_test().schedule.main.ops.size());
}

TEST(ShrinkCandidates, NumberingByHomeKeepsEachClientAtItsNode) {
  ScheduledTest test;
  test.plan.nodes = 5;
  test.plan.concurrency = 10;
  test.schedule = schedule_from(
      {op_at(1, 13, "read"), op_at(2, 9, "read"), op_at(3, kNemesis, "kill", "n4 n5 n1")});
  const ScheduledTest other = numbered_by_home(test);
  EXPECT_EQ(other.plan.concurrency, 2);
  const auto& ops = other.schedule.main.ops;
  EXPECT_EQ(ops[0].process, 0);
  EXPECT_EQ(ops[1].process, 1);
  const std::set<NodeId> killed = nodes_named(ops[2]);  // both homes, and one node more
  EXPECT_EQ(killed.size(), 3U);
  EXPECT_TRUE(killed.contains(0));
  EXPECT_TRUE(killed.contains(1));
}

TEST(ShrinkCandidates, AClosedGapMovesAllThatComesAfterIt) {
  ScheduledTest test;
  test.schedule =
      schedule_from({op_at(100, 1, "read"), op_at(900, 2, "read"), op_at(950, 1, "read")});
  EXPECT_EQ(gap_before(test, 1), 800 * kMillisecond);
  const ScheduledTest closed = with_gap(test, 1, 50 * kMillisecond);
  EXPECT_EQ(closed.schedule.main.ops[1].time, 150 * kMillisecond);
  EXPECT_EQ(closed.schedule.main.ops[2].time, 200 * kMillisecond);
  EXPECT_EQ(started_at_once(test).schedule.main.ops[0].time, 0);
}

}  // namespace
}  // namespace faultline

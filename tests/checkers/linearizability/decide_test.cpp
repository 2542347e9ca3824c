#include "checkers/linearizability/decide.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/models/models.hpp"
#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Decision> decide_register(const History& history, const Limits& limits = {},
                                 const SearchOptions& options = {}) {
  const auto partitions = split_by_key(history);
  if (!partitions) return partitions.error().error();
  const Partition partition = partitions->empty() ? Partition{} : partitions->front();
  return decide(history, partition, *find_model("cas-register"), Value(), {}, limits, options);
}

Verdict verdict_of(const History& history, const SearchOptions& options = {}) {
  const auto decision = decide_register(history, {}, options);
  EXPECT_TRUE(decision) << decision.error().message;
  return decision ? decision->verdict : Verdict::unknown;
}

std::string error_of(const History& history) {
  const auto decision = decide_register(history);
  EXPECT_FALSE(decision);
  return decision ? "" : decision.error().message;
}

TEST(Decide, AnEmptyHistoryIsLinearizable) {
  EXPECT_EQ(verdict_of({}), Verdict::valid);
  EXPECT_EQ(verdict_of(HistoryBuilder().invoke(0, "write", 1)), Verdict::valid);
}

TEST(Decide, AStaleReadIsNot) {
  const auto decision =
      decide_register(HistoryBuilder().done(0, "write", 1).done(1, "write", 2).done(2, "read", 1));
  ASSERT_TRUE(decision);
  ASSERT_EQ(decision->verdict, Verdict::invalid);
  EXPECT_EQ(decision->failure->op.invocation, 4U);
  EXPECT_THAT(decision->failure->states, ElementsAre(Value(2)));
  EXPECT_THAT(decision->linearization, ElementsAre(0U, 2U));
}

TEST(Decide, AnOpenWriteMayTakeEffectAtAnyLaterTime) {
  HistoryBuilder history;
  history.invoke(0, "write", 1).done(1, "read").done(1, "read", 1);
  EXPECT_EQ(verdict_of(history), Verdict::valid);
  history.done(1, "read");
  EXPECT_EQ(verdict_of(history), Verdict::invalid);
}

TEST(Decide, AFailedWriteTookNoEffect) {
  EXPECT_EQ(
      verdict_of(HistoryBuilder().invoke(0, "write", 1).fail(0, "write", 1).done(1, "read", 1)),
      Verdict::invalid);
}

TEST(Decide, AFailedCasCountsOnlyIfItSawAMismatch) {
  const auto history = [](Symbol error) -> History {
    return HistoryBuilder()
        .done(0, "write", 1)
        .invoke(0, "cas", Value(1, 2))
        .fail(0, "cas", Value(1, 2), error);
  };
  EXPECT_EQ(verdict_of(history({})), Verdict::valid);
  EXPECT_EQ(verdict_of(history(kMismatch)), Verdict::invalid);
}

TEST(Decide, AProcessMayGoOnAfterAnInfo) {
  EXPECT_EQ(verdict_of(HistoryBuilder()
                           .invoke(0, "write", 1)
                           .info(0, "write", 1)
                           .done(0, "read")
                           .done(0, "read", 1)),
            Verdict::valid);
}

TEST(Decide, NemesisOpsAreSkipped) {
  EXPECT_EQ(verdict_of(HistoryBuilder()
                           .info(kNemesis, "start-partition")
                           .done(0, "write", 1)
                           .info(kNemesis, "start-partition")),
            Verdict::valid);
}

TEST(Decide, ErrorsNameTheOp) {
  EXPECT_THAT(error_of(HistoryBuilder().done(0, "write", 1).done(0, "enqueue", 1)),
              HasSubstr("op 2: the model cas-register does not know enqueue; it knows read, write, "
                        "cas"));
  EXPECT_THAT(error_of(HistoryBuilder().invoke(3, "read").invoke(3, "write", 1)),
              HasSubstr("op 1: process 3 invokes write while its read is open"));
  EXPECT_THAT(error_of(HistoryBuilder().done(0, "read").ok(0, "read")),
              HasSubstr("op 2: process 0 completes a read that it did not invoke"));
  EXPECT_THAT(error_of(HistoryBuilder().invoke(0, "read").ok(0, "write")),
              HasSubstr("op 1: process 0 completes a write, but it invoked a read"));
  EXPECT_THAT(error_of(HistoryBuilder().done(0, "cas", 1)), HasSubstr("op 1: a cas must have"));
}

// n writes of n values at once, then a read of another: every order has to be tried, as long as no
// reduction sees that nobody can make that value, or that the others are all the same.
constexpr Reductions kPlain{
    .merge_values = false, .tighten = false, .look_ahead = false, .refute = false};

History hard(int writers) {
  HistoryBuilder history;
  for (int i = 0; i < writers; ++i) history.invoke(i, "write", i);
  for (int i = 0; i < writers; ++i) history.ok(i, "write", i);
  history.done(0, "read", -1);
  return history;
}

TEST(Decide, ALimitReachedIsUnknownWithTheReason) {
  Limits limits;
  limits.steps = 20'000;
  const auto steps = decide_register(hard(24), limits, {kPlain});
  ASSERT_TRUE(steps);
  EXPECT_EQ(steps->verdict, Verdict::unknown);
  EXPECT_THAT(steps->reason, HasSubstr("steps were spent"));
  limits = {.time = std::chrono::milliseconds(20)};
  EXPECT_THAT(decide_register(hard(24), limits, {kPlain})->reason, HasSubstr("ms were spent"));
  limits = {.memory_bytes = 8 << 20};
  EXPECT_THAT(decide_register(hard(24), limits, {kPlain})->reason,
              HasSubstr("8 MB of memory were spent"));
  std::stop_source source;
  source.request_stop();
  limits = {};
  limits.stop = source.get_token();
  EXPECT_THAT(decide_register(hard(24), limits, {kPlain})->reason, HasSubstr("it was stopped"));
}

TEST(Decide, TheSameAnswerEveryTime) {
  const auto first = decide_register(hard(10));
  const auto second = decide_register(hard(10));
  EXPECT_EQ(first->verdict, Verdict::invalid);
  EXPECT_EQ(first->configurations, second->configurations);
  EXPECT_EQ(first->linearization, second->linearization);
  EXPECT_EQ(first->search, second->search);
}

// More ops open at once than a word has bits.
TEST(Decide, WideWindows) {
  constexpr int kOpen = 200;
  HistoryBuilder history;
  for (int i = 0; i < kOpen; ++i) {
    history.invoke(i, i % 2 == 0 ? "write" : "read", i % 2 == 0 ? Value(i) : Value());
  }
  for (int i = 0; i < kOpen; ++i) {
    history.ok(i, i % 2 == 0 ? "write" : "read", Value(i % 2 == 0 ? i : i - 1));
  }
  for (Strategy strategy : {Strategy::depth_first, Strategy::breadth_first}) {
    // Symmetry and greed do not tame it for a frontier; a few steps must not be an error, though.
    const auto decision = decide_register(history, {.steps = 50'000}, {{}, strategy});
    ASSERT_TRUE(decision);
    EXPECT_NE(decision->verdict, Verdict::invalid);
    if (strategy == Strategy::depth_first) {
      EXPECT_EQ(decision->verdict, Verdict::valid);
    }
  }
}

// --- Each of these fails if its reduction is done wrongly.

// Of equal open ops the one that returns first must be taken: taking the other leaves the first
// without an occasion, since 1 may only be written once before the read of 2.
TEST(Symmetry, TakesTheOpThatReturnsFirst) {
  const History history = HistoryBuilder()
                              .invoke(0, "cas", Value(1, 2))
                              .invoke(1, "cas", Value(1, 2))
                              .done(2, "write", 1)
                              .ok(1, "cas", Value(1, 2))
                              .done(2, "read", 2)
                              .done(2, "write", 1)
                              .done(2, "read", 2)
                              .ok(0, "cas", Value(1, 2));
  EXPECT_EQ(verdict_of(history), Verdict::valid);
  EXPECT_EQ(verdict_of(history, {{.symmetry = false}, Strategy::race}), Verdict::valid);
}

// Taking the crashed cas first and forgetting the completed one would find no place for it.
TEST(Symmetry, TakesCrashedOpsLast) {
  const History history = HistoryBuilder()
                              .invoke(0, "cas", Value(1, 2))
                              .info(0, "cas", Value(1, 2))
                              .invoke(1, "cas", Value(1, 2))
                              .done(2, "write", 1)
                              .done(2, "read", 2)
                              .ok(1, "cas", Value(1, 2))
                              .done(2, "write", 1)
                              .done(2, "read", 2);
  EXPECT_EQ(verdict_of(history), Verdict::valid);
}

// A crashed op serves once: its class has one member.
TEST(Symmetry, UsesACrashedOpOnce) {
  HistoryBuilder history;
  history.done(0, "write", 1).invoke(0, "cas", Value(1, 2)).info(0, "cas", Value(1, 2));
  history.done(2, "read", 2).done(2, "write", 1).done(2, "read", 2);
  EXPECT_EQ(verdict_of(history), Verdict::invalid);
}

// The same state is met with and without the crashed write of 2: only the configuration that kept
// it can go on.
TEST(Dominance, KeepsTheConfigurationThatUsedLess) {
  const History history = HistoryBuilder()
                              .invoke(0, "write", 2)
                              .info(0, "write", 2)
                              .invoke(1, "write", 1)
                              .done(2, "read", 1)
                              .ok(1, "write", 1)
                              .done(3, "read", 1)
                              .done(4, "read", 2)
                              .done(5, "read", 2);
  for (Strategy strategy : {Strategy::depth_first, Strategy::breadth_first}) {
    EXPECT_EQ(verdict_of(history, {{}, strategy}), Verdict::valid);
  }
}

// write(1) in the state 1 changes nothing there, but may be needed later. A model that calls it
// pure must be noticed.
TEST(GreedyPure, AWriteOfThePresentValueIsNotPure) {
  const History history = HistoryBuilder()
                              .done(0, "write", 1)
                              .invoke(1, "write", 1)
                              .done(0, "write", 2)
                              .done(0, "read", 1)
                              .ok(1, "write", 1);
  EXPECT_EQ(verdict_of(history), Verdict::valid);

  Model wrong = *find_model("cas-register");
  wrong.pure = [](const Call& call) { return call.f == f::kRead || call.f == f::kWrite; };
  const auto partitions = split_by_key(history);
  EXPECT_EQ(decide(history, partitions->front(), wrong, Value())->verdict, Verdict::invalid);
}

}  // namespace
}  // namespace faultline

// What the engine must decide within so many steps (not seconds: the machine does not matter), on
// histories that other checkers give up on; and that it is each reduction that makes it so.
#include "tests/checkers/closed_loop.hpp"

#include <gtest/gtest.h>

#include "checkers/linearizability/decide.hpp"
#include "checkers/models/models.hpp"
#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kStepsAnOp = 50;

Decision decide_within(const ClosedLoopShape& shape, const Reductions& reductions = {}) {
  const History history = closed_loop(shape);
  const auto partitions = split_by_key(history);
  EXPECT_TRUE(partitions);
  Limits limits;
  limits.steps = kStepsAnOp * static_cast<std::uint64_t>(shape.ops);
  limits.time = std::chrono::hours(1);
  auto decision = decide(history, partitions->front(), *find_model("cas-register"), Value(), {},
                         limits, {reductions});
  EXPECT_TRUE(decision);
  return std::move(*decision);
}

struct Cell {
  bool unique_values;
  int clients;
  double crashed;
};

void PrintTo(const Cell& cell, std::ostream* out) {
  *out << (cell.unique_values ? "unique values, " : "5 values, ") << cell.clients << " clients, "
       << cell.crashed * 100 << " % crashed";
}

std::vector<Cell> grid() {
  std::vector<Cell> cells;
  for (const bool unique : {false, true}) {
    for (const int clients : {5, 10, 20, 50}) {
      for (const double crashed : {0.0, 0.01, 0.05}) cells.push_back({unique, clients, crashed});
    }
  }
  return cells;
}

class ClosedLoopGrid : public testing::TestWithParam<Cell> {
 protected:
  static ClosedLoopShape shape(std::int64_t ops, std::uint64_t seed) {
    return {.ops = ops,
            .clients = GetParam().clients,
            .unique_values = GetParam().unique_values,
            .crashed = GetParam().crashed,
            .seed = seed};
  }
};

TEST_P(ClosedLoopGrid, IsValid) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Decision decision = decide_within(shape(10'000, seed));
    EXPECT_EQ(decision.verdict, Verdict::valid) << "seed " << seed << ": " << decision.reason;
  }
}

TEST_P(ClosedLoopGrid, AStaleReadOfUniqueValuesIsInvalid) {
  if (!GetParam().unique_values) return;  // of few values most stale reads could as well be true
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    ClosedLoopShape stale = shape(10'000, seed);
    stale.stale_read = true;
    const Decision decision = decide_within(stale);
    EXPECT_EQ(decision.verdict, Verdict::invalid) << "seed " << seed << ": " << decision.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ClosedLoopGrid, testing::ValuesIn(grid()));

TEST(ClosedLoop, EachReductionIsNeeded) {
  const ClosedLoopShape unique{.ops = 5000, .clients = 20, .unique_values = true, .crashed = 0.05};
  EXPECT_EQ(decide_within(unique, {.look_ahead = false}).verdict, Verdict::unknown);
  ClosedLoopShape stale{.ops = 5000, .clients = 20, .unique_values = true, .stale_read = true};
  EXPECT_EQ(decide_within(stale, {.tighten = false}).verdict, Verdict::unknown);
}

// Two writes of 100, then many at once that nobody reads, then a read of 100: without merging every
// order of those writes is another state.
TEST(ClosedLoop, MergingValuesIsNeeded) {
  HistoryBuilder history;
  history.done(0, "write", 100).done(0, "write", 100);
  for (int i = 0; i < 24; ++i) history.invoke(i, "write", i);
  for (int i = 0; i < 24; ++i) history.ok(i, "write", i);
  history.done(0, "read", 100);
  const auto decide_it = [&history](const Reductions& reductions) {
    Limits limits;
    limits.steps = 10'000;
    return decide(history, split_by_key(history)->front(), *find_model("cas-register"), Value(), {},
                  limits, {reductions})
        ->verdict;
  };
  EXPECT_EQ(decide_it({.look_ahead = false}), Verdict::invalid);
  EXPECT_EQ(decide_it({.merge_values = false, .look_ahead = false}), Verdict::unknown);
}

}  // namespace
}  // namespace faultline

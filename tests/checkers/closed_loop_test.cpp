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
constexpr std::uint64_t kStepsAnOpOfAPart = 300;  // parts are tried late

Decision decide_within(const ClosedLoopShape& shape, const SearchOptions& options = {},
                       std::uint64_t steps_an_op = kStepsAnOp) {
  const History history = closed_loop(shape);
  const auto partitions = split_by_key(history);
  EXPECT_TRUE(partitions);
  Limits limits;
  limits.steps = steps_an_op * static_cast<std::uint64_t>(shape.ops);
  limits.time = std::chrono::hours(1);
  auto decision = decide(history, partitions->front(), *find_model("cas-register"), Value(), {},
                         limits, options);
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

// Of few values most stale reads could as well be true; but that, too, is an answer.
TEST_P(ClosedLoopGrid, AStaleReadIsDecided) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    ClosedLoopShape stale = shape(10'000, seed);
    stale.stale_read = true;
    const Decision decision = decide_within(stale, {}, kStepsAnOpOfAPart);
    EXPECT_NE(decision.verdict, Verdict::unknown) << "seed " << seed << ": " << decision.reason;
    if (GetParam().unique_values) {
      EXPECT_EQ(decision.verdict, Verdict::invalid) << "seed " << seed;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ClosedLoopGrid, testing::ValuesIn(grid()));

TEST(ClosedLoop, EachReductionIsNeeded) {
  const ClosedLoopShape unique{.ops = 5000, .clients = 20, .unique_values = true, .crashed = 0.05};
  EXPECT_EQ(decide_within(unique, {{.look_ahead = false}}).verdict, Verdict::unknown);
  ClosedLoopShape stale{.ops = 5000, .clients = 20, .unique_values = true, .stale_read = true};
  EXPECT_EQ(decide_within(stale, {{.tighten = false}}).verdict, Verdict::unknown);
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

// A search of the whole history would go through all that came before, in every way.
TEST(ClosedLoop, RefutingAPartIsNeeded) {
  const ClosedLoopShape stale{.ops = 10'000, .clients = 20, .stale_read = true, .seed = 2};
  EXPECT_EQ(decide_within(stale, {}, kStepsAnOpOfAPart).verdict, Verdict::invalid);
  EXPECT_EQ(decide_within(stale, {{.refute = false}}, kStepsAnOpOfAPart).verdict, Verdict::unknown);
}

// Without it all crashed ops are used up when one is needed that nothing can replace.
TEST(ClosedLoop, ThriftIsNeeded) {
  ClosedLoopShape shape{.ops = 100'000, .clients = 5, .crashed = 0.01, .stale_read = true};
  shape.seed = 2;
  constexpr std::uint64_t kFew = 10;
  EXPECT_EQ(decide_within(shape, {}, kFew).verdict, Verdict::valid);
  SearchOptions wasteful;
  wasteful.patience.thrift = 0;
  EXPECT_EQ(decide_within(shape, wasteful, kFew).verdict, Verdict::unknown);
}

// A text to which many append at once, and what was read of it.
TEST(ClosedLoop, HeadingForWhatWasSeenIsNeeded) {
  Model model = *find_model("kv-append");
  model.per_key = false;
  HistoryBuilder history;
  std::string text;
  for (int round = 0; round < 20; ++round) {
    constexpr int kClients = 12;
    for (int i = 0; i < kClients; ++i) history.invoke(i, "append", std::to_string(i) + ".");
    for (int i = 0; i < kClients; ++i) history.ok(i, "append", std::to_string(i) + ".");
    for (int i = kClients; i-- > 0;) text += std::to_string(i) + ".";  // the last to return first
    history.done(0, "get", text);
  }
  const auto object = read_object(history, split_by_key(history)->front(), model, Value(""), {});
  const auto decide_it = [&](const Model& as) {
    Limits limits;
    limits.steps = kStepsAnOp * object->ops.size();
    return decide(*object, as, limits).verdict;
  };
  EXPECT_EQ(decide_it(model), Verdict::valid);
  model.distance = nullptr;
  EXPECT_EQ(decide_it(model), Verdict::unknown);
}

}  // namespace
}  // namespace faultline

// The engine against the slow truth, on thousands of small random histories.
#include <gtest/gtest.h>

#include "checkers/linearizability/decide.hpp"
#include "tests/checkers/naive.hpp"
#include "tests/checkers/random_history.hpp"
#include "tests/checkers/settings.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kHistories = 5000;  // of each model, unless FAULTLINE_HISTORIES says else

struct Variant {
  const char* name;
  SearchOptions options;
};

const std::vector<Variant>& variants() {
  constexpr Reductions kNone{false, false, false, false, false, false, false};
  constexpr auto kDepth = Strategy::depth_first;
  constexpr auto kBreadth = Strategy::breadth_first;
  static const std::vector<Variant> list = {
      {"all on, race", {}},
      {"all on, depth first", {{}, kDepth}},
      {"all on, breadth first", {{}, kBreadth}},
      {"no greedy_pure, depth first", {{.greedy_pure = false}, kDepth}},
      {"no greedy_pure, breadth first", {{.greedy_pure = false}, kBreadth}},
      {"no symmetry, depth first", {{.symmetry = false}, kDepth}},
      {"no symmetry, breadth first", {{.symmetry = false}, kBreadth}},
      {"no dominance, depth first", {{.dominance = false}, kDepth}},
      {"no dominance, breadth first", {{.dominance = false}, kBreadth}},
      {"no merge_values, depth first", {{.merge_values = false}, kDepth}},
      {"no merge_values, breadth first", {{.merge_values = false}, kBreadth}},
      {"no tighten, depth first", {{.tighten = false}, kDepth}},
      {"no tighten, breadth first", {{.tighten = false}, kBreadth}},
      {"no look_ahead, depth first", {{.look_ahead = false}, kDepth}},
      {"no look_ahead, breadth first", {{.look_ahead = false}, kBreadth}},
      {"no patience, depth first", {{}, kDepth, {1, 1, 1, 1}}},
      {"no patience, all off, depth first", {kNone, kDepth, {1, 1, 1, 1}}},
      {"all patience, depth first", {{}, kDepth, {1000, 1000, 1000, 1000}}},
      {"all off, depth first", {kNone, kDepth}},
      {"all off, breadth first", {kNone, kBreadth}},
  };
  return list;
}

Decision decide_whole(const Model& model, const History& history, const SearchOptions& options) {
  const auto partitions = split_by_key(history);
  EXPECT_TRUE(partitions) << partitions.error().what;
  const auto initial = model.parse_initial(initial_text(std::string(model.name)));
  const auto decision = decide(history, partitions->front(), model, *initial, {}, {}, options);
  EXPECT_TRUE(decision) << decision.error().message;
  return decision ? *decision : Decision{};
}

std::set<naive::State> without_one(const std::set<naive::State>& bags) {
  std::set<naive::State> smaller;
  for (const naive::State& bag : bags) {
    for (const auto& [item, count] : bag) {
      naive::State next = bag;
      next[item] = Value(count.integer() - 1);
      if (count == Value(1)) next.erase(item);
      smaller.insert(next);
    }
  }
  return smaller;
}

// All bags that are left of the parts [lost item item ...], in order.
std::set<naive::State> bags_of(const Value& parts) {
  std::set<naive::State> bags = {naive::State()};
  for (const Value& part : parts.items()) {
    const Value::List items = part.items();
    std::set<naive::State> fuller;
    for (naive::State bag : bags) {
      for (std::size_t i = 1; i < items.size(); ++i) {
        Value& count = bag[items[i]];
        count = Value(count.is_nothing() ? 1 : count.integer() + 1);
      }
      fuller.insert(bag);
    }
    bags = fuller;
    for (std::int64_t lost = items[0].integer(); lost > 0; --lost) bags = without_one(bags);
  }
  return bags;
}

// The states of the slow truth that a state of the model stands for.
std::set<naive::State> to_naive(const std::string& model, const Value& state) {
  if (model == "semaphore") return {naive::State{{Value(), Value(state.pair().first)}}};
  std::set<naive::State> states;
  if (model == "lossy-register") {
    for (const Value& value : state.items()) states.insert(naive::State{{Value(), value}});
    return states;
  }
  if (model == "bag") return bags_of(state);
  naive::State entries;
  if (model == "multi-register") {
    for (const Value& entry : state.list()) entries[entry.list()[0]] = entry.list()[1];
  } else if (model == "set") {
    for (const Value& element : state.items()) entries[element] = Value(1);
  } else {
    entries[Value()] = state;
  }
  return {entries};
}

void check_evidence(const std::string& model, const History& history, const Decision& decision) {
  if (decision.verdict == Verdict::valid) {
    EXPECT_EQ(naive::fault_in(model, history, history.size(), decision.linearization),
              std::nullopt);
    return;
  }
  ASSERT_TRUE(decision.failure);
  const std::uint32_t end = decision.failure->op.completion;
  EXPECT_TRUE(naive::linearizable(model, history, end));
  EXPECT_FALSE(naive::linearizable(model, history, end + 1));
  EXPECT_EQ(naive::fault_in(model, history, end, decision.linearization), std::nullopt);
  std::set<naive::State> states;
  for (const Value& state : decision.failure->states) states.merge(to_naive(model, state));
  EXPECT_EQ(states, naive::states_before(model, history, end));
}

class LinearizabilityProperty : public testing::TestWithParam<std::string> {};

TEST_P(LinearizabilityProperty, AgreesWithTheSlowTruth) {
  // The naive key is the entry nil: drop the key that the model insists on.
  Model model = *find_model(GetParam());
  model.per_key = false;
  Rng rng = Rng(seed()).split(GetParam());
  std::uint64_t valid = 0;
  std::uint64_t invalid = 0;
  for (std::uint64_t i = 0; i < histories_per_model(kHistories); ++i) {
    HistoryShape shape;
    shape.values = rng.pick(std::vector<int>{1, 2, 3, 3, 10});  // with 10 most are written once
    shape.crashes_percent = static_cast<int>(rng.pick(std::vector<int>{0, 15, 40}));
    History history = random_history(GetParam(), shape, rng);
    for (std::uint64_t faults = rng.below(3); faults > 0; --faults) {
      corrupt(GetParam(), shape, history, rng);
    }
    const Verdict expected = naive::linearizable(GetParam(), history, history.size())
                                 ? Verdict::valid
                                 : Verdict::invalid;
    (expected == Verdict::valid ? valid : invalid) += 1;
    for (const Variant& variant : variants()) {
      SCOPED_TRACE(testing::Message() << "FAULTLINE_SEED=" << seed() << ", history " << i << ", "
                                      << variant.name << "\n"
                                      << print(history));
      const Decision decision = decide_whole(model, history, variant.options);
      ASSERT_EQ(decision.verdict, expected);
      ASSERT_NO_FATAL_FAILURE(check_evidence(GetParam(), history, decision));
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_GT(valid, histories_per_model(kHistories) / 10);
  EXPECT_GT(invalid, histories_per_model(kHistories) / 10);
  RecordProperty("valid", std::to_string(valid));
  RecordProperty("invalid", std::to_string(invalid));
}

// A wrong turn is noticed late, if at all; long histories with crashed ops are beyond the search.
bool remembers_order(const std::string& model) {
  return model == "fifo-queue" || model == "stack" || model == "bag" || model == "priority-queue";
}

// Long enough for what short ones never need: tables that grow, traces that are tidied away, a
// search that goes back far. Still valid, since not corrupted; the evidence is replayed.
TEST_P(LinearizabilityProperty, LongHistories) {
  Model model = *find_model(GetParam());
  model.per_key = false;
  Rng rng = Rng(seed()).split(GetParam()).split("long");
  const int ops = remembers_order(GetParam()) ? 200 : 2000;
  for (int crashes_percent : {0, 1}) {
    if (crashes_percent > 0 && remembers_order(GetParam())) continue;
    const HistoryShape shape{.min_ops = ops,
                             .max_ops = ops + ops / 4,
                             .max_processes = 6,
                             .values = 3,
                             .crashes_percent = crashes_percent};
    const History history = random_history(GetParam(), shape, rng);
    for (Strategy strategy : {Strategy::depth_first, Strategy::breadth_first}) {
      // Of what remembers an order there are too many states to carry along.
      if (strategy == Strategy::breadth_first && remembers_order(GetParam())) continue;
      SCOPED_TRACE(testing::Message() << "FAULTLINE_SEED=" << seed() << ", " << crashes_percent
                                      << " % crashed, strategy " << static_cast<int>(strategy));
      const Decision decision = decide_whole(model, history, {{}, strategy});
      ASSERT_EQ(decision.verdict, Verdict::valid);
      EXPECT_EQ(naive::fault_in(GetParam(), history, history.size(), decision.linearization),
                std::nullopt);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, LinearizabilityProperty, testing::ValuesIn(names_of_models()),
                         [](const auto& parameter) { return as_word(parameter.param); });

}  // namespace
}  // namespace faultline

// The engine against the slow truth, on thousands of small random histories.
#include <gtest/gtest.h>

#include <cstdlib>

#include "checkers/linearizability/decide.hpp"
#include "checkers/models/models.hpp"
#include "tests/checkers/naive.hpp"
#include "tests/checkers/random_history.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kDefaultSeed = 20250901;
constexpr int kHistoriesPerModel = 2500;

// FAULTLINE_SEED=n repeats, or explores, another stream.
std::uint64_t seed() {
  const char* text = std::getenv("FAULTLINE_SEED");
  return text == nullptr ? kDefaultSeed : std::strtoull(text, nullptr, 10);
}

struct Variant {
  const char* name;
  SearchOptions options;
};

const std::vector<Variant>& variants() {
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
      {"all off, depth first", {{false, false, false}, kDepth}},
      {"all off, breadth first", {{false, false, false}, kBreadth}},
  };
  return list;
}

std::string initial_text(const std::string& model) {
  if (model == "multi-register") return "x=0,y=0";
  return std::string(find_model(model)->default_initial);
}

Decision decide_whole(const Model& model, const History& history, const SearchOptions& options) {
  const auto partitions = split_by_key(history);
  EXPECT_TRUE(partitions) << partitions.error().message;
  const auto initial = model.parse_initial(initial_text(std::string(model.name)));
  const auto decision = decide(history, partitions->front(), model, *initial, {}, {}, options);
  EXPECT_TRUE(decision) << decision.error().message;
  return decision ? *decision : Decision{};
}

// A state as the slow truth writes it.
naive::State to_naive(const std::string& model, const Value& state) {
  if (model != "multi-register") return {{Value(), state}};
  naive::State registers;
  for (const Value& entry : state.list()) registers[entry.list()[0]] = entry.list()[1];
  return registers;
}

std::string print(const History& history) {
  std::string text;
  for (const Op& op : history) text += "  " + to_string(op) + "\n";
  return text;
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
  for (const Value& state : decision.failure->states) states.insert(to_naive(model, state));
  EXPECT_EQ(states, naive::states_before(model, history, end));
}

class LinearizabilityProperty : public testing::TestWithParam<std::string> {};

TEST_P(LinearizabilityProperty, AgreesWithTheSlowTruth) {
  // The naive key is the entry nil: drop the key that the model insists on.
  Model model = *find_model(GetParam());
  model.per_key = false;
  Rng rng = Rng(seed()).split(GetParam());
  int valid = 0;
  int invalid = 0;
  for (int i = 0; i < kHistoriesPerModel; ++i) {
    HistoryShape shape;
    shape.values = static_cast<int>(rng.between(1, 3));
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
  EXPECT_GT(valid, kHistoriesPerModel / 10);
  EXPECT_GT(invalid, kHistoriesPerModel / 20);
  RecordProperty("valid", valid);
  RecordProperty("invalid", invalid);
}

// Long enough for what short ones never need: tables that grow, traces that are tidied away, a
// search that goes back far. Still valid, since not corrupted; the evidence is replayed.
TEST_P(LinearizabilityProperty, LongHistories) {
  Model model = *find_model(GetParam());
  model.per_key = false;
  Rng rng = Rng(seed()).split(GetParam()).split("long");
  for (int crashes_percent : {0, 1}) {
    const HistoryShape shape{.min_ops = 2000,
                             .max_ops = 2500,
                             .max_processes = 6,
                             .values = 3,
                             .crashes_percent = crashes_percent};
    const History history = random_history(GetParam(), shape, rng);
    for (Strategy strategy : {Strategy::depth_first, Strategy::breadth_first}) {
      SCOPED_TRACE(testing::Message() << "FAULTLINE_SEED=" << seed() << ", " << crashes_percent
                                      << " % crashed, strategy " << static_cast<int>(strategy));
      const Decision decision = decide_whole(model, history, {{}, strategy});
      ASSERT_EQ(decision.verdict, Verdict::valid);
      EXPECT_EQ(naive::fault_in(GetParam(), history, history.size(), decision.linearization),
                std::nullopt);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, LinearizabilityProperty,
                         testing::Values("register", "cas-register", "multi-register", "mutex",
                                         "kv-append"),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace faultline

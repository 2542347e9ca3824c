// The deciders for unique items against the slow truth and against the search.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "checkers/linearizability/decide.hpp"
#include "checkers/models/models.hpp"
#include "checkers/unique/decide_unique.hpp"
#include "harness/core/rng.hpp"
#include "tests/checkers/naive.hpp"
#include "tests/checkers/settings.hpp"
#include "tests/checkers/unique_histories.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kHistories = 20'000;  // of each model

std::uint64_t histories() {
  return histories_per_model(kHistories);
}

ObjectHistory read(const History& history, const Model& model, const Value::List& initial = {}) {
  const auto partitions = split_by_key(history);
  EXPECT_TRUE(partitions);
  auto object = read_object(history, partitions->front(), model, Value(initial), {});
  EXPECT_TRUE(object);
  return *object;
}

// The events of these ops of the object alone.
History projected(const History& history, const ObjectHistory& object,
                  const std::vector<std::uint32_t>& ops) {
  std::vector<bool> kept(history.size());
  for (std::uint32_t op : ops) {
    kept[object.ops[op].invoked] = true;
    if (!object.ops[op].crashed()) kept[object.ops[op].returned] = true;
  }
  History part;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (kept[i]) part.push_back(history[i]);
  }
  return part;
}

std::vector<std::size_t> positions(const ObjectHistory& object,
                                   const std::vector<std::uint32_t>& ops) {
  std::vector<std::size_t> invocations;
  for (std::uint32_t op : ops) invocations.push_back(object.ops[op].invoked);
  return invocations;
}

UniqueShape small_shape(const std::string& model, Rng& rng) {
  UniqueShape shape{.model = model};
  shape.ops = rng.between(1, 9);
  shape.clients = static_cast<int>(rng.between(2, 4));
  shape.many_looks = rng.chance(1, 2);
  shape.crashed = rng.pick(std::vector<double>{0, 0, 0.15, 0.4});
  shape.random_priorities = rng.chance(1, 2);
  shape.wrong = rng.pick(std::vector<Wrong>{Wrong::nothing, Wrong::order, Wrong::order,
                                            Wrong::twice, Wrong::invented, Wrong::empty});
  shape.where = static_cast<double>(rng.below(100)) / 100;
  shape.seed = rng.next();
  return shape;
}

// What a client may leave out: whether an op of a set changed it.
void make_vague(History& history, Rng& rng) {
  for (Op& op : history) {
    const bool update = op.f == Symbol::of("add") || op.f == Symbol::of("remove");
    if (op.type == OpType::ok && update && rng.chance(1, 4)) op.value = Value();
  }
}

// What makes no difference, but takes other ways through the code: items that are no integers, and
// times far apart.
void disguise(History& history, Rng& rng) {
  const bool texts = rng.chance(1, 4);
  for (Op& op : history) {
    if (texts && op.value.is_integer()) op.value = Value(op.value.to_string());
  }
  if (!rng.chance(1, 4)) return;
  Op nemesis = invocation(Symbol::of("start-partition"));
  nemesis.process = kNemesis;
  History stretched;
  for (const Op& op : history) {
    stretched.insert(stretched.end(), rng.below(60), nemesis);
    stretched.push_back(op);
  }
  history = std::move(stretched);
}

// Moves a completion to another place, before or after, as long as its process allows: what an
// atomic object never does.
void move_event(History& history, Rng& rng) {
  const std::size_t from = rng.below(history.size());
  std::size_t to = rng.below(history.size());
  for (std::size_t at = from; at != to; at += to > from ? 1 : SIZE_MAX) {
    const std::size_t next = to > at ? at + 1 : at - 1;
    if (history[at].process == history[next].process) return;
    std::swap(history[at], history[next]);
  }
}

class UniqueProperty : public testing::TestWithParam<std::string> {};

TEST_P(UniqueProperty, AgreesWithTheSlowTruth) {
  const Model& model = *find_model(GetParam());
  Rng rng = Rng(seed()).split(GetParam()).split("unique");
  std::uint64_t valid = 0;
  std::uint64_t invalid = 0;
  std::uint64_t left_to_search = 0;
  for (std::uint64_t i = 0; i < histories(); ++i) {
    History history = unique_history(small_shape(GetParam(), rng));
    make_vague(history, rng);
    for (std::uint64_t moves = rng.below(4); moves > 0; --moves) move_event(history, rng);
    disguise(history, rng);
    SCOPED_TRACE(testing::Message() << "FAULTLINE_SEED=" << seed() << ", history " << i << "\n"
                                    << print(history));
    const ObjectHistory object = read(history, model);
    const auto decided = decide_unique(object, model);
    const bool expected = naive::linearizable(GetParam(), history, history.size());
    if (!decided) {
      ++left_to_search;
      continue;
    }
    ASSERT_EQ(decided->valid, expected);
    if (decided->valid) {
      ++valid;
      ASSERT_EQ(
          naive::fault_in(GetParam(), history, history.size(), positions(object, decided->ops)),
          std::nullopt);
    } else {
      ++invalid;
      const History part = projected(history, object, decided->ops);
      ASSERT_FALSE(naive::linearizable(GetParam(), part, part.size())) << print(part);
    }
  }
  EXPECT_GT(valid, histories() / 10);
  EXPECT_GT(invalid, histories() / 10);
  EXPECT_LT(left_to_search, histories() / 500);
  RecordProperty("valid", std::to_string(valid));
  RecordProperty("invalid", std::to_string(invalid));
  RecordProperty("left to search", std::to_string(left_to_search));
}

// Beyond the slow truth, against the search: many ops open at once, much in the collection.
TEST_P(UniqueProperty, AgreesWithTheSearch) {
  const Model& model = *find_model(GetParam());
  Rng rng = Rng(seed()).split(GetParam()).split("unique and search");
  std::uint64_t compared = 0;
  std::uint64_t invalid = 0;
  for (std::uint64_t i = 0; i < histories() / 20; ++i) {
    UniqueShape shape = small_shape(GetParam(), rng);
    shape.ops = rng.between(10, 40);
    shape.crashed /= 4;
    History history = unique_history(shape);
    make_vague(history, rng);
    for (std::uint64_t moves = rng.below(6); moves > 0; --moves) move_event(history, rng);
    SCOPED_TRACE(testing::Message() << "FAULTLINE_SEED=" << seed() << ", history " << i << "\n"
                                    << print(history));
    const ObjectHistory object = read(history, model);
    const auto decided = decide_unique(object, model);
    if (!decided) continue;
    if (decided->valid) {
      ASSERT_EQ(
          naive::fault_in(GetParam(), history, history.size(), positions(object, decided->ops)),
          std::nullopt);
    }
    SearchOptions search;
    search.reductions.unique_values = false;
    const Decision searched = decide(object, model, {.steps = 100'000}, search);
    if (searched.verdict == Verdict::unknown) continue;
    ++compared;
    if (!decided->valid) {
      ++invalid;
      const History part = projected(history, object, decided->ops);
      ASSERT_EQ(decide(read(part, model), model, {}, search).verdict, Verdict::invalid)
          << print(part);
    }
    ASSERT_EQ(decided->valid, searched.verdict == Verdict::valid);
  }
  EXPECT_GT(compared, histories() / 40);
  EXPECT_GT(invalid, compared / 10);
}

// What was added before the first op is as good as what is there at the beginning.
TEST_P(UniqueProperty, InitialItemsAreAsIfAdded) {
  const Model& model = *find_model(GetParam());
  const std::string add = GetParam() == "set" ? "add" : GetParam() == "stack" ? "push" : "enqueue";
  Rng rng = Rng(seed()).split(GetParam()).split("unique and initial");
  std::uint64_t decisions = 0;
  for (std::uint64_t i = 0; i < histories() / 4; ++i) {
    const History history = unique_history(small_shape(GetParam(), rng));
    History after;  // the history, with its first adds at the beginning
    History initial_adds;
    Value::List initial;
    const auto count = static_cast<std::size_t>(rng.between(1, 3));
    std::set<Process> first;
    for (const Op& op : history) {
      const bool is_add = op.f == Symbol::of(add);
      if (is_add && op.type == OpType::invoke && initial.size() < count) {
        initial.push_back(op.value);
        first.insert(op.process);
        initial_adds.push_back(invocation(op.f, op.value));
        initial_adds.back().process = 1000;
        initial_adds.push_back(completion(initial_adds.back(), OpType::ok));
      } else if (is_add && op.type != OpType::invoke && first.count(op.process) == 1) {
        first.erase(op.process);
      } else {
        after.push_back(op);
      }
    }
    if (after.empty()) continue;
    if (GetParam() == "set" || GetParam() == "priority-queue") {
      std::sort(initial.begin(), initial.end());
    }
    SCOPED_TRACE(testing::Message() << "FAULTLINE_SEED=" << seed() << ", history " << i << "\n"
                                    << Value(initial).to_string() << "\n"
                                    << print(after));
    const ObjectHistory there = read(after, model, initial);
    const auto decided = decide_unique(there, model);
    History all = initial_adds;
    all.insert(all.end(), after.begin(), after.end());
    const auto added = decide_unique(read(all, model), model);
    if (!decided || !added) continue;
    ++decisions;
    ASSERT_EQ(decided->valid, added->valid);
    if (!decided->valid) continue;
    std::vector<std::size_t> order;
    for (std::size_t at = 0; at < initial_adds.size(); at += 2) order.push_back(at);
    for (std::size_t at : positions(there, decided->ops)) order.push_back(initial_adds.size() + at);
    ASSERT_EQ(naive::fault_in(GetParam(), all, all.size(), order), std::nullopt);
  }
  EXPECT_GT(decisions, histories() / 8);
}

// Thousands of items, to the limits of what is quick; the linearization is replayed.
TEST_P(UniqueProperty, LongHistories) {
  const Model& model = *find_model(GetParam());
  Rng rng = Rng(seed()).split(GetParam()).split("unique and long");
  for (int clients : {1, 3, 20}) {
    for (double crashed : {0.0, 0.05}) {
      for (bool many_looks : {false, true}) {
        UniqueShape shape{.model = GetParam(), .ops = 1500, .clients = clients};
        shape.crashed = crashed;
        shape.many_looks = many_looks;
        shape.random_priorities = many_looks;
        shape.seed = rng.next();
        SCOPED_TRACE(testing::Message()
                     << "FAULTLINE_SEED=" << seed() << ", " << clients << " clients, " << crashed
                     << " crashed, many looks " << many_looks);
        const History history = unique_history(shape);
        const ObjectHistory object = read(history, model);
        const auto decided = decide_unique(object, model);
        if (!decided && crashed > 0) continue;
        ASSERT_TRUE(decided && decided->valid);
        ASSERT_EQ(
            naive::fault_in(GetParam(), history, history.size(), positions(object, decided->ops)),
            std::nullopt);
        shape.wrong = Wrong::order;
        const History wrong = unique_history(shape);
        const ObjectHistory read_wrong = read(wrong, model);
        const auto refuted = decide_unique(read_wrong, model);
        if (!refuted && crashed > 0) continue;
        ASSERT_TRUE(refuted);
        if (refuted->valid) continue;  // by chance
        const History part = projected(wrong, read_wrong, refuted->ops);
        SearchOptions search;
        search.reductions.unique_values = false;
        const auto verdict = decide(read(part, model), model, {}, search).verdict;
        ASSERT_EQ(verdict, Verdict::invalid) << print(part);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, UniqueProperty,
                         testing::Values("fifo-queue", "stack", "set", "priority-queue"),
                         [](const auto& parameter) { return as_word(parameter.param); });

}  // namespace
}  // namespace faultline

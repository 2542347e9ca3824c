// Crashed removes that a core leaves out: only where nothing is left for them to have taken, and
// then all of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "checkers/linearizability/decide.hpp"
#include "checkers/linearizability/relaxation.hpp"
#include "checkers/linearizable.hpp"
#include "checkers/verify.hpp"
#include "tests/checkers/history_builder.hpp"
#include "tests/checkers/naive.hpp"
#include "tests/checkers/random_history.hpp"
#include "tests/checkers/settings.hpp"
#include "tests/checkers/unique_histories.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kHistories = 10'000;  // of each model, unless FAULTLINE_HISTORIES says else

const std::vector<std::string> kModels = {"fifo-queue", "stack", "priority-queue", "bag"};

Verification verify_core(const std::string& model, const History& history, const Core& core) {
  const Evidence evidence{
      model, Value(Value::List{}), false, {{{}, Verdict::invalid, {}, core, {}}}};
  const auto all = verify(history, *find_model(model), evidence);
  EXPECT_TRUE(all) << all.error().what;
  return all->front();
}

bool is_crashed_remove(const ObjectHistory& object, std::uint32_t op) {
  static const Symbol kDequeue = Symbol::of("dequeue");
  static const Symbol kPop = Symbol::of("pop");
  const Symbol f = object.call_of(op).f;
  return object.ops[op].crashed() && (f == kDequeue || f == kPop);
}

class CrashedRemoves : public testing::TestWithParam<std::string> {
 protected:
  static const std::string& name() { return GetParam(); }
  static const Model& model() { return *find_model(name()); }

  // Few different items, so that some are added again, or many.
  static History some_history(Rng& rng) {
    HistoryShape shape;
    shape.max_ops = 8;
    shape.values = rng.pick(std::vector<int>{1, 2, 3, 10});
    shape.crashes_percent = static_cast<int>(rng.pick(std::vector<int>{15, 30, 50}));
    History history = random_history(name(), shape, rng);
    for (std::uint64_t faults = rng.below(4); faults > 0; --faults) {
      corrupt(name(), shape, history, rng);
    }
    return history;
  }

  static ObjectHistory read(const History& history) {
    return *read_object(history, split_by_key(history)->front(), model(), Value(Value::List{}), {});
  }
};

// Whatever is left out, by somebody who does not know the rules: what the verifier takes for a
// proof is one.
TEST_P(CrashedRemoves, WhatTheVerifierAcceptsIsAProof) {
  Rng rng = Rng(seed()).split(name()).split("accepted");
  std::uint64_t accepted = 0;
  for (std::uint64_t i = 0; i < histories_per_model(kHistories); ++i) {
    const History history = some_history(rng);
    const ObjectHistory object = read(history);
    Core core;
    if (rng.chance(1, 2)) core.to = static_cast<std::uint32_t>(1 + rng.below(history.size()));
    const std::uint64_t left_out = rng.below(3);  // of the items, all in all
    bool without = false;
    for (std::uint32_t op = 0; op < object.ops.size(); ++op) {
      if (object.ops[op].invoked >= core.to) continue;
      const auto item = model().item(object.call_of(op));
      const bool leave_out = item && item->is_integer() && item->integer() < std::int64_t(left_out);
      const bool crashed = is_crashed_remove(object, op);
      if (!crashed && !leave_out) core.ops.push_back(object.ops[op].invoked);
      without = without || crashed;
    }
    if (verify_core(name(), history, core).proof != Proof::holds) continue;
    accepted += without ? 1 : 0;
    ASSERT_FALSE(naive::linearizable(name(), history, history.size()))
        << "FAULTLINE_SEED=" << seed() << ", history " << i << ", up to " << core.to << ", kept "
        << testing::PrintToString(core.ops) << "\n"
        << print(history);
  }
  EXPECT_GT(accepted, histories_per_model(kHistories) / 300);
}

// What a relaxation says may be left out, the verifier lets pass; and nothing more of them.
TEST_P(CrashedRemoves, SearchAndVerifierAgreeOnThem) {
  Rng rng = Rng(seed()).split(name()).split("agree");
  std::uint64_t may = 0;
  std::uint64_t must_not = 0;
  for (std::uint64_t i = 0; i < histories_per_model(kHistories); ++i) {
    const History history = some_history(rng);
    const ObjectHistory object = read(history);
    View view;
    if (rng.chance(1, 2)) view.to = static_cast<std::uint32_t>(1 + rng.below(history.size()));
    const Relaxation relaxation(object, model(), view);
    std::vector<bool> kept(relaxation.ops().size(), true);
    for (const auto& item : relaxation.removable_items(kept)) {
      if (rng.chance(1, 2)) continue;
      for (const std::uint32_t op : item) kept[op] = false;
    }
    const auto takers = relaxation.removable_takers(kept);
    Core core{view.from, view.to, {}};
    std::uint64_t crashed = 0;
    for (std::uint32_t op = 0; op < kept.size(); ++op) {
      const bool is_crashed = is_crashed_remove(object, relaxation.ops()[op]);
      crashed += is_crashed ? 1 : 0;
      if (kept[op] && !is_crashed) core.ops.push_back(object.ops[relaxation.ops()[op]].invoked);
    }
    if (crashed == 0) continue;
    ASSERT_TRUE(takers.empty() || takers.size() == crashed);
    const Verification verified = verify_core(name(), history, core);
    const bool refused = verified.what.find("must not be left out") != std::string::npos;
    ASSERT_EQ(refused, takers.empty()) << "FAULTLINE_SEED=" << seed() << ", history " << i << "\n"
                                       << print(history) << verified.what;
    (refused ? must_not : may) += 1;
  }
  EXPECT_GT(may, histories_per_model(kHistories) / 50);
  EXPECT_GT(must_not, histories_per_model(kHistories) / 50);
}

TEST_P(CrashedRemoves, CoresFoundAreVerified) {
  Rng rng = Rng(seed()).split(name()).split("found");
  std::uint64_t without = 0;
  for (std::uint64_t i = 0; i < histories_per_model(kHistories); ++i) {
    const History history = some_history(rng);
    const Report report = make_linearizable(model(), Value(Value::List{}))->check(history);
    if (report.verdict != Verdict::invalid) continue;
    const Core& core = *report.evidence->parts.front().core;
    const Verification verified = verify_core(name(), history, core);
    ASSERT_EQ(verified.proof, Proof::holds)
        << "FAULTLINE_SEED=" << seed() << ", history " << i << "\n"
        << print(history) << verified.what;
    const ObjectHistory object = read(history);
    for (std::uint32_t op = 0; op < object.ops.size(); ++op) {
      const std::uint32_t invoked = object.ops[op].invoked;
      if (invoked >= core.to || !is_crashed_remove(object, op)) continue;
      without += std::count(core.ops.begin(), core.ops.end(), invoked) == 0 ? 1 : 0;
    }
  }
  EXPECT_GT(without, histories_per_model(kHistories) / 50);
}

INSTANTIATE_TEST_SUITE_P(Models, CrashedRemoves, testing::ValuesIn(kModels),
                         [](const auto& parameter) { return as_word(parameter.param); });

// A crashed add is an add: the crashed dequeue may have taken its item.
TEST(CrashedRemove, MayHaveTakenWhatACrashedAddAdded) {
  HistoryBuilder history;
  history.invoke(0, "enqueue", 1).done(2, "peek", 1).invoke(1, "dequeue").done(2, "enqueue", 2);
  history.done(2, "peek", 2).done(2, "dequeue", 2);
  ASSERT_TRUE(naive::linearizable("fifo-queue", history, 10));
  const Verification verified =
      verify_core("fifo-queue", history, {0, Core::kEnd, {0, 1, 4, 6, 8}});
  EXPECT_EQ(verified.proof, Proof::fails);
  EXPECT_EQ(verified.what, "op 3 (dequeue ?) must not be left out");
}

// A remove that returns after the end of the view may have taken what was added after it.
TEST(CrashedRemove, MayHaveTakenWhatAnOpenRemoveDidNot) {
  HistoryBuilder history;
  history.done(0, "enqueue", 1).invoke(1, "dequeue").done(0, "dequeue").invoke(2, "dequeue");
  const History& cut = history;
  const auto to = static_cast<std::uint32_t>(cut.size());
  history.done(0, "enqueue", 1).ok(2, "dequeue", 1);
  for (const std::string model : {"fifo-queue", "priority-queue", "bag"}) {
    ASSERT_TRUE(naive::linearizable(model, history, 9));
    const Verification verified = verify_core(model, history, {0, to, {0, 3, 5}});
    EXPECT_EQ(verified.proof, Proof::fails) << model;
    EXPECT_EQ(verified.what, "op 2 (dequeue ?) must not be left out");
  }
}

TEST(CrashedRemove, CannotHaveTakenWhatIsRemovedLater) {
  HistoryBuilder history;
  history.done(0, "enqueue", 1).invoke(1, "dequeue").done(0, "dequeue");
  const History& cut = history;
  const auto to = static_cast<std::uint32_t>(cut.size());
  EXPECT_EQ(verify_core("fifo-queue", history, {0, to, {0, 3}}).proof, Proof::fails);
  history.done(0, "dequeue", 1);
  EXPECT_EQ(verify_core("fifo-queue", history, {0, to, {0, 3}}).proof, Proof::holds);
}

// However many of them there are.
TEST(CrashedRemove, DoesNotSwellTheCoreOfALongHistory) {
  UniqueShape shape{.ops = 20'000, .clients = 10, .crashed = 0.05, .random_priorities = true};
  for (const std::string model : {"fifo-queue", "stack", "priority-queue"}) {
    for (const Wrong wrong : {Wrong::order, Wrong::twice, Wrong::invented, Wrong::empty}) {
      if (wrong == Wrong::empty && model != "fifo-queue") continue;
      for (const std::uint64_t some_seed : {1, 2, 3}) {
        shape.model = model;
        shape.wrong = wrong;
        shape.seed = some_seed;
        const History history = unique_history(shape);
        const Report report =
            make_linearizable(*find_model(model), Value(Value::List{}))->check(history);
        ASSERT_EQ(report.verdict, Verdict::invalid);
        const Core& core = *report.evidence->parts.front().core;
        EXPECT_LE(core.ops.size(), 4U) << model << ", seed " << some_seed;
        EXPECT_EQ(verify_core(model, history, core).proof, Proof::holds);
        const auto crashed =
            std::count_if(history.begin(),
                          history.begin() + std::min<std::ptrdiff_t>(core.to, std::ssize(history)),
                          [](const Op& op) {
                            return op.type == OpType::info &&
                                   (op.f == Symbol::of("dequeue") || op.f == Symbol::of("pop"));
                          });
        EXPECT_GT(crashed, 300);
      }
    }
  }
}

// A dequeue that found nothing has a conflict that depends on how many crashed ones there are, and
// so needs them all; there is another, among items that those cannot have taken.
TEST(CrashedRemove, IsInNoCoreIfAConflictCanDoWithoutIt) {
  UniqueShape shape{.ops = 2'000, .clients = 10, .crashed = 0.05, .wrong = Wrong::empty};
  for (shape.seed = 1; shape.seed <= 4; ++shape.seed) {
    const History history = unique_history(shape);
    const Model& model = *find_model("fifo-queue");
    const Report report = make_linearizable(model, Value(Value::List{}))->check(history);
    ASSERT_EQ(report.verdict, Verdict::invalid);
    const Core& core = *report.evidence->parts.front().core;
    EXPECT_LE(core.ops.size(), 4U) << "seed " << shape.seed;
    EXPECT_EQ(verify_core("fifo-queue", history, core).proof, Proof::holds);
  }
}

}  // namespace
}  // namespace faultline

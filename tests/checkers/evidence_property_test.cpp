// The evidence of the engine, verified; and the verifier against the slow truth.
#include <gtest/gtest.h>

#include <algorithm>

#include "checkers/linearizability/decide.hpp"
#include "checkers/linearizability/relaxation.hpp"
#include "checkers/linearizable.hpp"
#include "checkers/verify.hpp"
#include "tests/checkers/closed_loop.hpp"
#include "tests/checkers/naive.hpp"
#include "tests/checkers/random_history.hpp"
#include "tests/checkers/settings.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kHistories = 2000;  // of each model, unless FAULTLINE_HISTORIES says else

class EvidenceProperty : public testing::TestWithParam<std::string> {
 protected:
  EvidenceProperty() : model_(*find_model(GetParam())) {
    model_.per_key = false;  // the naive key is nothing
    initial_ = *model_.parse_initial(initial_text(GetParam()));
  }

  static History some_history(Rng& rng, int max_ops = 8) {
    HistoryShape shape;
    shape.max_ops = max_ops;
    shape.values = rng.pick(std::vector<int>{1, 2, 3, 3, 10});
    shape.crashes_percent = static_cast<int>(rng.pick(std::vector<int>{0, 15, 40}));
    History history = random_history(GetParam(), shape, rng);
    for (std::uint64_t faults = rng.below(3); faults > 0; --faults) {
      corrupt(GetParam(), shape, history, rng);
    }
    return history;
  }

  static void leave_out(const std::vector<std::vector<std::uint32_t>>& units, Rng& rng,
                        std::vector<bool>& kept) {
    for (const auto& unit : units) {
      if (rng.chance(3, 5)) continue;
      for (const std::uint32_t op : unit) kept[op] = false;
    }
  }

  Verification verify_one(const History& history, const Evidence::Part& part) const {
    const auto all = verify(history, model_, {std::string(model_.name), initial_, false, {part}});
    EXPECT_TRUE(all) << all.error().what;
    EXPECT_EQ(all->size(), 1U);
    return all->front();
  }

  Model model_;
  Value initial_;
};

TEST_P(EvidenceProperty, OfEveryVerdictHolds) {
  Rng rng = Rng(seed()).split(GetParam()).split("evidence");
  for (std::uint64_t i = 0; i < histories_per_model(kHistories); ++i) {
    const History history = some_history(rng);
    SCOPED_TRACE(testing::Message() << "FAULTLINE_SEED=" << seed() << ", history " << i << "\n"
                                    << print(history));
    const Report report = make_linearizable(model_, initial_)->check(history);
    const auto verified = verify(history, model_, *report.evidence);
    ASSERT_TRUE(verified) << verified.error().what;
    for (const Verification& part : *verified) {
      ASSERT_EQ(part.verdict, report.verdict);
      ASSERT_EQ(part.proof, Proof::holds) << part.what;
    }
  }
}

// Of a core no op can be left out.
TEST_P(EvidenceProperty, CoresAreMinimal) {
  Rng rng = Rng(seed()).split(GetParam()).split("minimal");
  for (std::uint64_t i = 0; i < histories_per_model(kHistories) / 4; ++i) {
    const History history = some_history(rng);
    const Report report = make_linearizable(model_, initial_)->check(history);
    if (report.verdict != Verdict::invalid) continue;
    const Evidence::Part& part = report.evidence->parts.front();
    for (std::size_t op = 0; op < part.core->ops.size(); ++op) {
      Evidence::Part smaller = part;
      smaller.core->ops.erase(smaller.core->ops.begin() + static_cast<std::ptrdiff_t>(op));
      ASSERT_EQ(verify_one(history, smaller).proof, Proof::fails)
          << "FAULTLINE_SEED=" << seed() << ", history " << i << " without op "
          << part.core->ops[op] << "\n"
          << print(history);
    }
  }
}

// Orders that are no linearizations, and some that are.
TEST_P(EvidenceProperty, TheVerifierKnowsALinearization) {
  Rng rng = Rng(seed()).split(GetParam()).split("orders");
  std::uint64_t held = 0;
  std::uint64_t failed = 0;
  for (std::uint64_t i = 0; i < histories_per_model(kHistories); ++i) {
    const History history = some_history(rng, 4);
    Evidence::Part part{{}, Verdict::valid, {}, {}, {}};
    const Report report = make_linearizable(model_, initial_)->check(history);
    if (report.verdict == Verdict::valid) {
      part.linearization = report.evidence->parts.front().linearization;
    }
    for (std::uint64_t changes = rng.below(3); changes > 0; --changes) {
      auto& order = part.linearization;
      const std::uint64_t a = rng.below(history.size());
      if (order.size() > 1 && rng.chance(1, 2)) {
        std::swap(order[a % order.size()], order[(a + 1) % order.size()]);
      } else if (!order.empty() && rng.chance(1, 2)) {
        order.erase(order.begin() + static_cast<std::ptrdiff_t>(a % order.size()));
      } else {
        order.push_back(a);
      }
    }
    const auto fault = naive::fault_in(GetParam(), history, history.size(), part.linearization);
    const Verification verified = verify_one(history, part);
    ASSERT_EQ(verified.proof, fault ? Proof::fails : Proof::holds)
        << "FAULTLINE_SEED=" << seed() << ", history " << i << "\n"
        << print(history) << fault.value_or("") << " / " << verified.what;
    (fault ? failed : held) += 1;
  }
  EXPECT_GT(held, histories_per_model(kHistories) / 10);
  EXPECT_GT(failed, histories_per_model(kHistories) / 10);
}

// Any relaxation: if what is kept is not linearizable, neither is the history; and search and
// verifier agree on whether it is.
TEST_P(EvidenceProperty, WhatIsNotLinearizableRelaxedIsNotAtAll) {
  Rng rng = Rng(seed()).split(GetParam()).split("relaxed");
  std::uint64_t refuted = 0;
  for (std::uint64_t i = 0; i < histories_per_model(kHistories); ++i) {
    const History history = some_history(rng, 7);
    const auto partition = split_by_key(history)->front();
    const auto object = read_object(history, partition, model_, initial_, {});
    View view;
    if (object->has_rules()) view.from = static_cast<std::uint32_t>(rng.below(history.size()));
    if (rng.chance(1, 2)) {
      view.to = view.from + 1 + static_cast<std::uint32_t>(rng.below(history.size() - view.from));
    }
    const Relaxation relaxation(*object, model_, view);
    std::vector<bool> kept(relaxation.ops().size(), true);
    leave_out(relaxation.removable_ops(), rng, kept);
    leave_out(relaxation.removable_items(kept), rng, kept);
    Evidence::Part part{{}, Verdict::invalid, {}, Core{view.from, view.to, {}}, {}};
    for (std::size_t op = 0; op < kept.size(); ++op) {
      if (kept[op]) part.core->ops.push_back(object->ops[relaxation.ops()[op]].invoked);
    }
    SCOPED_TRACE(testing::Message() << "FAULTLINE_SEED=" << seed() << ", history " << i << ", ["
                                    << view.from << ", " << view.to << ")\n"
                                    << print(history));
    const Verification verified = verify_one(history, part);
    const ObjectHistory relaxed = relaxation.keep(kept);
    for (const Strategy strategy : {Strategy::depth_first, Strategy::breadth_first}) {
      const Decision decision = search(relaxed, model_, {}, {{}, strategy});
      ASSERT_EQ(decision.verdict == Verdict::invalid, verified.proof == Proof::holds)
          << verified.what << ", kept " << testing::PrintToString(part.core->ops);
    }
    if (verified.proof != Proof::holds) continue;
    ++refuted;
    ASSERT_FALSE(naive::linearizable(GetParam(), history, history.size()));
  }
  EXPECT_GT(refuted, histories_per_model(kHistories) / 50);
}

INSTANTIATE_TEST_SUITE_P(Models, EvidenceProperty, testing::ValuesIn(names_of_models()),
                         [](const auto& parameter) { return as_word(parameter.param); });

// What the searches of the whole history would take very long to find.
TEST(Evidence, OfALongHistoryWithAStaleReadIsSmallAndHolds) {
  for (const bool unique_values : {false, true}) {
    for (const std::uint64_t some_seed : {1, 2, 3}) {
      ClosedLoopShape shape{.ops = 10'000, .clients = 10, .unique_values = unique_values};
      shape.stale_read = true;
      shape.seed = some_seed;
      const History history = closed_loop(shape);
      const Model& model = *find_model("cas-register");
      const Report report = make_linearizable(model, Value())->check(history);
      const Evidence& evidence = *report.evidence;
      const auto verified = verify(history, model, evidence);
      EXPECT_EQ(verified->front().verdict, report.verdict);
      EXPECT_EQ(verified->front().proof, Proof::holds) << verified->front().what;
      if (report.verdict == Verdict::invalid) {
        EXPECT_LE(evidence.parts.front().core->ops.size(), 20U);
      }
      if (unique_values) {
        EXPECT_EQ(report.verdict, Verdict::invalid);
      }
    }
  }
}

}  // namespace
}  // namespace faultline

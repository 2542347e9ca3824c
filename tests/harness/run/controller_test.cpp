// The life of a test, with the embedded Raft cluster in the simulator.
#include "harness/run/controller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/cli/registry.hpp"
#include "harness/core/noop.hpp"

namespace faultline {
namespace {

TestPlan short_plan(std::uint64_t seed) {
  TestPlan plan;
  plan.seed = seed;
  plan.time_limit = 10 * kSecond;
  return plan;
}

History run(const TestPlan& plan, Parts& parts) {
  History history;
  RunHooks hooks;
  hooks.record = [&history](const Op& op) { history.push_back(op); };
  const auto ran = run_test(plan, parts, hooks);
  EXPECT_TRUE(ran) << ran.error().message;
  return history;
}

// What has been struck and not cured, as far as the nemesis's completions tell.
class Damage {
 public:
  void see(const Op& op) {
    if (!op.error.empty()) return;
    for (const auto& [strike, cure] :
         {std::pair{"start-partition", "stop-partition"}, {"kill", "start"}, {"pause", "resume"}}) {
      if (op.f.name() == strike) active_.insert(cure);
      if (op.f.name() == cure) active_.erase(cure);
    }
  }
  bool none() const { return active_.empty(); }

 private:
  std::set<std::string> active_;
};

TEST(Controller, EveryFaultIsHealedAndThenEveryKeyIsRead) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Parts parts = *cli::assemble(short_plan(seed));
    const History history = run(short_plan(seed), parts);
    Damage damage;
    std::size_t healed = 0;
    std::set<Value> keys;
    for (std::size_t i = 0; i < history.size(); ++i) {
      const Op& op = history[i];
      if (!op.key.is_nothing()) keys.insert(op.key);
      if (!op.is_nemesis() || op.type == OpType::invoke) continue;
      if (op.f == f::kHealed) {
        EXPECT_TRUE(damage.none());
        healed = i;
      }
      damage.see(op);
    }
    EXPECT_GT(healed, 0U);
    EXPECT_TRUE(damage.none());
    EXPECT_TRUE(parts.nemesis->healing().empty());
    std::set<Value> read;
    for (std::size_t i = healed; i < history.size(); ++i) {
      if (history[i].f == f::kRead && history[i].type == OpType::ok) read.insert(history[i].key);
    }
    EXPECT_EQ(read, keys);
  }
}

TEST(Controller, FaultsStrikeWhileClientsWork) {
  Parts parts = *cli::assemble(short_plan(1));
  const History history = run(short_plan(1), parts);
  int ok_ops = 0;
  int faults = 0;
  for (const Op& op : history) {
    if (op.type == OpType::ok) ++ok_ops;
    if (op.is_nemesis() && op.type == OpType::invoke) ++faults;
  }
  EXPECT_GT(ok_ops, 100);
  EXPECT_GE(faults, 2);
}

TEST(Controller, WithoutANemesisNothingBreaks) {
  TestPlan plan = short_plan(1);
  plan.nemeses = {"none"};
  Parts parts = *cli::assemble(plan);
  std::vector<std::string> marks;
  for (const Op& op : run(plan, parts)) {
    if (op.is_nemesis()) marks.push_back(op.f.name());
  }
  EXPECT_THAT(marks, testing::ElementsAre("healed", "healed", "finished", "finished"));
}

TEST(Controller, ARequestToStopEndsTheMainPhaseButNotTheHealing) {
  const TestPlan plan = short_plan(3);
  Parts parts = *cli::assemble(plan);
  bool struck = false;
  Time stopped = 0;
  History history;
  RunHooks hooks;
  hooks.record = [&](const Op& op) {
    history.push_back(op);
    // The first fault that lasts.
    if (!struck && !parts.nemesis->healing().empty()) {
      struck = true;
      stopped = op.time;
    }
  };
  hooks.should_stop = [&struck] { return struck ? kInterrupted : Symbol(); };
  ASSERT_TRUE(run_test(plan, parts, hooks));
  ASSERT_TRUE(struck);
  EXPECT_TRUE(parts.nemesis->healing().empty());
  EXPECT_EQ(history.back().f, f::kFinished);
  EXPECT_EQ(history.back().error, kInterrupted);
  const Op& last_of_a_client = history[history.size() - 3];
  EXPECT_EQ(last_of_a_client.f, f::kRead);
  EXPECT_EQ(last_of_a_client.type, OpType::ok);
  EXPECT_LT(stopped, plan.time_limit);
}

TEST(Controller, IsHealedEvenIfTheJournalFails) {
  const TestPlan plan = short_plan(3);
  Parts parts = *cli::assemble(plan);
  RunHooks hooks;
  hooks.record = [&parts](const Op&) {
    if (!parts.nemesis->healing().empty()) throw std::runtime_error("the disk is full");
  };
  EXPECT_THROW((void)run_test(plan, parts, hooks), std::runtime_error);
  EXPECT_TRUE(parts.nemesis->healing().empty());
}

// A nemesis that breaks while it heals: our own bug, which must not look like one of the cluster.
class BreakingNemesis final : public Nemesis {
 public:
  std::vector<Symbol> functions() const override { return {Symbol::of("strike")}; }
  std::optional<Op> propose(Rng&) const override { return std::nullopt; }
  Task<Op> invoke(Op) override {
    throw std::runtime_error(++calls_ == 1 ? "cannot heal" : "still cannot");
    co_return Op();
  }
  std::vector<Op> healing() const override { return {invocation(Symbol::of("strike"))}; }

 private:
  int calls_ = 0;
};

TEST(Controller, WhatTheNemesisThrowsComesOutAndSoDoesAFailedHealing) {
  const TestPlan plan = short_plan(1);
  Parts parts = *cli::assemble(plan);
  parts.nemesis = std::make_unique<BreakingNemesis>();
  RunHooks hooks;
  hooks.record = [](const Op&) {};
  try {
    (void)run_test(plan, parts, hooks);
    FAIL() << "it did not come out";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "cannot heal; then healing failed, too: still cannot");
  }
}

TEST(Controller, WhatClientsDoDoesNotChangeWhatTheNemesisDraws) {
  const auto first_faults = [](int rate) {
    TestPlan plan = short_plan(4);
    plan.rate = rate;
    Parts parts = *cli::assemble(plan);
    std::vector<std::string> faults;
    for (const Op& op : run(plan, parts)) {
      if (!op.is_nemesis() || op.type != OpType::invoke || faults.size() == 5) continue;
      faults.push_back(to_string(op));
    }
    return faults;
  };
  EXPECT_EQ(first_faults(50).size(), 5U);
  EXPECT_EQ(first_faults(50), first_faults(300));
}

TEST(Controller, ATargetThatDoesNotStartIsAnError) {
  struct Broken final : Target {
    Task<Result<void>> start(Environment&) override {
      Result<void> result = Error{"no leader within 10 s"};
      co_return result;
    }
    std::unique_ptr<Client> connect(Environment&, NodeId, Process) override {
      return noop_client();
    }
    Task<std::optional<Leader>> leader(Environment&) override { co_return std::nullopt; }
  };
  const TestPlan plan = short_plan(1);
  Parts parts = *cli::assemble(plan);
  parts.target = std::make_unique<Broken>();
  parts.nemesis = noop_nemesis();
  int events = 0;
  RunHooks hooks;
  hooks.record = [&events](const Op&) { ++events; };
  const auto ran = run_test(plan, parts, hooks);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().message, "no leader within 10 s");
  EXPECT_EQ(events, 0);
}

}  // namespace
}  // namespace faultline

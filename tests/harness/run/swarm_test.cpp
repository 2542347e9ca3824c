#include "harness/run/swarm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "harness/generators/generators.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t kSeeds = 10'000;

const Pool kPool{{{"partition", 75}, {"packet"}, {"kill"}, {"pause"}, {"clock", 20}},
                 {{"snapshot-every=100", "snapshot-every=10"}, {"reads=index", "reads=lease"}}};

TestPlan drawn(std::uint64_t seed, TestPlan plan = {}, Fields given = {}) {
  plan.seed = seed;
  given.insert("--seed");
  return default_plan(plan, given, kPool);
}

TEST(Swarm, IsTheDefaultInSimOnly) {
  EXPECT_TRUE(drawn(1).swarm);
  TestPlan local;
  local.environment = "local";
  EXPECT_FALSE(drawn(1, local, {"--env"}).swarm);
  local.swarm = true;
  EXPECT_TRUE(drawn(1, local, {"--env", "--swarm"}).swarm);
}

TEST(Swarm, WithoutItEverySeedHasTheSame) {
  TestPlan plain;
  plain.swarm = false;
  TestPlan first = drawn(1, plain, {"--swarm"});
  EXPECT_EQ(first, TestPlan{});
  first.seed = 2;
  EXPECT_EQ(drawn(2, plain, {"--swarm"}), first);
  plain.environment = "local";
  plain.nodes = 3;
  const TestPlan local = drawn(1, plain, {"--env", "--nodes"});
  EXPECT_EQ(local.rate, 500);
  EXPECT_EQ(local.concurrency, 6);
  EXPECT_EQ(local.threads_per_key, 3);
}

TEST(Swarm, DrawsWhatCanBeRun) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const TestPlan plan = drawn(seed);
    EXPECT_TRUE(gen::check_key_groups(plan.concurrency, plan.threads_per_key));
    EXPECT_FALSE(plan.nemeses.empty());
    EXPECT_TRUE(std::ranges::is_sorted(plan.nemeses, {}, [](const std::string& name) {
      return std::ranges::find(kPool.nemeses, name, &Pool::Nemesis::name);
    })) << "in the order of the pool";
    EXPECT_THAT(plan.settings.size(), 2U);
    EXPECT_GE(plan.nodes, 3);
    EXPECT_LE(plan.nodes, 7);
    EXPECT_GE(plan.nemesis_interval, 50 * kMillisecond);
    EXPECT_GE(plan.rate, 50);
    EXPECT_GE(plan.values, 2);
    EXPECT_EQ(plan.time_limit, TestPlan{}.time_limit);
  }
}

// A field that a swarm draws, and a value of it that no swarm draws.
struct Field {
  const char* flag;
  std::function<void(TestPlan&)> set;
};
const std::vector<Field>& fields() {
  static const std::vector<Field> list{
      {"--nodes", [](TestPlan& plan) { plan.nodes = 9; }},
      {"--rate", [](TestPlan& plan) { plan.rate = 1; }},
      {"--nemesis", [](TestPlan& plan) { plan.nemeses = {"none"}; }},
      {"--nemesis-interval", [](TestPlan& plan) { plan.nemesis_interval = 1; }},
      {"--latency", [](TestPlan& plan) { plan.latency = 1; }},
      {"--ops-per-key", [](TestPlan& plan) { plan.ops_per_key = 1; }},
      {"--values", [](TestPlan& plan) { plan.values = 1; }},
      {"--set", [](TestPlan& plan) { plan.settings = {}; }},
  };
  return list;
}

TEST(Swarm, WhatIsGivenStaysAndChangesNothingElse) {
  for (const Field& field : fields()) {
    TestPlan given;
    field.set(given);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      TestPlan expected = drawn(seed);
      field.set(expected);
      EXPECT_EQ(drawn(seed, given, {field.flag}), expected) << field.flag;
    }
  }
}

TEST(Swarm, ProcessesFitWhatIsGivenOfThem) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (int number = 1; number <= 30; ++number) {
      TestPlan plan;
      plan.concurrency = number;
      plan = drawn(seed, plan, {"--concurrency"});
      EXPECT_EQ(plan.concurrency, number);
      EXPECT_EQ(number % plan.threads_per_key, 0);
      plan.threads_per_key = number;
      plan = drawn(seed, plan, {"--threads-per-key"});
      EXPECT_EQ(plan.threads_per_key, number);
      EXPECT_EQ(plan.concurrency % number, 0);
    }
  }
}

TEST(Swarm, EachFieldIsDrawnByItself) {
  // Of two fields, every pair of values is drawn that there is of each.
  std::set<int> rates;
  std::set<int> nodes;
  std::set<std::pair<int, int>> pairs;
  std::set<std::vector<std::string>> mixes;
  std::set<std::vector<std::string>> settings;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const TestPlan plan = drawn(seed);
    rates.insert(plan.rate);
    nodes.insert(plan.nodes);
    pairs.emplace(plan.rate, plan.nodes);
    mixes.insert(plan.nemeses);
    settings.insert(plan.settings);
  }
  EXPECT_GT(rates.size(), 1U);
  EXPECT_GT(nodes.size(), 1U);
  EXPECT_EQ(pairs.size(), rates.size() * nodes.size());
  EXPECT_EQ(mixes.size(), 31U) << "every subset but the empty one";
  EXPECT_EQ(settings.size(), 4U);
}

TEST(Swarm, WhatIsUnusualIsEnoughToHaveThePlanAgain) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    EXPECT_THAT(unusual_fields(drawn(seed), kPool), ElementsAre("--seed"));
    // Some fields of another seed's draw.
    const TestPlan other = drawn(seed + 1);
    Fields given;
    for (const Field& field : fields()) {
      if (Rng(seed).split(field.flag).chance(1, 3)) given.emplace(field.flag);
    }
    if (Rng(seed).split("processes").chance(1, 3)) given.emplace("--concurrency");
    if (Rng(seed).split("threads").chance(1, 3)) given.emplace("--threads-per-key");
    TestPlan plan = drawn(seed, other, given);
    if (plan.concurrency % plan.threads_per_key != 0) continue;
    EXPECT_EQ(default_plan(plan, unusual_fields(plan, kPool), kPool), plan);
    plan.swarm = false;
    EXPECT_EQ(default_plan(plan, unusual_fields(plan, kPool), kPool), plan);
  }
}

TEST(Swarm, WithoutAPoolTheFaultsAreThoseOfThePlainMix) {
  TestPlan plan;
  EXPECT_EQ(default_plan(plan, {}, {}).nemeses, TestPlan{}.nemeses);
}

}  // namespace
}  // namespace faultline

#include "harness/run/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "harness/cli/commands.hpp"
#include "harness/cli/plan_options.hpp"

namespace faultline {
namespace {

using cli::repeat_arguments;
using testing::HasSubstr;

// A plan that differs from the default in every field.
TestPlan unusual_plan() {
  TestPlan plan;
  plan.target = "other-target";
  plan.environment = "elsewhere";
  plan.swarm = true;
  plan.workload = "other-workload";
  plan.nemeses = {"kill"};
  plan.bugs = {"stale-read", "forget-vote"};
  plan.settings = {"reads=lease"};
  plan.seed = 18446744073709551615U;
  plan.nodes = 7;
  plan.concurrency = 21;
  plan.rate = 37;
  plan.time_limit = 1'500 * kMillisecond;
  plan.nemesis_interval = 125 * kMillisecond;
  plan.recovery_bound = 7 * kSecond;
  plan.threads_per_key = 3;
  plan.ops_per_key = 11;
  plan.values = 2;
  plan.fail_fast = false;
  plan.serializable = true;
  plan.capture = true;
  return plan;
}

// The plan that the command line makes of `arguments` ("test --seed 7 ...").
TestPlan parse(const std::string& arguments) {
  CLI::App app;
  cli::PlanOptions options;
  options.add_to(*app.add_subcommand("test"));
  app.parse(arguments);
  return options.plan();
}

TEST(Plan, ComesBackFromJson) {
  for (const TestPlan& plan : {TestPlan{}, unusual_plan()}) {
    const auto back = plan_from_json(to_json(plan));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, plan);
  }
}

TEST(Plan, ComesBackFromTheTextOfItsJson) {
  const std::string text = to_json(unusual_plan()).dump();
  EXPECT_EQ(*plan_from_json(nlohmann::ordered_json::parse(text)), unusual_plan());
}

TEST(Plan, AnErrorNamesTheField) {
  const auto whole = to_json(TestPlan{});
  for (const auto& [name, value] : whole.items()) {
    auto without = whole;
    without.erase(name);
    auto wrong = whole;
    wrong[name] = nlohmann::ordered_json::object();
    for (const auto& json : {without, wrong}) {
      const auto plan = plan_from_json(json);
      ASSERT_FALSE(plan) << json;
      EXPECT_THAT(plan.error().message, HasSubstr("field '" + name + "'"));
    }
  }
  EXPECT_FALSE(plan_from_json(nlohmann::ordered_json::array()));
}

TEST(Plan, ItsArgumentsParseBack) {
  TestPlan many_bugs = unusual_plan();
  many_bugs.nodes = TestPlan{}.nodes;
  TestPlan no_nemesis;
  no_nemesis.nemeses = {"none"};
  for (const TestPlan& plan : {TestPlan{}, unusual_plan(), many_bugs, no_nemesis}) {
    EXPECT_EQ(parse(repeat_arguments(plan)), plan) << repeat_arguments(plan);
  }
}

TEST(Plan, ArgumentsHoldTheSeedAndWhatIsUnusual) {
  TestPlan plan = parse("test --seed 7");
  EXPECT_EQ(repeat_arguments(plan), "test --seed 7");
  plan.bugs = {"stale-read"};
  EXPECT_EQ(repeat_arguments(plan), "test --bug stale-read --seed 7");
  plan = parse("test --no-swarm --seed 7");
  EXPECT_EQ(repeat_arguments(plan), "test --no-swarm --seed 7");
  plan.nodes = 3;
  EXPECT_EQ(repeat_arguments(plan),
            "test --no-swarm --seed 7 --nodes 3 --concurrency 10 --threads-per-key 5");
  EXPECT_EQ(repeat_arguments(parse("test --env local --target etcd")),
            "test --target etcd --env local --seed 1");
}

// Whoever gives fewer nodes has fewer processes and smaller groups by default; the arguments must
// say so, whatever the defaults of the two sides are.
TEST(Plan, ArgumentsOfWhatTheCommandLineMadeParseBack) {
  for (const char* arguments :
       {"test", "test --nodes 3", "test --nodes 3 --concurrency 4n", "test --concurrency 3",
        "test --nodes 9 --seed 5", "test --time-limit 0.1", "test --bug a,b --nemesis none",
        "test --nemesis kill,pause --nemesis-interval 0.001", "test --set none --seed 2",
        "test --threads-per-key 4", "test --threads-per-key 4 --concurrency 12"}) {
    for (const char* swarm : {"", " --swarm", " --no-swarm"}) {
      const TestPlan plan = parse(std::string(arguments) + swarm);
      EXPECT_EQ(parse(repeat_arguments(plan)), plan)
          << arguments << swarm << " | " << repeat_arguments(plan);
    }
  }
}

TEST(Plan, ConcurrencyForEachNodeIsOfTheNodesThatWereDrawn) {
  for (int seed = 1; seed <= 20; ++seed) {
    const TestPlan plan = parse("test --concurrency 2n --seed " + std::to_string(seed));
    EXPECT_EQ(plan.concurrency, 2 * plan.nodes);
    EXPECT_EQ(plan.concurrency % plan.threads_per_key, 0);
  }
}

TEST(Plan, SwarmAndNoSwarmTogetherAreRefused) {
  EXPECT_THROW(parse("test --swarm --no-swarm"), cli::UsageError);
}

TEST(Plan, SecondsHaveNoTrailingZeros) {
  EXPECT_EQ(seconds_text(60 * kSecond), "60");
  EXPECT_EQ(seconds_text(1500 * kMillisecond), "1.5");
  EXPECT_EQ(seconds_text(100 * kSecond), "100");
  EXPECT_EQ(seconds_text(1), "0.000000001");
  EXPECT_EQ(seconds_text(0), "0");
}

}  // namespace
}  // namespace faultline

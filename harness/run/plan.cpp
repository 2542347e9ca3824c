#include "harness/run/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace faultline {
namespace {

// Calls visit(json name, flag, member) for every field but the lists: the one list of them all.
template <class Plan, class Visit>
void for_each_field(Plan& plan, Visit visit) {
  visit("target", "--target", plan.target);
  visit("environment", "--env", plan.environment);
  visit("workload", "--workload", plan.workload);
  visit("nemeses", "--nemesis", plan.nemeses);
  visit("bugs", "--bug", plan.bugs);
  visit("seed", "--seed", plan.seed);
  visit("nodes", "--nodes", plan.nodes);
  visit("concurrency", "--concurrency", plan.concurrency);
  visit("rate", "--rate", plan.rate);
  visit("time-limit-ns", "--time-limit", plan.time_limit);
  visit("nemesis-interval-ns", "--nemesis-interval", plan.nemesis_interval);
  visit("recovery-bound-ns", "--recovery-bound", plan.recovery_bound);
  visit("threads-per-key", "--threads-per-key", plan.threads_per_key);
  visit("ops-per-key", "--ops-per-key", plan.ops_per_key);
}

std::string argument(const std::string& text) {
  return text;
}
std::string argument(const std::vector<std::string>& list) {
  return list.empty() ? "none" : fmt::format("{}", fmt::join(list, ","));
}
std::string argument(std::uint64_t number) {
  return std::to_string(number);
}
std::string argument(int number) {
  return std::to_string(number);
}
std::string argument(Duration duration) {
  return seconds_text(duration);
}

}  // namespace

std::string seconds_text(Duration duration) {
  std::string text = fmt::format("{:.9f}", to_seconds(duration));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

TestPlan default_plan(int nodes, std::optional<int> concurrency) {
  TestPlan plan;
  plan.nodes = nodes;
  plan.concurrency = concurrency.value_or(2 * nodes);
  plan.threads_per_key = std::min(nodes, plan.concurrency);
  return plan;
}

nlohmann::ordered_json to_json(const TestPlan& plan) {
  nlohmann::ordered_json json;
  for_each_field(plan,
                 [&](const char* name, const char*, const auto& field) { json[name] = field; });
  return json;
}

Result<TestPlan> plan_from_json(const nlohmann::ordered_json& json) {
  TestPlan plan;
  const char* current = "";
  try {
    for_each_field(plan, [&](const char* name, const char*, auto& field) {
      current = name;
      json.at(name).get_to(field);
    });
  } catch (const nlohmann::json::exception& e) {
    return Error{fmt::format("field '{}': {}", current, e.what())};
  }
  return plan;
}

std::string repeat_arguments(const TestPlan& plan) {
  // Two lists of (flag, text), one of the defaults, in the same order.
  std::vector<std::pair<std::string, std::string>> mine;
  std::vector<std::pair<std::string, std::string>> defaults;
  const auto collect = [](auto& list) {
    return [&list](const char*, const char* flag, const auto& field) {
      list.emplace_back(flag, argument(field));
    };
  };
  TestPlan standard = default_plan(plan.nodes, plan.concurrency);
  standard.nodes = TestPlan{}.nodes;
  standard.concurrency = default_plan(plan.nodes).concurrency;
  for_each_field(plan, collect(mine));
  for_each_field(standard, collect(defaults));
  std::string text = "test";
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (mine[i] == defaults[i] && mine[i].first != "--seed") continue;
    text += fmt::format(" {} {}", mine[i].first, mine[i].second);
  }
  return text;
}

}  // namespace faultline

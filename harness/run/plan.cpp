#include "harness/run/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

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
  visit("settings", "--set", plan.settings);
  visit("seed", "--seed", plan.seed);
  visit("nodes", "--nodes", plan.nodes);
  visit("concurrency", "--concurrency", plan.concurrency);
  visit("rate", "--rate", plan.rate);
  visit("time-limit-ns", "--time-limit", plan.time_limit);
  visit("nemesis-interval-ns", "--nemesis-interval", plan.nemesis_interval);
  visit("recovery-bound-ns", "--recovery-bound", plan.recovery_bound);
  visit("threads-per-key", "--threads-per-key", plan.threads_per_key);
  visit("ops-per-key", "--ops-per-key", plan.ops_per_key);
  visit("values", "--values", plan.values);
  visit("fail-fast", "--no-fail-fast", plan.fail_fast);
  visit("serializable", "--serializable", plan.serializable);
  visit("capture", "--capture", plan.capture);
  visit("trace", "--trace", plan.trace);
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

template <class Field>
std::string option(const char* flag, const Field& field) {
  return fmt::format(" {} {}", flag, argument(field));
}
// A flag that takes no value and turns something on, or off.
std::string option(const char* flag, const bool& on) {
  return on != std::string_view(flag).starts_with("--no-") ? fmt::format(" {}", flag) : "";
}

// Each reads a field, or says what it must be.
std::string read(const nlohmann::ordered_json& json, std::string& text) {
  if (!json.is_string()) return "must be a text";
  text = json.get<std::string>();
  return {};
}

std::string read(const nlohmann::ordered_json& json, std::vector<std::string>& list) {
  const bool good = json.is_array() && std::all_of(json.begin(), json.end(), [](const auto& item) {
                      return item.is_string();
                    });
  if (!good) return "must be a list of texts";
  list = json.get<std::vector<std::string>>();
  return {};
}

std::string read(const nlohmann::ordered_json& json, bool& flag) {
  if (!json.is_boolean()) return "must be true or false";
  flag = json.get<bool>();
  return {};
}

template <std::integral Number>
std::string read(const nlohmann::ordered_json& json, Number& number) {
  if (!json.is_number()) return "must be a number";
  const bool fits = json.is_number_unsigned()
                        ? std::in_range<Number>(json.get<std::uint64_t>())
                        : json.is_number_integer() && json.get<std::int64_t>() >= 0 &&
                              std::in_range<Number>(json.get<std::int64_t>());
  if (!fits) {
    return fmt::format("must be a whole number from 0 to {}", std::numeric_limits<Number>::max());
  }
  number = json.get<Number>();
  return {};
}

}  // namespace

std::string seconds_text(Duration duration) {
  std::string text = fmt::format("{:.9f}", to_seconds(duration));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

TestPlan default_plan(const std::string& environment, int nodes, std::optional<int> concurrency) {
  TestPlan plan;
  plan.environment = environment;
  // In real time a minute costs a minute, so more should happen in it; in sim an op costs time.
  if (environment != "sim") plan.rate = 500;
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
  std::string error;
  for_each_field(plan, [&](const char* name, const char*, auto& field) {
    if (!error.empty()) return;
    const auto found = json.find(name);
    const std::string expected = found == json.end() ? "is missing" : read(*found, field);
    if (!expected.empty()) error = fmt::format("field '{}' {}", name, expected);
  });
  if (!error.empty()) return Error{error};
  return plan;
}

std::string repeat_arguments(const TestPlan& plan) {
  // Two lists of texts, one of the defaults, in the same order.
  std::vector<std::string> mine;
  std::vector<std::string> defaults;
  const auto collect = [](auto& list) {
    return [&list](const char*, const char* flag, const auto& field) {
      list.push_back(option(flag, field));
    };
  };
  TestPlan standard = default_plan(plan.environment, plan.nodes, plan.concurrency);
  standard.nodes = TestPlan{}.nodes;
  standard.concurrency = default_plan(plan.environment, plan.nodes).concurrency;
  standard.environment = TestPlan{}.environment;
  for_each_field(plan, collect(mine));
  for_each_field(standard, collect(defaults));
  std::string text = "test";
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (mine[i] != defaults[i] || mine[i].starts_with(" --seed ")) text += mine[i];
  }
  return text;
}

}  // namespace faultline

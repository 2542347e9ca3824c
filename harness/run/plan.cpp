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

// Calls visit(json name, flag, pointer to member) for every field: the one list of them all. No
// field's default depends on one further down.
template <class Visit>
void for_each_field(Visit visit) {
  visit("target", "--target", &TestPlan::target);
  visit("environment", "--env", &TestPlan::environment);
  visit("swarm", "--swarm", &TestPlan::swarm);
  visit("workload", "--workload", &TestPlan::workload);
  visit("nemeses", "--nemesis", &TestPlan::nemeses);
  visit("bugs", "--bug", &TestPlan::bugs);
  visit("settings", "--set", &TestPlan::settings);
  visit("seed", "--seed", &TestPlan::seed);
  visit("nodes", "--nodes", &TestPlan::nodes);
  visit("concurrency", "--concurrency", &TestPlan::concurrency);
  visit("rate", "--rate", &TestPlan::rate);
  visit("time-limit-ns", "--time-limit", &TestPlan::time_limit);
  visit("nemesis-interval-ns", "--nemesis-interval", &TestPlan::nemesis_interval);
  visit("recovery-bound-ns", "--recovery-bound", &TestPlan::recovery_bound);
  visit("latency-ns", "--latency", &TestPlan::latency);
  visit("threads-per-key", "--threads-per-key", &TestPlan::threads_per_key);
  visit("ops-per-key", "--ops-per-key", &TestPlan::ops_per_key);
  visit("values", "--values", &TestPlan::values);
  visit("fail-fast", "--no-fail-fast", &TestPlan::fail_fast);
  visit("serializable", "--serializable", &TestPlan::serializable);
  visit("capture", "--capture", &TestPlan::capture);
  visit("trace", "--trace", &TestPlan::trace);
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
// A flag that takes no value and turns something on, or off; there may be one of each.
std::string option(const char* flag, const bool& on) {
  constexpr std::string_view kOff = "--no-";
  const std::string_view given(flag);
  if (on != given.starts_with(kOff)) return fmt::format(" {}", given);
  return given.starts_with(kOff) ? fmt::format(" --{}", given.substr(kOff.size()))
                                 : fmt::format(" {}{}", kOff, given.substr(2));
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

TestPlan with_only(const TestPlan& plan, const Fields& fields) {
  TestPlan result;
  for_each_field([&](const char*, const char* flag, auto member) {
    if (fields.contains(flag)) result.*member = plan.*member;
  });
  return result;
}

std::string_view first_difference(const TestPlan& a, const TestPlan& b) {
  std::string_view first;
  for_each_field([&](const char*, const char* flag, auto member) {
    if (first.empty() && a.*member != b.*member) first = flag;
  });
  return first;
}

nlohmann::ordered_json to_json(const TestPlan& plan) {
  nlohmann::ordered_json json;
  for_each_field([&](const char* name, const char*, auto member) { json[name] = plan.*member; });
  return json;
}

Result<TestPlan> plan_from_json(const nlohmann::ordered_json& json) {
  TestPlan plan;
  std::string error;
  for_each_field([&](const char* name, const char*, auto member) {
    if (!error.empty()) return;
    const auto found = json.find(name);
    const std::string expected = found == json.end() ? "is missing" : read(*found, plan.*member);
    if (!expected.empty()) error = fmt::format("field '{}' {}", name, expected);
  });
  if (!error.empty()) return Error{error};
  return plan;
}

std::string arguments(const TestPlan& plan, const Fields& fields) {
  std::string text = "test";
  for_each_field([&](const char*, const char* flag, auto member) {
    if (fields.contains(flag)) text += option(flag, plan.*member);
  });
  return text;
}

}  // namespace faultline

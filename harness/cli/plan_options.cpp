#include "harness/cli/plan_options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <random>

#include "harness/cli/commands.hpp"
#include "harness/core/node.hpp"

namespace faultline::cli {
namespace {

[[noreturn]] void refuse(const std::string& flag, const std::string& text, const char* expected) {
  throw UsageError(fmt::format("{} {}: expected {}", flag, text.empty() ? "''" : text, expected));
}

template <class Number>
bool parse_whole(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    if (comma > begin) items.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return items;
}

// "5", or the names n1,n2,...: the simulator names its nodes itself.
int parse_nodes(const std::string& text) {
  constexpr int kMostNodes = 99;
  constexpr const char* kExpected = "a number from 1 to 99, or the names n1,n2,... in order";
  int count = 0;
  if (!parse_whole(text, count)) {
    for (const std::string& name : split(text)) {
      if (name != node_name(count++)) refuse("--nodes", text, kExpected);
    }
  }
  if (count < 1 || count > kMostNodes) refuse("--nodes", text, kExpected);
  return count;
}

// "10", or "2n": that many for each node.
int parse_concurrency(const std::string& text, int nodes) {
  constexpr int kMostProcesses = 10'000;
  const bool per_node = text.ends_with('n');
  int count = 0;
  const std::string_view digits =
      std::string_view(text).substr(0, text.size() - (per_node ? 1 : 0));
  if (!parse_whole(digits, count) || count < 1 || count > kMostProcesses) {
    refuse("--concurrency", text, "a number of processes, or a multiple of the nodes such as 2n");
  }
  return per_node ? count * nodes : count;
}

std::uint64_t parse_seed(const std::string& text) {
  if (text == "random") {
    std::random_device device;
    const std::uint64_t high = device();
    return (high << 32 | device()) >> 1;
  }
  std::uint64_t seed = 0;
  if (!parse_whole(text, seed)) refuse("--seed", text, "a whole number from 0, or random");
  return seed;
}

}  // namespace

Duration parse_seconds(const std::string& flag, const std::string& text) {
  constexpr double kMost = 1e7;  // a good hundred days
  double seconds = 0;
  if (!parse_whole(text, seconds) || !(seconds > 0) || seconds > kMost) {
    refuse(flag, text, "seconds, more than 0");
  }
  return std::llround(seconds * 1e9);
}

void PlanOptions::add_to(CLI::App& command) {
  const TestPlan standard;
  nemesis_interval_ = seconds_text(standard.nemesis_interval);
  recovery_bound_ = seconds_text(standard.recovery_bound);
  const auto option = [&](const char* flag, auto& variable, const char* doc) {
    command.add_option(flag, variable, doc)->capture_default_str();
  };
  option("--target", target_, "the system under test");
  option("--env", environment_, "where its nodes run");
  option("--workload", workload_, "what clients do and what must hold");
  option("--nemesis", nemeses_, "faults to inject, separated by commas; none");
  command.add_option("--bug", bugs_, "a bug to switch on in the target (see list bugs)")
      ->delimiter(',');
  option("--seed", seed_, "all chance comes from it: a number, or random");
  option("--nodes", nodes_, "how many nodes, or their names");
  option("--concurrency", concurrency_, "client processes; 2n: two for each node");
  option("--rate", rate_, "ops a second, all processes together");
  option("--time-limit", time_limit_, "seconds of the main phase");
  option("--nemesis-interval", nemesis_interval_, "mean seconds between faults or cures");
  option("--recovery-bound", recovery_bound_, "seconds after the last heal to serve again");
  command.add_option("--threads-per-key", threads_per_key_,
                     "processes at work on the same key (default: as many as nodes)");
  option("--ops-per-key", ops_per_key_, "ops on each key");
}

TestPlan PlanOptions::plan() const {
  const int nodes = parse_nodes(nodes_);
  TestPlan plan = default_plan(nodes, parse_concurrency(concurrency_, nodes));
  plan.target = target_;
  plan.environment = environment_;
  plan.workload = workload_;
  plan.nemeses = split(nemeses_);
  plan.bugs = bugs_;
  plan.seed = parse_seed(seed_);
  plan.time_limit = parse_seconds("--time-limit", time_limit_);
  plan.nemesis_interval = parse_seconds("--nemesis-interval", nemesis_interval_);
  plan.recovery_bound = parse_seconds("--recovery-bound", recovery_bound_);
  plan.rate = rate_;
  plan.threads_per_key = threads_per_key_.value_or(plan.threads_per_key);
  plan.ops_per_key = ops_per_key_;
  if (plan.rate < 1) refuse("--rate", std::to_string(rate_), "at least 1");
  if (plan.ops_per_key < 1) refuse("--ops-per-key", std::to_string(ops_per_key_), "at least 1");
  if (plan.threads_per_key < 1) {
    refuse("--threads-per-key", std::to_string(plan.threads_per_key), "at least 1");
  }
  return plan;
}

}  // namespace faultline::cli

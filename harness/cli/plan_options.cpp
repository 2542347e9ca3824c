#include "harness/cli/plan_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <random>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/registry.hpp"
#include "harness/core/node.hpp"
#include "harness/core/utf8.hpp"

namespace faultline::cli {
namespace {

constexpr int kMostNodes = 99;
constexpr int kMostProcesses = 10'000;
constexpr int kMostOps = 1'000'000;  // a second, or on a key
constexpr Duration kShortestInterval = kMillisecond;

int parse_int(const char* flag, std::string_view text, int most) {
  return static_cast<int>(parse_whole(flag, text, 1, static_cast<std::uint64_t>(most)));
}

bool is_whole(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "5", or the names n1,n2,...: the simulator names its nodes itself.
int parse_nodes(const std::string& text) {
  if (is_whole(text)) return parse_int("--nodes", text, kMostNodes);
  const std::vector<std::string> names = parse_names("--nodes", text);
  const int count = static_cast<int>(names.size());
  for (int i = 0; i < count; ++i) {
    if (count <= kMostNodes && names[static_cast<std::size_t>(i)] == node_name(i)) continue;
    refuse("--nodes", text,
           fmt::format("a whole number from 1 to {}, or the names n1,n2,... in order", kMostNodes));
  }
  return count;
}

// "10", or "2n": that many for each node.
int parse_concurrency(const std::string& text, int nodes) {
  assert(nodes >= 1);
  const bool per_node = text.ends_with('n');
  const std::string digits = text.substr(0, text.size() - (per_node ? 1 : 0));
  const int most = per_node ? kMostProcesses / nodes : kMostProcesses;
  if (is_whole(digits) && digits.size() < 9) {
    const int count = digits.empty() ? 0 : std::stoi(digits);
    if (count >= 1 && count <= most) return per_node ? count * nodes : count;
  }
  refuse("--concurrency", text,
         fmt::format("a number of processes such as 10, or for each node such as 2n; at most {} "
                     "with {} node{}",
                     kMostProcesses, nodes, nodes == 1 ? "" : "s"));
}

std::uint64_t parse_seed(const std::string& text) {
  if (text == "random") {
    std::random_device device;
    const std::uint64_t high = device();
    return (high << 32 | device()) >> 1;
  }
  if (text.empty() || !is_whole(text)) refuse("--seed", text, "a whole number from 0, or random");
  return parse_whole("--seed", text, 0, UINT64_MAX);
}

// Refuses a name that is in no entry.
template <class Entries>
const auto& named(const char* flag, const std::string& name, const Entries& entries) {
  std::vector<std::string_view> names;
  for (const auto& entry : entries) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  throw UsageError(fmt::format("{} {}: there is none of that name; there are: {}", flag,
                               name.empty() ? "''" : printable(name), fmt::join(names, ", ")));
}

std::vector<std::string> parse_nemeses(const std::string& text) {
  std::vector<std::string> names = parse_names("--nemesis", text);
  const bool none = std::find(names.begin(), names.end(), "none") != names.end();
  if (none && names.size() > 1) refuse("--nemesis", text, "none to stand alone");
  return names;
}

// Of a flag that may be given more than once.
std::vector<std::string> parse_lists(const char* flag, const std::vector<std::string>& given) {
  if (given.empty()) return {};
  for (const std::string& text : given) parse_names(flag, text);
  return parse_names(flag, fmt::format("{}", fmt::join(given, ",")));
}

}  // namespace

PlanOptions::PlanOptions() {
  const TestPlan standard;
  target_ = standard.target;
  environment_ = standard.environment;
  workload_ = standard.workload;
  nemeses_ = fmt::format("{}", fmt::join(standard.nemeses, ","));
  seed_ = std::to_string(standard.seed);
  nodes_ = std::to_string(standard.nodes);
  time_limit_ = seconds_text(standard.time_limit);
  nemesis_interval_ = seconds_text(standard.nemesis_interval);
  recovery_bound_ = seconds_text(standard.recovery_bound);
  ops_per_key_ = std::to_string(standard.ops_per_key);
  values_ = std::to_string(standard.values);
}

void PlanOptions::add_to(CLI::App& command) {
  const auto option = [&](const char* flag, auto& variable, const char* value, const char* doc) {
    add_value(command, flag, variable, value, doc)->capture_default_str();
  };
  option("--target", target_, "NAME", "the system under test");
  option("--env", environment_, "NAME", "where its nodes run");
  option("--workload", workload_, "NAME", "what clients do and what must hold");
  option("--nemesis", nemeses_, "NAMES", "faults to inject, separated by commas; none");
  add_value(command, "--bug", bugs_, "NAMES", "bugs to switch on in the target (see list bugs)")
      ->allow_extra_args(false);
  add_value(command, "--set", settings_, "NAME=VALUE", "a setting of the target (list settings)")
      ->allow_extra_args(false);
  option("--seed", seed_, "N", "all chance comes from it: a number, or random");
  option("--nodes", nodes_, "N", "how many nodes (or n1,n2,...)");
  option("--concurrency", concurrency_, "N", "client processes; 2n: two for each node");
  add_value(command, "--rate", rate_, "N",
            "ops a second, all processes together (default: 200 in sim, else 500)");
  option("--time-limit", time_limit_, "SECONDS", "length of the main phase");
  option("--nemesis-interval", nemesis_interval_, "SECONDS", "mean time between faults or cures");
  option("--recovery-bound", recovery_bound_, "SECONDS", "after the last heal, to serve again");
  add_value(command, "--threads-per-key", threads_per_key_, "N",
            "processes at work on the same key (default: as many as nodes)");
  option("--ops-per-key", ops_per_key_, "N", "ops on each key");
  option("--values", values_, "N", "how many different values are written to a key");
  command.add_flag("--no-fail-fast", no_fail_fast_, "go on when a violation has been found");
  command.add_flag("--serializable", serializable_,
                   "reads that any node may answer, if the target has them (etcd)");
  command.add_flag("--capture", capture_,
                   "keep the packets of nodes and clients (local): network.pcap");
  command.add_flag("--trace", trace_, "keep the messages between nodes (sim): trace.jsonl");
}

TestPlan PlanOptions::plan() const {
  const int nodes = parse_nodes(nodes_);
  TestPlan plan = default_plan(environment_, nodes, parse_concurrency(concurrency_, nodes));
  plan.target = target_;
  plan.workload = workload_;
  plan.nemeses = parse_nemeses(nemeses_);
  plan.bugs = parse_lists("--bug", bugs_);
  plan.settings = parse_lists("--set", settings_);
  plan.seed = parse_seed(seed_);
  plan.time_limit = parse_seconds("--time-limit", time_limit_);
  plan.nemesis_interval = parse_seconds("--nemesis-interval", nemesis_interval_, kShortestInterval);
  plan.recovery_bound = parse_seconds("--recovery-bound", recovery_bound_);
  if (rate_) plan.rate = parse_int("--rate", *rate_, kMostOps);
  if (threads_per_key_) {
    plan.threads_per_key = parse_int("--threads-per-key", *threads_per_key_, kMostProcesses);
  }
  plan.fail_fast = !no_fail_fast_;
  plan.serializable = serializable_;
  plan.capture = capture_;
  plan.trace = trace_;
  plan.values = parse_int("--values", values_, kMostOps);
  plan.ops_per_key = parse_int("--ops-per-key", ops_per_key_, kMostOps);
  return plan;
}

void check_names(const TestPlan& plan) {
  const TargetEntry& target = named("--target", plan.target, targets());
  named("--env", plan.environment, environments());
  named("--workload", plan.workload, workloads());
  for (const std::string& name : plan.nemeses) named("--nemesis", name, nemeses());
  if (!plan.bugs.empty() && target.bugs.empty()) {
    throw UsageError(fmt::format("--bug: {} has none that can be switched on", plan.target));
  }
  for (const std::string& name : plan.bugs) named("--bug", name, target.bugs);
}

}  // namespace faultline::cli

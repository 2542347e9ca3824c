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
#include "harness/run/swarm.hpp"

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

// Of a flag that may be given more than once; none is an empty list.
std::vector<std::string> parse_lists(const char* flag, const std::vector<std::string>& given) {
  if (given.empty() || given == std::vector<std::string>{"none"}) return {};
  for (const std::string& text : given) parse_names(flag, text);
  return parse_names(flag, fmt::format("{}", fmt::join(given, ",")));
}

std::string default_workload(const TestPlan& plan) {
  const TargetEntry& target = named("--target", plan.target, targets());
  if (target.workload == nullptr) return plan.workload;
  for (const std::string& name : plan.bugs) named("--bug", name, target.bugs);
  const auto workload = target.workload(plan);
  if (!workload) throw UsageError(workload.error().message);
  return std::string(*workload);
}

}  // namespace

PlanOptions::PlanOptions() {
  const TestPlan standard;
  target_ = standard.target;
  environment_ = standard.environment;
  seed_ = std::to_string(standard.seed);
  time_limit_ = seconds_text(standard.time_limit);
  recovery_bound_ = seconds_text(standard.recovery_bound);
}

// A default that depends on another one, or on the seed, is said in words.
void PlanOptions::add_to(CLI::App& command) {
  const auto keep = [&](CLI::Option* option) {
    options_.push_back(option);
    return option;
  };
  const auto option = [&](const char* flag, auto& variable, const char* value, const char* doc) {
    return keep(add_value(command, flag, variable, value, doc));
  };
  const auto flag = [&](const char* name, bool& variable, const char* doc) {
    keep(command.add_flag(name, variable, doc));
  };
  option("--target", target_, "NAME", "the system under test")->capture_default_str();
  option("--env", environment_, "NAME", "where its nodes run")->capture_default_str();
  flag("--swarm", swarm_,
       "draw whatever is not given from the seed: another mix of faults, load and size each time "
       "(the default in sim)");
  flag("--no-swarm", no_swarm_, "the same mix for every seed");
  option("--workload", workload_, "NAME",
         "what clients do and what must hold (default: register; dynamo: what its settings "
         "promise)");
  option("--nemesis", nemeses_, "NAMES",
         "faults to inject, separated by commas; none (default: drawn; without swarm "
         "partition,kill,pause)");
  option("--bug", bugs_, "NAMES", "bugs to switch on in the target (see list bugs)")
      ->allow_extra_args(false);
  option("--set", settings_, "NAME=VALUE", "a setting of the target (list settings), or none")
      ->allow_extra_args(false);
  option("--seed", seed_, "N", "all chance comes from it: a number, or random")
      ->capture_default_str();
  option("--nodes", nodes_, "N", "how many nodes, or n1,n2,... (default: drawn; without swarm 5)");
  option("--concurrency", concurrency_, "N",
         "client processes; 2n: two for each node (default: drawn; without swarm 2n)");
  option("--rate", rate_, "N",
         "ops a second, all processes together (default: drawn; without swarm 200 in sim, else "
         "500)");
  option("--time-limit", time_limit_, "SECONDS", "length of the main phase")->capture_default_str();
  option("--nemesis-interval", nemesis_interval_, "SECONDS",
         "mean time between faults or cures (default: drawn; without swarm 1)");
  option("--recovery-bound", recovery_bound_, "SECONDS", "after the last heal, to serve again")
      ->capture_default_str();
  option("--latency", latency_, "SECONDS",
         "of a message between two nodes, on average (sim; default: drawn; without swarm 0.0015)");
  option("--threads-per-key", threads_per_key_, "N",
         "processes at work on the same key (default: drawn; without swarm as many as nodes)");
  option("--ops-per-key", ops_per_key_, "N", "ops on each key (default: drawn; without swarm 400)");
  option("--values", values_, "N",
         "how many different values are written to a key (default: drawn; without swarm 5)");
  flag("--no-fail-fast", no_fail_fast_, "go on when a violation has been found");
  flag("--serializable", serializable_,
       "reads that any node may answer, if the target has them (etcd)");
  flag("--capture", capture_, "keep the packets of nodes and clients (local): network.pcap");
  flag("--trace", trace_,
       "keep the messages between nodes (sim): trace.jsonl, and show them in report.html");
}

std::uint64_t PlanOptions::seed() const {
  return parse_seed(seed_);
}

void PlanOptions::give(std::string_view flag, const std::string& text) {
  if (flag == "--target") {
    target_ = text;
  } else if (flag == "--workload") {
    workload_ = text;
  } else if (flag == "--nemesis") {
    nemeses_ = text;
  } else {
    assert(flag == "--bug");
    bugs_ = {text};
  }
  given_besides_.emplace(flag);
}

Fields PlanOptions::given() const {
  Fields fields = given_besides_;
  for (const CLI::Option* option : options_) {
    if (option->count() > 0) fields.insert(option->get_name());
  }
  if (fields.erase("--no-swarm") > 0) fields.insert("--swarm");
  return fields;
}

// All but the number of processes, which may depend on that of nodes.
TestPlan PlanOptions::given_values(std::uint64_t seed) const {
  if (swarm_ && no_swarm_) throw UsageError("--swarm: it cannot be given with --no-swarm");
  TestPlan plan;
  const auto number = [](const char* flag, const auto& text, int most, int& field) {
    if (text) field = parse_int(flag, *text, most);
  };
  plan.target = target_;
  plan.environment = environment_;
  plan.swarm = swarm_;
  if (nemeses_) plan.nemeses = parse_nemeses(*nemeses_);
  plan.bugs = parse_lists("--bug", bugs_);
  plan.settings = parse_lists("--set", settings_);
  plan.workload = workload_ ? *workload_ : default_workload(plan);
  plan.seed = seed;
  if (nodes_) plan.nodes = parse_nodes(*nodes_);
  number("--rate", rate_, kMostOps, plan.rate);
  plan.time_limit = parse_seconds("--time-limit", time_limit_);
  if (nemesis_interval_) {
    plan.nemesis_interval =
        parse_seconds("--nemesis-interval", *nemesis_interval_, kShortestInterval);
  }
  plan.recovery_bound = parse_seconds("--recovery-bound", recovery_bound_);
  if (latency_) plan.latency = parse_seconds("--latency", *latency_);
  number("--threads-per-key", threads_per_key_, kMostProcesses, plan.threads_per_key);
  number("--ops-per-key", ops_per_key_, kMostOps, plan.ops_per_key);
  number("--values", values_, kMostOps, plan.values);
  plan.fail_fast = !no_fail_fast_;
  plan.serializable = serializable_;
  plan.capture = capture_;
  plan.trace = trace_;
  return plan;
}

TestPlan PlanOptions::plan(std::uint64_t seed) const {
  TestPlan plan = given_values(seed);
  Fields fields = given();
  fields.insert({"--seed", "--workload"});
  if (concurrency_) {
    Fields others = fields;
    others.erase("--concurrency");
    plan.concurrency = parse_concurrency(*concurrency_, default_plan(plan, others, {}).nodes);
  }
  return default_plan(plan, fields, pool_for(plan));
}

std::string repeat_arguments(const TestPlan& plan) {
  return arguments(plan, unusual_fields(plan, pool_for(plan)));
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

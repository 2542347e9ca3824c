#include "harness/cli/registry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "checkers/complete.hpp"
#include "checkers/recovery.hpp"
#include "checkers/stats.hpp"
#include "harness/core/validating.hpp"
#include "harness/environments/local/local_environment.hpp"
#include "harness/environments/sim/sim_environment.hpp"
#include "harness/generators/generators.hpp"
#include "nemeses/clock.hpp"
#include "nemeses/compose.hpp"
#include "nemeses/membership.hpp"
#include "nemeses/node_fault.hpp"
#include "nemeses/packet.hpp"
#include "nemeses/partition.hpp"
#include "targets/etcd/etcd_target.hpp"
#include "targets/raft/bugs.hpp"
#include "targets/raft/raft_target.hpp"
#include "workloads/register.hpp"

namespace faultline::cli {
namespace {

// What makes a node with the plan's bugs and settings in another process (faultline node).
std::vector<std::string> hosted_arguments(const char* program, const TestPlan& plan) {
  std::vector<std::string> arguments{program};
  for (const std::string& bug : plan.bugs) arguments.insert(arguments.end(), {"--bug", bug});
  for (const std::string& set : plan.settings) arguments.insert(arguments.end(), {"--set", set});
  return arguments;
}

template <class Flags>
std::vector<Bug> bugs_of(std::span<const BugOf<Flags>> known) {
  return {known.begin(), known.end()};
}

Result<std::unique_ptr<Target>> make_raft(const TestPlan& plan) {
  const auto config = raft::make_config(plan.bugs, plan.settings);
  if (!config) return config.error();
  raft::RaftOptions options;
  options.config = *config;
  options.arguments = hosted_arguments("raft", plan);
  return make_raft_target(options);
}

Result<NodeFactory> raft_program(std::span<const std::string> bugs,
                                 std::span<const std::string> settings) {
  const auto config = raft::make_config(bugs, settings);
  if (!config) return config.error();
  return raft::make_raft_nodes(*config);
}

Result<std::unique_ptr<Target>> make_etcd(const TestPlan& plan) {
  etcd::EtcdOptions options;
  options.client.serializable = plan.serializable;
  return make_etcd_target(options);
}

std::unique_ptr<Environment> make_sim(const TestPlan& plan) {
  return std::make_unique<sim::SimEnvironment>(plan.nodes, sim::LinkBehaviour{},
                                               rng_for(plan, "environment"));
}

std::unique_ptr<Environment> make_local(const TestPlan& plan) {
  local::LocalOptions options;
  options.nodes = plan.nodes;
  options.seed = plan.seed;
  options.capture = plan.capture;
  return std::make_unique<local::LocalEnvironment>(options, rng_for(plan, "environment"));
}

Result<std::unique_ptr<Workload>> make_register(const TestPlan& plan) {
  const auto fits = gen::check_key_groups(plan.concurrency, plan.threads_per_key);
  if (!fits) return fits.error();
  RegisterOptions options;
  options.threads_per_key = plan.threads_per_key;
  options.ops_per_key = plan.ops_per_key;
  options.values = plan.values;
  return make_register_workload(options);
}

// The entry named `name`, or an error that lists those there are.
template <class Entry>
Result<const Entry*> find(const char* kind, const std::vector<Entry>& entries,
                          std::string_view name) {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries) {
    if (entry.name == name) return &entry;
    names.push_back(entry.name);
  }
  return Error{
      fmt::format("there is no {} '{}'; there are: {}", kind, name, fmt::join(names, ", "))};
}

Result<std::unique_ptr<Nemesis>> make_nemeses(const TestPlan& plan, const Parts& parts) {
  std::vector<std::unique_ptr<Nemesis>> members;
  std::set<std::string> seen;
  const NemesisContext context = nemesis_context(*parts.environment, *parts.target);
  for (const std::string& name : plan.nemeses) {
    if (!seen.insert(name).second) return Error{fmt::format("nemesis '{}' is named twice", name)};
    const auto entry = find("nemesis", nemeses(), name);
    if (!entry) return entry.error();
    if ((*entry)->make == nullptr) continue;
    auto member = (*entry)->make(context);
    if (!member) return member.error();
    members.push_back(validating(std::move(*member)));
  }
  return compose_nemeses(std::move(members));
}

}  // namespace

const std::vector<TargetEntry>& targets() {
  static const std::vector<TargetEntry> list{
      {"raft", "Raft after Ongaro's dissertation, embedded: a key-value store with sessions",
       bugs_of(raft::known_bugs()), raft::known_settings(), make_raft, false, raft_program},
      {"etcd",
       "the etcd that is installed here (Debian: etcd-server), through its v3 JSON gateway",
       {},
       {},
       make_etcd,
       true,
       nullptr,
       etcd::installed_version,
       etcd::kEtcdPackage,
       etcd::check_installed},
  };
  return list;
}

const std::vector<EnvironmentEntry>& environments() {
  static const std::vector<EnvironmentEntry> list{
      {"sim", "deterministic simulation in virtual time: same seed, same history", make_sim},
      {"local", "real processes on this machine, on a private network that the program switches",
       make_local, true},
  };
  return list;
}

const std::vector<WorkloadEntry>& workloads() {
  static const std::vector<WorkloadEntry> list{
      {"register",
       "reads, writes and cas on independent keys; each must be a linearizable register",
       make_register},
  };
  return list;
}

const std::vector<NemesisEntry>& nemeses() {
  static const std::vector<NemesisEntry> list{
      {"none", "breaks nothing", "", "", nullptr},
      {"partition",
       "cuts links: one node, a minority, halves, a majorities ring, a bridge, one way, the leader",
       "start-partition", "stop-partition", make_partition},
      {"partition-clients",
       "cuts the clients off from one node, a minority, a majority or the leader, also one way: "
       "requests or answers",
       "start-partition-clients", "stop-partition-clients", make_partition_clients},
      {"packet",
       "delays, loses, doubles, reorders, corrupts or holds back packets on links of all nodes, "
       "one, halves, the leader, the clients",
       "start-packet", "stop-packet", make_packet},
      {"kill",
       "kills nodes (what they had not synced is lost) and starts them later, or at once (restart)",
       "kill", "start", make_kill},
      {"pause", "stops nodes and lets them go on", "pause", "resume", make_pause},
      {"clock",
       "slows down or speeds up the clocks of one node, a minority, a majority, all, the leader",
       "skew-clock", "restore-clock", make_clock},
      {"membership",
       "removes nodes, adds them, takes their vote, hands leadership over; one change at a time",
       "change-members", "restore-members", make_membership},
  };
  return list;
}

Result<Parts> assemble(const TestPlan& plan) {
  Parts parts;
  const auto environment = find("environment", environments(), plan.environment);
  if (!environment) return environment.error();
  const auto target = find("target", targets(), plan.target);
  if (!target) return target.error();
  const auto workload = find("workload", workloads(), plan.workload);
  if (!workload) return workload.error();

  if (plan.capture && !(*environment)->captures) {
    return Error{
        fmt::format("--capture: there are no packets in the environment {}", plan.environment)};
  }
  if (plan.serializable && !(*target)->serializable) {
    return Error{fmt::format("--serializable: {} has no such reads", plan.target)};
  }
  parts.environment = validating((*environment)->make(plan));
  const bool launches = parts.environment->powers().launching != nullptr;
  if ((*target)->program == nullptr && !launches) {
    return Error{fmt::format("{} is a real program: it needs --env local, not {}", plan.target,
                             plan.environment)};
  }
  if ((*target)->check != nullptr) {
    const auto there = (*target)->check();
    if (!there) return there.error();
  }
  auto made_target = (*target)->make(plan);
  if (!made_target) return made_target.error();
  parts.target = validating(std::move(*made_target));
  auto made_workload = (*workload)->make(plan);
  if (!made_workload) return made_workload.error();
  parts.workload = validating(std::move(*made_workload));
  auto made_nemesis = make_nemeses(plan, parts);
  if (!made_nemesis) return made_nemesis.error();
  parts.nemesis = std::move(*made_nemesis);
  return parts;
}

Result<std::unique_ptr<Checker>> checker_of(const TestPlan& plan) {
  const auto entry = find("workload", workloads(), plan.workload);
  if (!entry) return entry.error();
  auto made = (*entry)->make(plan);
  if (!made) return made.error();
  const std::unique_ptr<Workload> workload = validating(std::move(*made));
  std::vector<std::unique_ptr<Checker>> checkers;
  checkers.push_back(make_complete());
  checkers.push_back(make_stats());
  checkers.push_back(workload->checker());
  checkers.push_back(make_recovery(plan.recovery_bound));
  return compose(std::move(checkers));
}

}  // namespace faultline::cli

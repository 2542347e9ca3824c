#include "harness/cli/registry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "checkers/complete.hpp"
#include "checkers/recovery.hpp"
#include "checkers/stats.hpp"
#include "harness/cli/read_write_workloads.hpp"
#include "harness/core/validating.hpp"
#include "harness/environments/local/local_environment.hpp"
#include "harness/environments/sim/sim_environment.hpp"
#include "harness/generators/generators.hpp"
#include "harness/run/election_wait.hpp"
#include "nemeses/clock.hpp"
#include "nemeses/compose.hpp"
#include "nemeses/membership.hpp"
#include "nemeses/node_fault.hpp"
#include "nemeses/packet.hpp"
#include "nemeses/partition.hpp"
#include "targets/dynamo/dynamo_target.hpp"
#include "targets/etcd/etcd_target.hpp"
#include "targets/paxos/bugs.hpp"
#include "targets/paxos/paxos_target.hpp"
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

Result<std::unique_ptr<Target>> make_paxos(const TestPlan& plan) {
  const auto config = paxos::make_config(plan.bugs, plan.settings);
  if (!config) return config.error();
  paxos::PaxosOptions options;
  options.config = *config;
  options.arguments = hosted_arguments("paxos", plan);
  return make_paxos_target(options);
}

Result<NodeFactory> paxos_program(std::span<const std::string> bugs,
                                  std::span<const std::string> settings) {
  const auto config = paxos::make_config(bugs, settings);
  if (!config) return config.error();
  return paxos::make_paxos_nodes(*config);
}

Result<std::unique_ptr<Target>> make_dynamo(const TestPlan& plan) {
  const auto config = dynamo::make_config(plan.bugs, plan.settings);
  if (!config) return config.error();
  const auto enough = dynamo::check_nodes(*config, plan.nodes);
  if (!enough) return enough.error();
  dynamo::DynamoOptions options;
  options.config = *config;
  options.arguments = hosted_arguments("dynamo", plan);
  return make_dynamo_target(options);
}

Result<NodeFactory> dynamo_program(std::span<const std::string> bugs,
                                   std::span<const std::string> settings) {
  const auto config = dynamo::make_config(bugs, settings);
  if (!config) return config.error();
  return dynamo::make_dynamo_nodes(*config);
}

Result<std::string_view> dynamo_workload(const TestPlan& plan) {
  const auto config = dynamo::make_config(plan.bugs, plan.settings);
  if (!config) return config.error();
  std::string_view workload = "eventual";
  switch (dynamo::promised(*config)) {
    case dynamo::Level::linearizable: workload = "rw-register"; break;
    case dynamo::Level::regular: workload = "regular"; break;
    case dynamo::Level::no_lost_writes: workload = "no-lost-writes"; break;
    case dynamo::Level::eventual: break;
  }
  return workload;
}

Result<std::unique_ptr<Target>> make_etcd(const TestPlan& plan) {
  etcd::EtcdOptions options;
  options.client.serializable = plan.serializable;
  return make_etcd_target(options);
}

std::unique_ptr<Environment> make_sim(const TestPlan& plan) {
  const auto links = sim::LinkBehaviour::of_latency(plan.latency);
  return std::make_unique<sim::SimEnvironment>(plan.nodes, links, rng_for(plan, "environment"),
                                               plan.trace);
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

// Error: a function that the target lacks, and the workloads that do without.
Result<void> can_run(const TargetEntry& target, const Workload& workload, const TestPlan& plan) {
  const auto lacks = [&](Symbol f) {
    return !target.functions.empty() &&
           std::ranges::find(target.functions, f) == target.functions.end();
  };
  const std::vector<Symbol> functions = workload.functions();
  const auto missing = std::ranges::find_if(functions, lacks);
  if (missing == functions.end()) return {};
  std::vector<std::string_view> others;
  for (const WorkloadEntry& entry : workloads()) {
    const auto other = entry.make(plan);
    if (other && std::ranges::none_of((*other)->functions(), lacks)) others.push_back(entry.name);
  }
  return Error{fmt::format("--workload {}: {} has no {}; it can run: {}", plan.workload,
                           target.name, missing->name(), fmt::join(others, ", "))};
}

// In the order of the registry: healing goes by it, and members can be healed only when everything
// else is.
std::vector<std::string> in_order(std::vector<std::string> names) {
  std::ranges::stable_sort(names, {}, [](const std::string& name) {
    return std::ranges::find(nemeses(), name, &NemesisEntry::name) - nemeses().begin();
  });
  return names;
}

Result<std::unique_ptr<Nemesis>> make_nemeses(const TestPlan& plan, const Parts& parts,
                                              Duration election) {
  std::vector<std::unique_ptr<Nemesis>> members;
  std::set<std::string> seen;
  const NemesisContext context = nemesis_context(*parts.environment, *parts.target);
  for (const std::string& name : in_order(plan.nemeses)) {
    if (!seen.insert(name).second) return Error{fmt::format("nemesis '{}' is named twice", name)};
    const auto entry = find("nemesis", nemeses(), name);
    if (!entry) return entry.error();
    if ((*entry)->make == nullptr) continue;
    auto member = (*entry)->make(context);
    if (!member) return member.error();
    members.push_back(validating(std::move(*member)));
  }
  return with_election_waits(compose_nemeses(std::move(members)), *parts.environment, *parts.target,
                             election);
}

}  // namespace

const std::vector<TargetEntry>& targets() {
  static const std::vector<TargetEntry> list{
      {"raft", "Raft after Ongaro's dissertation, embedded: a key-value store with sessions",
       bugs_of(raft::known_bugs()), raft::known_settings(), make_raft, false, raft_program},
      {"paxos",
       "Multi-Paxos (Lamport; van Renesse and Altinbuken), embedded: a key-value store with "
       "sessions",
       bugs_of(paxos::known_bugs()), paxos::known_settings(), make_paxos, false, paxos_program},
      {.name = "dynamo",
       .doc = "a Dynamo-style store after DeCandia et al., embedded: reads and writes, no leader",
       .bugs = bugs_of(dynamo::known_bugs()),
       .settings = dynamo::known_settings(),
       .make = make_dynamo,
       .program = dynamo_program,
       .functions = {f::kRead, f::kWrite},
       .workload = dynamo_workload},
      {.name = "etcd",
       .doc = "the etcd that is installed here (Debian: etcd-server), through its v3 JSON gateway",
       .make = make_etcd,
       .serializable = true,
       .version = etcd::installed_version,
       .package = etcd::kEtcdPackage,
       .check = etcd::check_installed,
       .election = 1'500 * kMillisecond},  // a follower waits for 1 to 2 s
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
      {"rw-register", "reads and writes on independent keys; each must be a linearizable register",
       make_rw_register},
      {"regular",
       "the same; each key must be a regular register: a read returns the last write before it, or "
       "a concurrent one",
       make_regular},
      {"no-lost-writes",
       "the same; as eventual, and no acknowledged write may be gone unless overwritten by someone "
       "who had seen it",
       make_no_lost_writes},
      {"eventual",
       "the same; some time after the last heal all must read one value of each key, that was "
       "written",
       make_eventual},
  };
  return list;
}

const std::vector<NemesisEntry>& nemeses() {
  static const std::vector<NemesisEntry> list{
      {"none", "breaks nothing", "", "", nullptr},
      {"partition",
       "cuts links: one node, a minority, halves, a majorities ring, a bridge, one way, the leader",
       "start-partition", "stop-partition", make_partition, 75},
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
       "kill", "start", make_kill, 50},
      {"pause", "stops nodes and lets them go on", "pause", "resume", make_pause},
      {"clock",
       "slows down or speeds up the clocks of one node, a minority, a majority, all, the leader",
       "skew-clock", "restore-clock", make_clock},
      {"membership",
       "removes nodes, adds them, takes their vote, hands leadership over; sometimes two at once",
       "change-members", "restore-members", make_membership, 50},
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

  const bool asks_latency = plan.latency != TestPlan().latency;
  if (asks_latency && plan.environment != "sim") {
    return Error{fmt::format(
        "--latency: in {} messages take as long as they take; the nemesis packet delays them",
        plan.environment)};
  }
  if (plan.trace && plan.environment != "sim") {
    return Error{fmt::format("--trace: messages are traced in sim only; in {} --capture has them",
                             plan.environment)};
  }
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
  const auto can = can_run(**target, *parts.workload, plan);
  if (!can) return can.error();
  auto made_nemesis = make_nemeses(plan, parts, (*target)->election);
  if (!made_nemesis) return made_nemesis.error();
  parts.nemesis = std::move(*made_nemesis);
  return parts;
}

Pool pool_for(const TestPlan& plan) {
  Pool pool;
  const auto environment_entry = find("environment", environments(), plan.environment);
  const auto target_entry = find("target", targets(), plan.target);
  if (!environment_entry || !target_entry) return pool;
  const auto environment = (*environment_entry)->make(plan);
  const auto target = (*target_entry)->make(plan);
  if (!target) return pool;
  const NemesisContext context = nemesis_context(*environment, **target);
  for (const NemesisEntry& entry : nemeses()) {
    if (entry.make != nullptr && entry.make(context)) {
      pool.nemeses.push_back({std::string(entry.name), entry.percent});
    }
  }
  for (const Setting& setting : (*target_entry)->settings) {
    if (!setting.drawn) continue;
    std::vector<std::string>& choices = pool.settings.emplace_back();
    for (const std::string_view value : setting.values) {
      choices.push_back(fmt::format("{}={}", setting.name, value));
    }
  }
  return pool;
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

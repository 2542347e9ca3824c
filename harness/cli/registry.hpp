// The registries: the lists of what exists. Adding a target, workload, nemesis or environment is
// its own file or folder and one line in registry.cpp; models are listed in checkers/models.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/core/checker.hpp"
#include "harness/run/controller.hpp"
#include "harness/run/plan.hpp"
#include "harness/run/swarm.hpp"
#include "nemeses/context.hpp"
#include "targets/bug.hpp"
#include "targets/setting.hpp"

namespace faultline::cli {

struct TargetEntry {
  std::string_view name;
  std::string_view doc;
  std::vector<Bug> bugs = {};
  std::span<const Setting> settings = {};
  Result<std::unique_ptr<Target>> (*make)(const TestPlan& plan);
  bool serializable = false;  // it has reads that need not be linearizable
  // What its nodes run, if that is a program of our own, with the bugs of these names and these
  // settings.
  Result<NodeFactory> (*program)(std::span<const std::string> bugs,
                                 std::span<const std::string> settings) = nullptr;
  // Else of the program that must be installed: its version, or why not and what to do about it.
  Result<std::string> (*version)() = nullptr;
  std::string_view package = {};  // Debian's, which has it
  // Is that program there? Cheap: it is asked before every run.
  Result<void> (*check)() = nullptr;
  // What its clients can carry out; empty: whatever a workload asks for.
  std::vector<Symbol> functions = {};
  // The workload of a plan that names none: what the target promises with the plan's bugs and
  // settings. Null: register.
  Result<std::string_view> (*workload)(const TestPlan& plan) = nullptr;
  Duration election = 500 * kMillisecond;  // most elections take no longer
};

struct EnvironmentEntry {
  std::string_view name;
  std::string_view doc;
  std::unique_ptr<Environment> (*make)(const TestPlan& plan);
  bool captures = false;  // packets, if asked to
};

struct WorkloadEntry {
  std::string_view name;
  std::string_view doc;
  Result<std::unique_ptr<Workload>> (*make)(const TestPlan& plan);
};

struct NemesisEntry {
  std::string_view name;
  std::string_view doc;
  std::string_view strike;  // the f after which something stays broken,
  std::string_view cure;    // and the f that mends it
  Result<std::unique_ptr<Nemesis>> (*make)(const NemesisContext& context);
  int percent = 33;  // of the runs of a swarm that have it; more for what most bugs need
};

const std::vector<TargetEntry>& targets();
const std::vector<EnvironmentEntry>& environments();
const std::vector<WorkloadEntry>& workloads();
const std::vector<NemesisEntry>& nemeses();

// Makes everything a plan names. Error: a name that does not exist (and which do), or parts that
// do not fit together.
Result<Parts> assemble(const TestPlan& plan);

// What a swarm may draw from: the nemeses that the plan's target and environment have the powers
// for, and the settings that change nothing that is promised. Empty if the plan names what there is
// not.
Pool pool_for(const TestPlan& plan);

// The checks of a plan: complete, stats, those of its workload, recovery.
Result<std::unique_ptr<Checker>> checker_of(const TestPlan& plan);

}  // namespace faultline::cli

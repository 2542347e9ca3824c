// The flags of `test`, named as Jepsen names them, and how they become a TestPlan.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/plan.hpp"

namespace faultline::cli {

class PlanOptions {
 public:
  PlanOptions();  // the defaults
  void add_to(CLI::App& command);
  // Throws UsageError naming the flag, what it was given, and what was expected.
  TestPlan plan() const;

 private:
  // As they were typed.
  std::string target_;
  std::string environment_;
  std::string workload_;
  std::string nemeses_;
  std::vector<std::string> bugs_;
  std::vector<std::string> settings_;
  std::string seed_;
  std::string nodes_;
  std::string concurrency_ = "2n";
  std::optional<std::string> rate_;
  std::string time_limit_;
  std::string nemesis_interval_;
  std::string recovery_bound_;
  std::optional<std::string> threads_per_key_;
  std::string ops_per_key_;
  std::string values_;
  bool no_fail_fast_ = false;
  bool serializable_ = false;
  bool capture_ = false;
  bool trace_ = false;
};

// Throws UsageError naming the flag if the plan names something that is in no registry.
void check_names(const TestPlan& plan);

}  // namespace faultline::cli

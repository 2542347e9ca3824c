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
  void add_to(CLI::App& command);
  // Throws UsageError naming the flag, what it was given, and what was expected.
  TestPlan plan() const;

 private:
  std::string target_ = "raft";
  std::string environment_ = "sim";
  std::string workload_ = "register";
  std::string nemeses_ = "partition,kill,pause";
  std::vector<std::string> bugs_;
  std::string seed_ = "1";
  std::string nodes_ = "5";
  std::string concurrency_ = "2n";
  std::string time_limit_ = "60";
  std::string nemesis_interval_;
  std::string recovery_bound_;
  int rate_ = TestPlan{}.rate;
  std::optional<int> threads_per_key_;  // as many as there are nodes
  int ops_per_key_ = TestPlan{}.ops_per_key;
};

// "1.5" -> 1,500,000,000 ns. Throws UsageError naming `flag`.
Duration parse_seconds(const std::string& flag, const std::string& text);

}  // namespace faultline::cli

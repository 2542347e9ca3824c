// The flags of `test`, named as Jepsen names them, and how they become a TestPlan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/plan.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace faultline::cli {

class PlanOptions {
 public:
  PlanOptions();  // the defaults
  void add_to(CLI::App& command);

  // As if it had been typed, too: --target, --workload, --nemesis or --bug. For several tests of
  // one command line.
  void give(std::string_view flag, const std::string& text);

  // All throw UsageError naming the flag, what it was given, and what was expected.
  std::uint64_t seed() const;  // "random" is another one each time
  // What was given, and for the rest the defaults of that seed.
  TestPlan plan(std::uint64_t seed) const;
  TestPlan plan() const { return plan(seed()); }
  Fields given() const;

 private:
  TestPlan given_values(std::uint64_t seed) const;

  std::vector<const CLI::Option*> options_;
  Fields given_besides_;  // by give()
  // As they were typed.
  std::string target_;
  std::string environment_;
  std::optional<std::string> workload_;
  std::optional<std::string> nemeses_;
  std::vector<std::string> bugs_;
  std::vector<std::string> settings_;
  std::string seed_;
  std::optional<std::string> nodes_;
  std::optional<std::string> concurrency_;
  std::optional<std::string> rate_;
  std::string time_limit_;
  std::optional<std::string> nemesis_interval_;
  std::string recovery_bound_;
  std::optional<std::string> latency_;
  std::optional<std::string> threads_per_key_;
  std::optional<std::string> ops_per_key_;
  std::optional<std::string> values_;
  bool swarm_ = false;
  bool no_swarm_ = false;
  bool no_fail_fast_ = false;
  bool serializable_ = false;
  bool capture_ = false;
  bool trace_ = false;
};

// Throws UsageError naming the flag if the plan names something that is in no registry.
void check_names(const TestPlan& plan);

// The arguments of `faultline` that run this plan again: "test --bug stale-read --seed 7"; what
// equals the defaults of its seed is left out.
std::string repeat_arguments(const TestPlan& plan);

}  // namespace faultline::cli

// TestPlan: everything that decides a run. A value: the same plan gives, in sim, the same history.
// Stored as test.json in the run directory.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/core/time.hpp"

namespace faultline {

struct TestPlan {
  std::string target = "raft";
  std::string environment = "sim";
  std::string workload = "register";
  std::vector<std::string> nemeses = {"partition", "kill", "pause"};
  std::vector<std::string> bugs;      // switched on in the target
  std::vector<std::string> settings;  // of the target: "name=value"
  std::uint64_t seed = 1;
  int nodes = 5;
  int concurrency = 10;                     // client processes at a time
  int rate = 200;                           // invocations a second, all processes together
  Duration time_limit = 60 * kSecond;       // of the main phase
  Duration nemesis_interval = 1 * kSecond;  // mean time between two faults or cures
  Duration recovery_bound = 10 * kSecond;   // after the last heal
  int threads_per_key = 5;                  // processes that work on the same key at a time
  int ops_per_key = 400;
  int values = 5;             // that are written to a key: 0, 1, ...
  bool fail_fast = true;      // the main phase ends when a violation is found
  bool serializable = false;  // reads need not be linearizable, if the target has others
  bool capture = false;       // of the packets between nodes, if the environment has them
  bool trace = false;         // of the messages between nodes, if the environment has them

  std::string name() const { return target + "-" + workload; }  // of the folder under results/
  friend bool operator==(const TestPlan&, const TestPlan&) = default;
};

// The defaults there, for that many nodes, and for that many processes (default: two a node).
TestPlan default_plan(const std::string& environment, int nodes,
                      std::optional<int> concurrency = {});

nlohmann::ordered_json to_json(const TestPlan& plan);
// Error: names the field that is missing or of the wrong kind.
Result<TestPlan> plan_from_json(const nlohmann::ordered_json& json);

// The arguments of `faultline` that run this plan again: "test --seed 7 --bug stale-read"; what
// equals the default is left out.
std::string repeat_arguments(const TestPlan& plan);

// "60", "1.5": seconds for a command line, without trailing zeros.
std::string seconds_text(Duration duration);

}  // namespace faultline

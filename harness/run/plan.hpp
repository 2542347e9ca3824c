// TestPlan: everything that decides a run. A value: the same plan gives, in sim, the same history.
// Stored as test.json in the run directory.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/core/time.hpp"

namespace faultline {

struct TestPlan {
  std::string target = "raft";
  std::string environment = "sim";
  bool swarm = false;  // what was not given was drawn from the seed (swarm.hpp)
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
  Duration latency = 1'500 * kMicrosecond;  // of a message, on average; in virtual time only
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

// Fields of a plan, by their flags: "--seed", "--nodes", "--swarm", "--no-fail-fast".
using Fields = std::set<std::string, std::less<>>;

// A plan like `plan` in these fields, with the constants above in all others.
TestPlan with_only(const TestPlan& plan, const Fields& fields);
// The first field, in an order in which no default depends on a later one, that is not the same in
// both; empty if there is none.
std::string_view first_difference(const TestPlan& a, const TestPlan& b);

nlohmann::ordered_json to_json(const TestPlan& plan);
// Error: names the field that is missing or of the wrong kind.
Result<TestPlan> plan_from_json(const nlohmann::ordered_json& json);

// The arguments of `faultline` that give these fields: "test --bug stale-read --seed 7".
std::string arguments(const TestPlan& plan, const Fields& fields);

// "60", "1.5": seconds for a command line, without trailing zeros.
std::string seconds_text(Duration duration);

}  // namespace faultline

// Tally: a run in numbers, from its events: operations by outcome and function, latencies, rates,
// faults by kind, leaders. For comparing two runs. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/core/nemesis_op.hpp"
#include "harness/serve/journal_events.hpp"
#include "harness/store/json_value.hpp"

namespace faultline::serve {

class Tally {
 public:
  explicit Tally(const std::vector<FaultKind>& kinds);

  void add(const Event& event);
  // {"seconds", "ops", "rate", "functions":[{"f", "ok", "fail", "info", "p50_ms", ...}],
  //  "faults":{kind: count}, "leaders", "bin_seconds", "bins":[[ok, fail, info]]}
  Json to_json();

 private:
  static constexpr int kOutcomes = 3;
  using Outcomes = std::array<std::uint64_t, kOutcomes>;  // ok, fail, info
  struct Function {
    Outcomes outcomes{};
    std::vector<Duration> latencies;  // of what was ok
  };

  void add_nemesis(const Event& event);
  Json functions();
  Json bins(Time bin) const;

  std::map<std::string, std::string, std::less<>> kind_of_strike_;
  std::set<std::string, std::less<>> cures_;
  std::map<std::string, Function, std::less<>> functions_;
  std::map<std::string, std::uint64_t, std::less<>> faults_;
  std::map<Time, Outcomes> by_slot_;
  std::unordered_map<Process, Time> invoked_;
  LeaderCount leaders_;
  Time end_ = 0;
};

// Which of ok, fail, info it is: 0, 1, 2. Not for an invocation.
int outcome_of(OpType type);

}  // namespace faultline::serve

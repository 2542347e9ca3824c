// A test without a system: runs a generator against completions that a function makes up, in
// virtual time, synchronously. After jepsen.generator.test, and like an interpreter it asks again
// for an op that is not due yet, and when a pending generator wants to be woken.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/core/generator.hpp"

namespace faultline {

struct Simulation {
  int concurrency = 2;
  std::uint64_t seed = 45100;
};

// Makes the completion of an invocation; its time says when it completes.
using Complete = std::function<Op(const Op& invocation)>;

// All events. Throws std::logic_error if the generator waits for what cannot come, breaks the rules
// of `validating`, or goes on for more than a million asks.
History simulate(Gen gen, const Complete& complete, Simulation options = {});

inline constexpr Duration kLatency = 10;

History quick(Gen gen, Simulation options = {});         // invocations; all ok, without latency
History perfect(Gen gen, Simulation options = {});       // invocations; all ok after 10 ns
History perfect_info(Gen gen, Simulation options = {});  // invocations; all crash after 10 ns
// Everything; each thread's ops fail, crash and succeed in turn, after 10 ns.
History imperfect(Gen gen, Simulation options = {});

History invocations(const History& history);

// One line an op, for comparison: its parts in the order of `parts`, each one letter:
// t time, p process (N for the nemesis), f, v value, k key, y type. E.g. "10 0 read nil" for
// "tpfv".
std::vector<std::string> lines(const History& history, const std::string& parts);

}  // namespace faultline

// Op: one event of a history: the invocation of an operation, or its completion.
//
// The one rule about outcomes, stated here and nowhere else:
//   ok    it happened, and `value` is what it returned;
//   fail  it definitely did not take effect;
//   info  unknown: it may take effect at any later moment, or never. The process is retired: its
//         thread goes on under a new process id (process + concurrency).
// A client that times out or loses its connection after sending reports info for anything that may
// write, and may report fail for a pure read. A fail may carry an observation in `error`: a cas
// that failed with kMismatch saw a value other than the one it expected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/symbol.hpp"
#include "harness/core/time.hpp"
#include "harness/core/value.hpp"

namespace faultline {

enum class OpType : std::uint8_t { invoke, ok, fail, info };

using Process = std::int32_t;               // a logical client: one op open at a time
inline constexpr Process kNemesis = -1;     // the process that injects faults
inline constexpr Process kAnyProcess = -2;  // in a generator's op: whichever is free

struct Op {
  Time time = 0;
  Process process = kAnyProcess;
  Symbol f;  // the function: read, write, cas, start-partition, ...
  OpType type = OpType::invoke;
  Symbol error;  // why it failed or is unknown; empty if there is nothing to say
  Value key;     // which independent object; nothing if the workload has only one
  Value value;   // the argument, or the result

  bool is_nemesis() const { return process == kNemesis; }
  friend bool operator==(const Op&, const Op&) = default;
};

const char* to_string(OpType type);
std::string to_string(const Op& op);  // for people and logs, one line

// A completion of `invocation`: the same process, f, key and value, another type.
Op completion(const Op& invocation, OpType type, Symbol error = {});
Op invocation(Symbol f, Value value = {}, Value key = {});

// Operations in the order in which they were recorded; an op's index is its position.
using History = std::vector<Op>;

// What completed the client's op that was invoked at this position; nullptr if nothing did.
const Op* completion_of(const History& history, std::size_t invocation);

// The field's own names.
namespace f {
inline const Symbol kRead = Symbol::of("read");
inline const Symbol kWrite = Symbol::of("write");
inline const Symbol kCas = Symbol::of("cas");
// The controller's marks, as ops of kNemesis: who leads; which node's
// program ended by itself; from here on nothing is broken; the end.
inline const Symbol kLeader = Symbol::of("leader");
inline const Symbol kDied = Symbol::of("died");
inline const Symbol kHealed = Symbol::of("healed");
inline const Symbol kFinished = Symbol::of("finished");
}  // namespace f

inline const Symbol kMismatch = Symbol::of("mismatch");
inline const Symbol kTimeout = Symbol::of("timeout");
inline const Symbol kInterrupted = Symbol::of("interrupted");  // of f::kFinished
inline const Symbol kViolation = Symbol::of("violation");      // of f::kFinished

}  // namespace faultline

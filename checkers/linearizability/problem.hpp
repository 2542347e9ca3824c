// Problem: one partition compiled to integers, which is all that the search works on.
//
// Operations become (kind, slot): a kind is a distinct call, a slot a small number that is free
// again when the op has returned, so that a configuration needs bits only for ops that are open at
// the same time. Crashed ops never return and have no slot: they fall into classes of equal kind,
// of which a configuration counts how many it used. Immutable once compiled.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "checkers/linearizability/partition.hpp"
#include "checkers/model.hpp"

namespace faultline {

// What the search may take for granted; see expansion.hpp for why each is sound. All off is
// Lowe's just-in-time linearization as published.
struct Reductions {
  bool greedy_pure = true;
  bool symmetry = true;
  bool dominance = true;
  bool merge_values = true;
  bool tighten = true;
  bool look_ahead = true;
};

// Leaves the ops as they were recorded, for those who tell about them.
inline constexpr Reductions kAsRecorded{.merge_values = false, .tighten = false};

inline constexpr std::uint32_t kNoValue = UINT32_MAX;

// A ValueEffect with its values numbered.
struct ValueRule {
  std::uint32_t needs = kNoValue;
  std::uint32_t excludes = kNoValue;
  std::uint32_t makes = kNoValue;
  friend bool operator==(const ValueRule&, const ValueRule&) = default;
};

// What a problem knows if every call has a ValueEffect. The number of a value is that of the state.
struct ValueRules {
  // Who has to do with a value. Positions are numbers of events.
  struct Use {
    std::vector<std::uint32_t> makers;   // invocations of ops that make it from another
    std::vector<std::uint32_t> needers;  // invocations of completed ops that need it
    std::vector<std::uint32_t> returns;  // for each, the first return of it and those after it
    std::vector<std::uint32_t> crashed_makers;   // crash classes
    std::vector<std::uint32_t> crashed_needing;  // crash classes
    // A completed op needs it, or a crashed one that makes such a value of it.
    bool useful = false;

    // The first invocation at or after `position` of an op that makes it, or the end of time.
    std::uint32_t made_again(std::uint32_t position) const;
    // The first return of an op that needs it and is invoked at or after `position`.
    std::uint32_t needed_by(std::uint32_t position) const;
  };

  std::vector<Value> values;     // by number; 0 is the initial state
  std::vector<ValueRule> kinds;  // by kind
  std::vector<Use> uses;         // by number
  // Crash classes that need no value: those that make a useful one, and the others.
  std::vector<std::uint32_t> crashed_writes;
  std::vector<std::uint32_t> crashed_escapes;

  bool is_useful(const ValueRule& crashed) const {
    return crashed.makes != kNoValue && uses[crashed.makes].useful;
  }
};

struct Problem {
  struct Op {
    std::uint32_t call = 0;   // in calls
    std::uint32_t kind = 0;   // calls of the same effect are of one kind
    std::uint32_t slot = 0;   // of a completed op its slot, of a crashed one its class
    std::uint32_t after = 0;  // the open op that returns next before it, when it is invoked
    std::uint32_t returns = UINT32_MAX;  // number of its event
    bool crashed = false;
    Operation source;
  };
  struct Event {
    std::uint32_t op = 0;
    bool is_return = false;
    std::uint32_t cause = 0;  // the op whose return it is: another if `op` was tightened
  };

  std::vector<Op> ops;        // in the order of invocation
  std::vector<Event> events;  // in the order of the history; crashed ops only have an invocation
  std::vector<std::vector<std::uint32_t>> crash_classes;  // the ops of each, in order of invocation
  std::vector<Call> calls;
  std::vector<std::uint32_t> kinds;  // a call of each
  std::vector<std::uint8_t> pure;    // per kind
  std::optional<ValueRules> rules;
  // An op that tightening found to fit nowhere; then only `ops` is of use.
  std::optional<std::uint32_t> impossible;
  std::size_t slots = 0;  // the largest number of completed ops open at once

  // Heads the list of open ops; see window.hpp.
  std::uint32_t sentinel() const { return static_cast<std::uint32_t>(ops.size()); }
  std::size_t words() const { return std::max<std::size_t>(1, (slots + 63) / 64); }
  const Call& call_of(std::uint32_t op) const { return calls[ops[op].call]; }
};

// The error names the op that the model does not know.
OpResult<Problem> compile(const History& history, const Partition& partition, const Model& model,
                          const Value& initial, const ModelOptions& options,
                          const Reductions& reductions);

}  // namespace faultline

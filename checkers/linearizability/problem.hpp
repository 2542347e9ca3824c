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

#include "checkers/linearizability/object_history.hpp"

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
  bool refute = true;         // parts on their own; see refutation.hpp
  bool unique_values = true;  // no search at all where checkers/unique can do without
};

// Leaves the ops as they were recorded, for those who tell about them.
inline constexpr Reductions kAsRecorded{.merge_values = false, .tighten = false};

// What a problem knows if every call has a ValueEffect. The number of a value is that of the state.
struct ValueRules {
  // Who has to do with a value. Positions are numbers of events.
  struct Use {
    std::vector<std::uint32_t> makers;   // invocations of ops that make it from another
    std::vector<std::uint32_t> needers;  // invocations of ops that need it and did happen
    std::vector<std::uint32_t> returns;  // for each, the first return of it and those after it
    std::vector<std::uint32_t> crashed_makers;   // crash classes
    std::vector<std::uint32_t> crashed_needing;  // crash classes
    // An op needs it, but for crashed ones that make no such value of it.
    bool useful = false;
    bool free = false;  // the state may jump to it

    // The first invocation at or after `position` of an op that makes it, or the end of time.
    std::uint32_t made_again(std::uint32_t position) const;
    // The first return of an op that needs it and is invoked at or after `position`.
    std::uint32_t needed_by(std::uint32_t position) const;
  };

  std::vector<ValueRule> kinds;  // by kind
  std::vector<Use> uses;         // by value
  // Crash classes that need no value: those that make a useful one, and the others.
  std::vector<std::uint32_t> crashed_writes;
  std::vector<std::uint32_t> crashed_escapes;

  bool is_useful(const ValueRule& crashed) const {
    return crashed.makes != kNoValue && uses[crashed.makes].useful;
  }
};

// What a problem knows if the model has a `distance` and not every call a ValueEffect: completed
// pure ops that see the whole state, and what can lead there.
struct Sights {
  std::vector<std::uint32_t> next;  // per event, the first such op invoked there or later
  // Per op, the ops that make, all at once, a state that leads to what it saw.
  std::vector<std::vector<std::uint32_t>> makers;
};

struct Problem {
  struct Op {
    std::uint32_t kind = 0;     // calls of the same effect are of one kind
    std::uint32_t slot = 0;     // of a completed op its slot, of a crashed one its class
    std::uint32_t invoked = 0;  // number of its event
    std::uint32_t after = 0;    // the open op that returns next before it, when it is invoked
    std::uint32_t returns = UINT32_MAX;  // number of its event
    bool crashed = false;                // and tightening did not find that it happened
    bool optional = false;               // its return may be passed without it
  };
  struct Event {
    std::uint32_t op = 0;
    bool is_return = false;
    std::uint32_t cause = 0;  // the op whose return it is: another if `op` was tightened
  };

  const ObjectHistory* object = nullptr;
  std::vector<Op> ops;        // those of the object
  std::vector<Event> events;  // in the order of the history; crashed ops only have an invocation
  std::vector<std::vector<std::uint32_t>> crash_classes;  // the ops of each, in order of invocation
  std::vector<std::uint32_t> kinds;                       // a call of each
  std::vector<std::uint8_t> pure;                         // per kind
  std::optional<ValueRules> rules;
  // An op that tightening found to fit nowhere; then only `ops` is of use.
  std::optional<std::uint32_t> impossible;
  std::optional<Sights> sights;
  std::size_t slots = 0;  // the largest number of completed ops open at once

  // Heads the list of open ops; see window.hpp.
  std::uint32_t sentinel() const { return static_cast<std::uint32_t>(ops.size()); }
  std::size_t words() const { return std::max<std::size_t>(1, (slots + 63) / 64); }
};

// `object` must outlive the problem.
Problem compile(const ObjectHistory& object, const Model& model, const Reductions& reductions);

}  // namespace faultline

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
};

struct Problem {
  struct Op {
    std::uint32_t kind = 0;
    std::uint32_t slot = 0;   // of a completed op its slot, of a crashed one its class
    std::uint32_t after = 0;  // the open op that returns next before it, when it is invoked
    bool crashed = false;
    Operation source;
  };
  struct Event {
    std::uint32_t op;
    bool is_return;
  };

  std::vector<Op> ops;        // in the order of invocation
  std::vector<Event> events;  // in the order of the history; crashed ops only have an invocation
  std::vector<std::vector<std::uint32_t>> crash_classes;  // the ops of each, in order of invocation
  std::vector<Call> kinds;
  std::vector<std::uint8_t> pure;  // per kind
  std::size_t slots = 0;           // the largest number of completed ops open at once

  // Heads the list of open ops; see window.hpp.
  std::uint32_t sentinel() const { return static_cast<std::uint32_t>(ops.size()); }
  std::size_t words() const { return std::max<std::size_t>(1, (slots + 63) / 64); }
  const Call& call_of(std::uint32_t op) const { return kinds[ops[op].kind]; }
};

// The error names the op that the model does not know.
OpResult<Problem> compile(const History& history, const Partition& partition, const Model& model,
                          const ModelOptions& options, const Reductions& reductions);

// The error that compile() would give; nothing if it would succeed.
std::optional<OpError> find_unknown_call(const History& history, const Partition& partition,
                                         const Model& model);

}  // namespace faultline

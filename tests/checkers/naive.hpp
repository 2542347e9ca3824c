// The slow truth: linearizability by trying every order, with the meaning of each model written
// down a second time. It shares no code with checkers/; for histories of a handful of ops.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/core/op.hpp"

namespace faultline::naive {

// Most objects are the entry nil: a value; a list of items, the oldest or smallest first; how many
// permits are free; who holds a lock. A multi-register has an entry a register, a set an entry an
// element, a bag an entry an item (how often).
using State = std::map<Value, Value>;

State initial_state(const std::string& model);

// An invocation and its completion; null if the history ends before it.
struct Attempt {
  std::size_t index;  // of the invocation
  const Op* invocation;
  const Op* completion;
  std::size_t returned;  // index of the completion; crashed and open ops: the end of time
};

// Those that count: everything but what failed without an observation.
std::vector<Attempt> attempts(const History& history);

bool is_ok(const Attempt& attempt);
bool is_mismatch(const Attempt& attempt);

// The states that the attempt may lead to from `state`; none if it is illegal there.
std::vector<State> successors(const std::string& model, const Attempt& attempt, const State& state);

// Of the first `length` ops of the history; what is open then may be left out, but if it happened,
// it ended as the rest of the history says.
bool linearizable(const std::string& model, const History& history, std::size_t length);

// The states in which the op that completes at `completion` can be met: those after any
// linearization of what stands before it, without that op.
std::set<State> states_before(const std::string& model, const History& history,
                              std::size_t completion);

// What is wrong with `order` (indices of invocations) as a linearization of the first `length` ops
// of `history`; nothing if it is one.
std::optional<std::string> fault_in(const std::string& model, const History& history,
                                    std::size_t length, const std::vector<std::size_t>& order);

}  // namespace faultline::naive

// linearizable: is the history of every key linearizable with respect to a model? Any thread;
// immutable.
#pragma once

#include <memory>
#include <optional>

#include "checkers/linearizability/counterexample.hpp"
#include "checkers/linearizability/decide.hpp"
#include "harness/core/checker.hpp"

namespace faultline {

// Decides key by key; `limits.time` is for all of them together. Facts: model, keys, ops,
// configurations, search (decided_depth-first and decided_breadth-first: how many keys each
// decided), invalid_keys, unknown_keys. The text is the counterexample of the first invalid key. A
// history that cannot be checked (an op that the model does not know, a process with two open ops)
// is unknown, with the reason. `lines` is for the counterexample: which lines to look up.
std::unique_ptr<Checker> make_linearizable(const Model& model, Value initial,
                                           ModelOptions options = {}, Limits limits = {},
                                           LineNumbers lines = {});

// What keeps `history` from being judged by `model`, without judging it: the first op that breaks
// the rule of one open op a process, or else the first one that the model does not know.
std::optional<OpError> find_misfit(const History& history, const Model& model);

}  // namespace faultline

// linearizable: is the history of every key linearizable with respect to a model? Any thread;
// immutable.
#pragma once

#include <memory>

#include "checkers/linearizability/decide.hpp"
#include "harness/core/checker.hpp"

namespace faultline {

// Decides key by key; `limits.time` is for all of them together. Facts: model, keys, ops,
// configurations, search (decided_depth-first and decided_breadth-first: how many keys each
// decided), invalid_keys, unknown_keys. The text is the counterexample of the first invalid key. A
// history that cannot be checked (an op that the model does not know, a process with two open ops)
// is unknown, with the reason.
std::unique_ptr<Checker> make_linearizable(const Model& model, Value initial,
                                           ModelOptions options = {}, Limits limits = {});

}  // namespace faultline

// What there is to show of an object that is not linearizable. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "checkers/linearizability/decide.hpp"
#include "harness/core/counterexample_view.hpp"
#include "harness/core/evidence.hpp"

namespace faultline {

// `decision` is what decide() said of `object`, read from the same history: invalid. `core` is what
// find_core() made of it, if it found one.
CounterexampleView view_counterexample(const History& history, const Value& key,
                                       const ObjectHistory& object, const Model& model,
                                       const Decision& decision, const std::optional<Core>& core);

// The same of the first object that the evidence says is invalid, which is decided again. Nothing
// if there is none, if the evidence is not of this history, or if the limits are too narrow.
std::optional<CounterexampleView> view_counterexample(const History& history,
                                                      const Evidence& evidence,
                                                      const Limits& limits);

// "1, 2 or 3"
std::string name_states(const CounterexampleView& view);

}  // namespace faultline

// Core: the few ops of a history that is not linearizable that are enough to see it.
//
// A core is a relaxation (relaxation.hpp) that is not linearizable either, and 1-minimal: without
// any one of its ops it would be, or the search could not tell within its budget. Found by delta
// debugging (Zeller and Hildebrandt 2002): leave out ever smaller parts of what is left, those
// farthest from the failing op first.
#pragma once

#include <optional>
#include <vector>

#include "checkers/linearizability/decide.hpp"
#include "harness/core/evidence.hpp"

namespace faultline {

// `decision` is what decide() said of `object`: invalid. Nothing if no core was found within the
// limits.
std::optional<Core> find_core(const ObjectHistory& object, const Model& model,
                              const Decision& decision, const Limits& limits);

}  // namespace faultline

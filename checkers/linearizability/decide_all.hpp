// decide_all: decides many objects, spread over the cores, within limits that hold whatever
// happens.
//
// The work is done on threads of its own, the calling thread only waits. So a limit is a limit even
// if a single step of a model takes for ever: then the thread in it is given up (it goes on until
// its step returns or the program ends, and owns all that it uses), and what it had to decide is
// unknown.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "checkers/linearizability/core.hpp"
#include "harness/core/checker.hpp"

namespace faultline {

struct Judged {
  Decision decision;
  std::optional<Core> core;  // if invalid, and it was found in time
};

// One for each object, in their order. The limits are for all of them together.
std::vector<Judged> decide_all(const std::vector<std::shared_ptr<const ObjectHistory>>& objects,
                               const Model& model, const Limits& limits, const Watch& watch = {});

// True if a thread of this program has been given up: it must end without tearing down what the
// thread may still use (std::_Exit).
bool has_given_up_threads();

}  // namespace faultline

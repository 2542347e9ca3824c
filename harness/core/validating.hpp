// The version of each seam that holds another to its contract: it passes every call on, and throws
// BrokenContract, with what was expected and what came, when the answer breaks the rules that
// the seam's header states. A run wraps what it is given, so that a fault in a client or a
// generator shows where it is made and not as a strange verdict.
//
// Each takes ownership of what it wraps, and like it lives on the event loop.
#pragma once

#include <memory>
#include <stdexcept>

#include "harness/core/checker.hpp"
#include "harness/core/client.hpp"
#include "harness/core/environment.hpp"
#include "harness/core/generator.hpp"
#include "harness/core/nemesis.hpp"
#include "harness/core/target.hpp"
#include "harness/core/workload.hpp"

namespace faultline {

// A seam's answer breaks the seam's rules: our own bug, never a verdict.
struct BrokenContract : std::logic_error {
  using std::logic_error::logic_error;
};

// An op has a free process, a time not in the past, the type invoke and an f; who is pending has
// something left, and wakes in the future.
Gen validating(Gen gen);

// A completion has its invocation's process, f and key, and is ok, fail or info.
std::unique_ptr<Client> validating(std::unique_ptr<Client> client);

// It has functions, proposes, heals and is given no others, and completes with info as kNemesis.
std::unique_ptr<Nemesis> validating(std::unique_ptr<Nemesis> nemesis);

// It is started before it is used, connects to nodes that exist, and gives clients that do, too,
// wrapped in their turn; the leader is a node.
std::unique_ptr<Target> validating(std::unique_ptr<Target> target);

// It has nodes, is asked only about those, and runs one main at a time.
std::unique_ptr<Environment> validating(std::unique_ptr<Environment> environment);

// It has a name, and a reason whenever its verdict is not valid (in its parts, too).
std::unique_ptr<Checker> validating(std::unique_ptr<Checker> checker);

// It has functions, a generator and a checker; both are wrapped in their turn, and so is the final
// generator.
std::unique_ptr<Workload> validating(std::unique_ptr<Workload> workload);

}  // namespace faultline

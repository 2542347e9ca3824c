// The version of each seam that does nothing, successfully: for tests, for benchmarks, and as the
// neutral element where one is required. The no-op generator is a null Gen.
#pragma once

#include <memory>

#include "harness/core/checker.hpp"
#include "harness/core/client.hpp"
#include "harness/core/environment.hpp"
#include "harness/core/nemesis.hpp"
#include "harness/core/target.hpp"
#include "harness/core/workload.hpp"

namespace faultline {

std::unique_ptr<Client> noop_client();      // every op is ok at once, its value as it came
std::unique_ptr<Nemesis> noop_nemesis();    // answers to `noop`, has nothing to propose or to heal
std::unique_ptr<Target> noop_target();      // is up at once, hands out no-op clients, has no leader
std::unique_ptr<Checker> noop_checker();    // every history is valid
std::unique_ptr<Workload> noop_workload();  // no ops, the no-op checker

// `nodes` nodes that are not there: no powers, no logs; the machine's clock on an event loop of
// its own, which `run` drives.
std::unique_ptr<Environment> noop_environment(int nodes);

}  // namespace faultline

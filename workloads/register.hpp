// register: reads, writes and compare-and-set on independent keys, each of which must behave as one
// linearizable register (after jepsen.tests.linearizable-register).
//
// The domain of values is small, so that a cas has a chance; the ops of a key are bounded, so that
// it can be checked, and several processes work on it at once, so that there is something to check.
#pragma once

#include <memory>

#include "harness/core/workload.hpp"

namespace faultline {

struct RegisterOptions {
  int threads_per_key = 5;  // the concurrency must be a multiple of it
  int ops_per_key = 400;
  int values = 5;  // written to a key: 0, 1, ...
};

std::unique_ptr<Workload> make_register_workload(const RegisterOptions& options);

}  // namespace faultline

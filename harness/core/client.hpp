// Client: one process's connection to the system under test. Owned by its process; a process
// that ends in info gets a new one. Lives on the event loop.
#pragma once

#include "harness/core/clock.hpp"
#include "harness/core/op.hpp"

namespace faultline {

class Client {
 public:
  virtual ~Client() = default;  // closes the connection
  // Carries out `op` (an invocation) and returns its completion: the same process, f and key, and
  // ok, fail or info by the rule in op.hpp. An exception counts as info.
  virtual Task<Op> invoke(Op op) = 0;
};

}  // namespace faultline

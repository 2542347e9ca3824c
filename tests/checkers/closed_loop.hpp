// Closed-loop histories of a really atomic register: every client always has an op open, which is
// harsher than most recorded tests. Reads, writes and cas in equal parts. At every turn one client,
// drawn at random, takes its next step: invoke, take effect, return (and invoke again at once).
#pragma once

#include <cstdint>

#include "harness/core/op.hpp"

namespace faultline {

struct ClosedLoopShape {
  std::int64_t ops = 1000;
  int clients = 5;
  // Of writes and cas 5 values, or every one a new value; a cas then expects the register's value,
  // or one of the last five, half the time each.
  bool unique_values = false;
  // Of writes and cas; half of them take effect, at once or later on. A read that crashes fails.
  double crashed = 0;
  // The read nearest to 99 % of the history returns another value: of few values any other, of
  // unique ones what a read half-way through the history returned.
  bool stale_read = false;
  std::uint64_t seed = 1;
};

// Failed cas carry kMismatch. Without stale_read the history is linearizable, starting at nil.
History closed_loop(const ClosedLoopShape& shape);

}  // namespace faultline

// Nemesis: breaks the system under test, and mends it. It runs as a process of its own whose ops
// are in the history, each an invoke and an info, with their exact parameters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/clock.hpp"
#include "harness/core/op.hpp"
#include "harness/core/rng.hpp"

namespace faultline {

class Nemesis {
 public:
  virtual ~Nemesis() = default;
  // The functions this nemesis answers to, e.g. start-partition and stop-partition.
  virtual std::vector<Symbol> functions() const = 0;
  // The next thing to do: break something, or mend what is broken. No effect but on `rng`: it may
  // be asked again before the op is carried out. Nothing if it has nothing to do.
  virtual std::optional<Op> propose(Rng& rng) const = 0;
  // Carries out `op` and returns its completion, whose value says exactly what was done.
  virtual Task<Op> invoke(Op op) = 0;
  // The ops that undo everything that is broken now, in order; empty if all is well.
  virtual std::vector<Op> healing() const = 0;
};

}  // namespace faultline

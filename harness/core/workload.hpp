// Workload: what clients do, and what must then hold: a generator, final ops after the last heal,
// and a checker.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/checker.hpp"
#include "harness/core/generator.hpp"
#include "harness/core/monitor.hpp"

namespace faultline {

class Workload {
 public:
  virtual ~Workload() = default;
  // The functions a client must be able to carry out.
  virtual std::vector<Symbol> functions() const = 0;
  // Client ops for the main phase; endless or not, unpaced: the controller adds rate and time
  // limit.
  virtual Gen generator() const = 0;
  // Client ops after everything is healed (final reads), given the keys that were used before, in
  // order; null if there are none.
  virtual Gen final_generator(const std::vector<Value>& keys) const = 0;
  virtual std::unique_ptr<Checker> checker() const = 0;
  // Looks at the history while it is being recorded; null if the workload has none.
  virtual std::unique_ptr<Monitor> monitor() const { return nullptr; }
};

}  // namespace faultline

// The life of a test: start the target, run the workload under faults, heal, wait for recovery,
// read once more. Everything that happens goes to the journal; judging it is another matter.
#pragma once

#include <functional>
#include <memory>

#include "harness/core/environment.hpp"
#include "harness/core/nemesis.hpp"
#include "harness/core/target.hpp"
#include "harness/core/workload.hpp"
#include "harness/run/plan.hpp"
#include "harness/run/schedule.hpp"

namespace faultline {

// What a test is made of. The environment comes first: the others refer to it.
struct Parts {
  std::unique_ptr<Environment> environment;
  std::unique_ptr<Target> target;
  std::unique_ptr<Workload> workload;
  std::unique_ptr<Nemesis> nemesis;
};

struct RunHooks {
  std::function<void()> started = [] {};  // the target is up
  std::function<void(const Op&)> record;  // every event, in order; throws if it cannot
  // Why the main phase should end early (kInterrupted, kViolation); empty as long as it should not.
  std::function<Symbol()> should_stop = [] { return Symbol(); };
};

// Runs the test to its end, which the last op of the history marks (f::kFinished; with the
// reason as its error if it was stopped early). Error: the target does not start. Throws what
// record, a generator or the nemesis throws, after everything was healed. With a schedule the ops
// are those there instead of the workload's and the nemesis's own.
Result<void> run_test(const TestPlan& plan, Parts& parts, const RunHooks& hooks,
                      const Schedule* schedule = nullptr);

// The stream of chance of a run that `consumer` draws from.
Rng rng_for(const TestPlan& plan, std::string_view consumer);

}  // namespace faultline

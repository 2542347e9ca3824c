// Schedule: everything that happened in a run by decision: the ops that were invoked, the clients'
// and the nemesis's, each with its time. With the plan it gives, in sim, the same history again,
// because all other chance comes from streams of the plan's seed that no op draws from. Plain
// values; a file of them is written and read by harness/cli/schedule_file.hpp.
#pragma once

#include <optional>
#include <vector>

#include "harness/core/generator.hpp"
#include "harness/core/op.hpp"
#include "harness/run/plan.hpp"

namespace faultline {

// Ops of one phase, in the order of their times. A client's goes to the thread that ran its
// process: the process itself may have been retired earlier, or not yet.
struct ScheduledPhase {
  std::vector<Op> ops;
  Time end = 0;  // the phase is not over sooner
  friend bool operator==(const ScheduledPhase&, const ScheduledPhase&) = default;
};

// Between the phases whatever is broken is healed, by the controller.
struct Schedule {
  ScheduledPhase main;
  std::optional<ScheduledPhase> last;  // nothing: the final phase is the workload's own
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

// A run as a value.
struct ScheduledTest {
  TestPlan plan;
  Schedule schedule;
};

// What a nemesis is told to do: as it was then ("the leader"), or what it did by that ("n3").
enum class Aims { as_given, as_hit };

// The schedule of a recorded run. What the nemesis was told but did not do is left out of
// Aims::as_hit.
Schedule schedule_of(const History& history, Aims aims);

// A schedule as one list, as it is written down, and back: a mark f::kHealed says when the main
// phase ends, f::kFinished when the last one does. Without the former the final phase is the
// workload's own (and the latter speaks of the main phase). The ops of a phase are put in the order
// of their times.
std::vector<Op> to_ops(const Schedule& schedule);
Schedule schedule_from(std::vector<Op> ops);

// Gives the ops of `phase` at their times, each to the thread of its process; if that is busy, as
// soon as it is free. If it is first asked after the time of the first op, all times are later by
// as much. Draws no chance.
Gen scheduled(const ScheduledPhase& phase);

}  // namespace faultline

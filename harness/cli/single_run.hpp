// SingleRun: one test from beginning to end: run, recorded, judged. Either into a directory of its
// own under `results`, as a user keeps it, or in memory, which leaves nothing behind: for those who
// run thousands (campaign, shrink, the finding benchmark). One thread at a time.
//
// With a schedule that is run, instead of what workload and nemesis would come up with; a directory
// then keeps it, as schedule.jsonl. Both throw UsageError if the plan's parts do not fit together,
// and SystemError if the machine or the target refuses.
#pragma once

#include <string>

#include "harness/cli/judge.hpp"
#include "harness/cli/progress.hpp"
#include "harness/core/op.hpp"
#include "harness/run/plan.hpp"
#include "harness/run/schedule.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::cli {

struct StoredRun {
  RunDirectory run;
  Judgement judgement;
  Tally tally;
  double wall_seconds = 0;  // of it all
};

StoredRun run_stored(const TestPlan& plan, const std::string& results,
                     const Schedule* schedule = nullptr);

struct RunInMemory {
  History history;
  Report report;  // as of judge()
  Tally tally;
};

RunInMemory run_in_memory(const TestPlan& plan, const Schedule* schedule = nullptr);

}  // namespace faultline::cli

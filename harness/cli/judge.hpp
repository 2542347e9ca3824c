// Judging a stored run: reads its history back, checks it, and writes results.json. What `test`
// does at its end and `analyze` does alone.
#pragma once

#include <string>

#include "harness/core/checker.hpp"
#include "harness/run/plan.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::cli {

struct Judgement {
  Report report;
  std::size_t events = 0;  // in the history
  std::vector<std::string> notes;
};

// Error: the history cannot be read, or results.json cannot be written.
Result<Judgement> judge(const TestPlan& plan, const RunDirectory& run);

Json results_json(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run);

// The end of a run as a person reads it, on standard output: evidence, verdict, reason, paths, and
// the command that repeats it.
void print_judgement(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run);

// The command that runs `plan` again, as a user types it.
std::string repeat_command(const TestPlan& plan);

}  // namespace faultline::cli

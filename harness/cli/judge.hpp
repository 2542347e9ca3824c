// Judging a stored run: reads its history back, checks it, and writes results.json. What `test`
// does at its end and `analyze` does alone. Called from the main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/checker.hpp"
#include "harness/run/plan.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::cli {

// In a run directory, if the verdict has evidence that a person can read.
inline constexpr const char* kCounterexampleFile = "counterexample.txt";

struct Judgement {
  Report report;
  std::size_t events = 0;  // in the history
  std::vector<std::string> notes;
  bool proved = false;  // there is evidence to verify
  std::string unsaved;  // why the results could not be written; empty if they were
};

// Writes results.json, evidence.jsonl and counterexample.txt, or removes the last if it is from a
// judgement that said otherwise. Error: the history cannot be read.
Result<Judgement> judge(const TestPlan& plan, const RunDirectory& run, const Watch& watch);

Json results_json(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run);

// The end of a run as a person reads it, on standard output: evidence, verdict, reason, paths, and
// the command that repeats it.
void print_judgement(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run);

// The command that does the run again, as a user types it, and keeps it in the same place: by its
// plan, or by its schedule if it had one.
std::string repeat_command(const TestPlan& plan, const RunDirectory& run);
// `test` with these arguments, as a user types it, and with runs kept where `run` is.
std::string test_command(const std::string& arguments, const RunDirectory& run);

// "1 node", "5 nodes", "2 processes"
std::string counted(std::size_t number, std::string_view thing);

// "VALID: reason"
std::string verdict_line(Verdict verdict, const std::string& reason);

}  // namespace faultline::cli

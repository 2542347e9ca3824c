// Results: what a command found out, as JUnit and the Markdown summary give it form; and what of a
// checker's report belongs there. Plain values and pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/checker.hpp"

namespace faultline {

struct CheckResult {
  std::string name;
  Verdict verdict = Verdict::unknown;
  std::string reason;
  std::string facts;  // "ops 411, ok 316", shortened
};

// One judged history. Without checks it was not judged, and `reason` says why.
struct RunResult {
  std::string name;  // "raft-register seed 1", or a file
  Verdict verdict = Verdict::unknown;
  std::string reason = {};
  double seconds = 0;  // on the wall; 0 if nothing was run
  std::vector<CheckResult> checks = {};
  std::vector<std::pair<std::string, std::string>> facts = {};  // "events", "868"
  std::string counterexample = {};                              // many lines; may be empty
  std::string repeat = {};                                      // a command; may be empty
};

struct Results {
  std::string command;  // "faultline test"
  // Of it all, so never better than that of a run.
  Verdict verdict = Verdict::unknown;
  std::string reason;
  std::vector<RunResult> runs;
};

// The texts of those parts whose verdict is that of all, for people.
std::string evidence_text(const Report& report);

// Verdict, reason, checks and counterexample of a composed report.
RunResult result_of(std::string name, const Report& report);

}  // namespace faultline

// RunReport: puts together what report.html says of a run, from what is stored of it, and writes it
// into the run's directory, with counterexample.svg if there is a counterexample that can be drawn.
// The same of a history that was not recorded by us.
// Nothing here changes a verdict.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/recorded_run.hpp"
#include "harness/core/checker.hpp"
#include "harness/core/evidence.hpp"
#include "harness/core/op.hpp"
#include "harness/run/plan.hpp"
#include "harness/store/recorded_history.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::cli {

inline constexpr const char* kReportFile = "report.html";
inline constexpr const char* kDrawingFile = "counterexample.svg";

// A run that was judged.
struct JudgedRun {
  const TestPlan& plan;
  const RunDirectory& run;
  const History& history;
  const Json& results;  // as in results.json
  const Evidence* evidence = nullptr;
};

// Files of these names are replaced, or removed where they would have nothing to show. Throws
// SystemError if they cannot be written.
void write_report(const JudgedRun& judged);
// The same of a run that is stored. Throws UsageError if it was not judged, or if what is stored of
// that cannot be read.
void write_report(const RecordedRun& recorded, const History& history);

// What proves the verdict of a part; null if nothing does.
const Evidence* evidence_in(const Report& report);

// A history that somebody else recorded, and what was found out about it.
struct JudgedFile {
  const std::string& file;
  const RecordedHistory& history;
  std::string_view model;
  const Report& report;
  std::string repeat;  // the command
};

// The text of such a page.
std::string report_of(const JudgedFile& judged);

}  // namespace faultline::cli

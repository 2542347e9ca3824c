// RecordedRun: a run as it is stored, opened to be judged, replayed or shrunk. A plain value.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/schedule_file.hpp"
#include "harness/run/plan.hpp"
#include "harness/store/recorded_history.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::cli {

struct RecordedRun {
  RunDirectory run;
  TestPlan plan;
  std::optional<Schedule> schedule;  // that it ran from
};

// The run that `which` names (see RunDirectory::open; nothing: the latest) below `results`. Throws
// UsageError if there is none, or if its plan or schedule cannot be read; `command` is who asks.
RecordedRun open_recorded(const std::string& command, const std::string& results,
                          const std::optional<std::string>& which);

// The version of the program that the target's nodes ran, if it is not ours; as noted in test.json
// by whoever ran it, for another may be installed by now. Empty: it is ours, or nobody noted it.
inline constexpr const char* kTargetVersion = "target-version";
std::string target_version(const RunDirectory& run);

// Its history. Throws UsageError if it cannot be read.
RecordedHistory history_of(const RecordedRun& recorded);

// Why its main phase ended early; empty: it did not, or the history breaks off.
Symbol stop_reason(const History& history);
bool is_whole(const History& history);  // it does not break off

}  // namespace faultline::cli

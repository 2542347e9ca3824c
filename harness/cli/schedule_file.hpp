// ScheduleFile: a test that runs from a schedule, as a file that a person can read and edit, for
// `test --schedule`. The first line is the plan, as in test.json, after that one op a line, as the
// invocations in history.jsonl; harness/store/README.md describes the columns:
//
//   # Why this file exists: lines that begin with a # say nothing to the program.
//   {"faultline":"schedule","version":1,"target":"raft",...,"seed":1,...}
//   [1500000000,"nemesis","invoke","pause",null,"n2"]
//   [1700000000,3,"invoke","write",7,2]
//
// The order of the lines matters only for ops of the same time. A line
// [TIME,"nemesis","invoke","healed"] says when the main phase ends; what stands behind it is the
// final phase. Without it, all is healed after the last op, and the final phase is the workload's.
// A process is at the same time a thread: its number modulo the plan's concurrency. Times are
// nanoseconds, from 0 to a billion seconds. Pure functions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/schedule.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {

inline constexpr std::string_view kScheduleFile = "schedule.jsonl";  // in a run directory

// The text of such a file; `comments` are lines at its beginning.
std::string schedule_text(const ScheduledTest& test, const std::vector<std::string>& comments = {});

// Error: file, line, column and what was expected, also if an op is none that the plan's workload
// or its nemeses know, or names a node that the plan has not.
Result<ScheduledTest> read_schedule(const std::filesystem::path& path);
Result<ScheduledTest> read_schedule(const Source& source);

}  // namespace faultline::cli

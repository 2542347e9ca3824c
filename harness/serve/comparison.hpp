// Comparison: two stored runs side by side: which options differ, what was said of them, and their
// numbers. Reads both histories once. Pure, but for reading the files.
#pragma once

#include <vector>

#include "harness/serve/journal_events.hpp"
#include "harness/serve/run_index.hpp"

namespace faultline::serve {

// What /compare says of one run: {"run": its line of the list, "options", "checks", "history"}.
// Null if it is no run.
Json examine(const ResultsTree& tree, const RunId& run, const std::vector<FaultKind>& kinds);

// {"a", "b": as examined, "options": [{"name", "a", "b", "differs"}]}. Null if one is no run.
Json compare(const ResultsTree& tree, const RunId& a, const RunId& b,
             const std::vector<FaultKind>& kinds);

// A JSON file of a run; null if it is not there, too large, or damaged.
Json json_file(const ResultsTree& tree, const RunId& run, std::string_view file);
// {"checker", "verdict", "reason"} of each check in results.json.
Json checks_of(const Json& results);

}  // namespace faultline::serve

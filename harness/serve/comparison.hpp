// Comparison: two stored runs side by side: which options differ, what was said of them, and their
// numbers. Reads both histories once, as far as kMostHistory: the latencies of what is read are
// held in memory, and no more of that than so much may a browser ask for. Pure, but for reading the
// files.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/serve/journal_events.hpp"
#include "harness/serve/run_index.hpp"

namespace faultline::serve {

constexpr std::uint64_t kMostHistory = std::uint64_t{512} << 20U;  // bytes of history.jsonl

// What /compare says of one run: {"run": its line of the list, "checks", "history"}. The history's
// numbers are those of tally.hpp and "damaged", "size" and "read": of so many bytes that many.
// Null if it is no run.
Json examine(const ResultsTree& tree, const RunId& run, const std::vector<FaultKind>& kinds,
             std::uint64_t most = kMostHistory);

// {"a", "b": as examined, "options": [{"name", "a", "b", "differs"}]}. Null if one is no run.
Json compare(const ResultsTree& tree, const RunId& a, const RunId& b,
             const std::vector<FaultKind>& kinds);

// A JSON file of a run; null if it is not there, too large, or damaged.
Json json_file(const ResultsTree& tree, const RunId& run, std::string_view file);
// {"checker", "verdict", "reason"} of each check in results.json.
Json checks_of(const Json& results);

}  // namespace faultline::serve

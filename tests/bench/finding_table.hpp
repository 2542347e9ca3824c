// The table of what was found and how soon: rows of several searches each, put into words and
// Markdown. Plain values and pure functions.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/finding_search.hpp"

namespace faultline::bench {

// The searches for one bug, each with seeds of its own.
struct BugRow {
  Quarry quarry;
  std::vector<Found> searches;
};

// The runs of a target without bugs.
struct CorrectRow {
  std::string target;
  int runs = 0;
  int unknown = 0;
  std::vector<Found> alarms;  // false ones
};

std::string markdown(const std::vector<BugRow>& bugs, const std::vector<CorrectRow>& correct);

}  // namespace faultline::bench

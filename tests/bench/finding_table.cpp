#include "tests/bench/finding_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "harness/core/quantile.hpp"

namespace faultline::bench {
namespace {

std::string number(double value) {
  if (std::isinf(value)) return "-";
  return value < 10 ? fmt::format("{:.2g}", value) : fmt::format("{:.0f}", value);
}

// "12 / 40": the median and the 90th percentile. Searches that found nothing took for ever.
template <class Get>
std::string spread(const BugRow& row, Get get) {
  std::vector<double> values;
  for (const Found& found : row.searches) {
    values.push_back(found.caught ? static_cast<double>(get(found))
                                  : std::numeric_limits<double>::infinity());
  }
  std::sort(values.begin(), values.end());
  return fmt::format("{} / {}", number(quantile(values, 50)), number(quantile(values, 90)));
}

// "linearizable: read of an old value (4), recovery (1)", the most frequent first.
std::string anomalies(const BugRow& row) {
  std::map<std::string, int> counts;
  for (const Found& found : row.searches) {
    if (found.caught) ++counts[found.anomaly];
  }
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> words;
  for (const auto& [anomaly, count] : sorted)
    words.push_back(fmt::format("{} ({})", anomaly, count));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

std::string markdown(const std::vector<BugRow>& bugs, const std::vector<CorrectRow>& correct) {
  std::string text;
  if (!bugs.empty()) {
    text +=
        "| Target | Bug | Caught | Runs | Virtual s | Wall s | CPU s | Shown by |\n"
        "|---|---|---|---|---|---|---|---|\n";
  }
  for (const BugRow& row : bugs) {
    const auto caught = std::ranges::count(row.searches, true, &Found::caught);
    text += fmt::format(
        "| {} | `{}` | {} of {} | {} | {} | {} | {} | {} |\n", row.quarry.target, row.quarry.bug,
        caught, row.searches.size(), spread(row, [](const Found& found) { return found.runs; }),
        spread(row, [](const Found& found) { return found.virtual_seconds; }),
        spread(row, [](const Found& found) { return found.wall_seconds; }),
        spread(row, [](const Found& found) { return found.cpu_seconds; }), anomalies(row));
  }
  if (!correct.empty()) {
    text += "\n| Target without bugs | Runs | False alarms | Undecided |\n|---|---|---|---|\n";
  }
  for (const CorrectRow& row : correct) {
    text += fmt::format("| {} | {} | {} | {} |\n", row.target, row.runs, row.alarms.size(),
                        row.unknown);
  }
  return text;
}

}  // namespace faultline::bench

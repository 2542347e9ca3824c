#include "harness/report/statistics.hpp"

#include <algorithm>
#include <cassert>

#include "harness/core/quantile.hpp"
#include "harness/report/columns.hpp"

namespace faultline {
namespace {

constexpr std::size_t kOutcomes = 3;
constexpr OpType kOutcomeOf[kOutcomes] = {OpType::ok, OpType::fail, OpType::info};

std::size_t series_of(const OperationTable::Row& row) {
  return row.function * kOutcomes + static_cast<std::size_t>(outcome_number(row.outcome));
}

LatencyBin summary(std::vector<Duration>& latencies) {
  std::sort(latencies.begin(), latencies.end());
  return {latencies.size(), quantile(latencies, 50), quantile(latencies, 95),
          quantile(latencies, 99), latencies.back()};
}

}  // namespace

std::size_t Bins::of(Time time) const {
  if (time <= begin) return 0;
  return std::min(static_cast<std::size_t>((time - begin) / width), count - 1);
}

Bins bins_of(Time begin, Time end, std::size_t most) {
  assert(most > 0 && begin <= end);
  const Duration length = end - begin + 1;  // the end is in it
  const auto fits = [&](Duration width) {
    return (length - 1) / width < static_cast<Duration>(most);
  };
  Duration ten = 1;
  while (!fits(ten) && ten <= kNever / 100) ten *= 10;
  Duration width = ten;
  for (const Duration part : {ten / 2, ten / 5}) {
    if (part > 0 && fits(part)) width = part;
  }
  return {begin, width, static_cast<std::size_t>((length - 1) / width) + 1};
}

std::vector<LatencySeries> latencies(const OperationTable& table, const Bins& bins) {
  std::vector<std::vector<std::vector<Duration>>> all(table.functions.size() * kOutcomes);
  for (const OperationTable::Row& row : table.rows) {
    if (row.end == kNever) continue;
    auto& series = all[series_of(row)];
    series.resize(bins.count);
    series[bins.of(row.start)].push_back(row.end - row.start);
  }
  std::vector<LatencySeries> found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].empty()) continue;
    LatencySeries series{static_cast<std::uint32_t>(i / kOutcomes), kOutcomeOf[i % kOutcomes], {}};
    for (std::vector<Duration>& bin : all[i]) {
      series.bins.push_back(bin.empty() ? LatencyBin{} : summary(bin));
    }
    found.push_back(std::move(series));
  }
  return found;
}

std::vector<RateSeries> rates(const OperationTable& table, const Bins& bins) {
  std::vector<std::vector<std::size_t>> all(table.functions.size() * kOutcomes);
  for (const OperationTable::Row& row : table.rows) {
    if (row.end == kNever) continue;
    auto& counts = all[series_of(row)];
    counts.resize(bins.count);
    ++counts[bins.of(row.end)];
  }
  std::vector<RateSeries> found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].empty()) continue;
    found.push_back(
        {static_cast<std::uint32_t>(i / kOutcomes), kOutcomeOf[i % kOutcomes], std::move(all[i])});
  }
  return found;
}

std::vector<OutcomeCounts> count_outcomes(const OperationTable& table) {
  std::vector<OutcomeCounts> counts(table.functions.size());
  for (const OperationTable::Row& row : table.rows) {
    OutcomeCounts& count = counts[row.function];
    ++(row.outcome == OpType::ok     ? count.ok
       : row.outcome == OpType::fail ? count.fail
                                     : count.info);
  }
  return counts;
}

std::vector<std::optional<Time>> first_ok_after(const OperationTable& table,
                                                const std::vector<Cure>& cures) {
  const auto& rows = table.rows;
  std::vector<Time> first_end(rows.size() + 1, kNever);  // of an ok in that row or below
  for (std::size_t i = rows.size(); i-- > 0;) {
    const bool ok = rows[i].outcome == OpType::ok;
    first_end[i] = std::min(first_end[i + 1], ok ? rows[i].end : kNever);
  }
  std::vector<std::optional<Time>> found;
  for (const Cure& cure : cures) {
    const auto after =
        std::ranges::upper_bound(rows, cure.position, {}, &OperationTable::Row::position);
    const Time first = first_end[static_cast<std::size_t>(after - rows.begin())];
    found.push_back(first == kNever ? std::nullopt : std::optional(first));
  }
  return found;
}

}  // namespace faultline

// Statistics: what report.html draws of a run's operations over time. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/operation_table.hpp"

namespace faultline {

// A stretch of time cut into bins of the same width; the last may reach beyond its end.
struct Bins {
  Time begin = 0;
  Duration width = 1;
  std::size_t count = 1;
  std::size_t of(Time time) const;  // what lies outside is in the first or in the last
};

// At most `most` bins, each 1, 2 or 5 times a power of ten wide.
Bins bins_of(Time begin, Time end, std::size_t most);

struct LatencyBin {
  std::size_t count = 0;  // without any the rest says nothing
  Duration p50 = 0;
  Duration p95 = 0;
  Duration p99 = 0;
  Duration max = 0;
};

// Of those of one function with one outcome.
struct LatencySeries {
  std::uint32_t function = 0;
  OpType outcome = OpType::ok;
  std::vector<LatencyBin> bins;
};
struct RateSeries {
  std::uint32_t function = 0;
  OpType outcome = OpType::ok;
  std::vector<std::size_t> counts;
};

// By when the operations were invoked: what a fault makes slow is seen where the fault is. Those
// that never ended have no latency. Only series with something in them.
std::vector<LatencySeries> latencies(const OperationTable& table, const Bins& bins);
// By when they ended.
std::vector<RateSeries> rates(const OperationTable& table, const Bins& bins);

struct OutcomeCounts {
  std::size_t ok = 0;
  std::size_t fail = 0;
  std::size_t info = 0;  // and what never ended
};
std::vector<OutcomeCounts> count_outcomes(const OperationTable& table);  // by function

// When something was mended, and when the first operation that was invoked after that was ok.
struct Cure {
  Time at = 0;
  std::size_t position = 0;  // in the history
  std::string what;
};
std::vector<std::optional<Time>> first_ok_after(const OperationTable& table,
                                                const std::vector<Cure>& cures);

}  // namespace faultline

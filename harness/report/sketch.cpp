#include "harness/report/sketch.hpp"

#include <algorithm>
#include <array>

namespace faultline {

OperationTable sketch(const OperationTable& table, Duration gap) {
  using Row = OperationTable::Row;
  constexpr std::size_t kNone = SIZE_MAX;
  OperationTable drawn;
  drawn.begin = table.begin;
  drawn.end = table.end;
  // By process: the rows that go on, of ok and of fail.
  std::vector<std::array<std::size_t, 2>> open(table.processes.size(), {kNone, kNone});
  for (const Row& row : table.rows) {
    Row part;
    part.start = row.start;
    part.end = row.end;
    part.process = row.process;
    part.outcome = row.outcome;
    if (row.outcome != OpType::info) {
      std::size_t& last = open[row.process][row.outcome == OpType::ok ? 0 : 1];
      if (last != kNone && row.start - drawn.rows[last].end <= gap) {
        drawn.rows[last].end = std::max(drawn.rows[last].end, row.end);
        continue;
      }
      last = drawn.rows.size();
    }
    drawn.rows.push_back(part);
  }
  return drawn;
}

}  // namespace faultline

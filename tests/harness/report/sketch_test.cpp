#include "harness/report/sketch.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/core/rng.hpp"

namespace faultline {
namespace {

using Row = OperationTable::Row;

Row row(Time start, Time end, std::uint32_t process, OpType outcome) {
  Row row;
  row.start = start;
  row.end = end;
  row.process = process;
  row.outcome = outcome;
  return row;
}

OperationTable table_of(std::vector<Row> rows, std::size_t processes) {
  OperationTable table;
  table.rows = std::move(rows);
  table.processes.resize(processes);
  table.end = 1'000'000;
  return table;
}

TEST(Sketch, JoinsWhatIsNear) {
  const auto drawn = sketch(table_of({row(0, 10, 0, OpType::ok), row(5, 9, 1, OpType::ok),
                                      row(15, 20, 0, OpType::ok), row(22, 23, 0, OpType::fail),
                                      row(24, 30, 0, OpType::ok), row(36, 40, 0, OpType::ok)},
                                     2),
                            5);
  ASSERT_EQ(drawn.rows.size(), 4U);
  EXPECT_EQ(drawn.rows[0].start, 0);
  EXPECT_EQ(drawn.rows[0].end, 30) << "of one process and outcome, 5 apart";
  EXPECT_EQ(drawn.rows[1].process, 1U);
  EXPECT_EQ(drawn.rows[2].outcome, OpType::fail);
  EXPECT_EQ(drawn.rows[3].start, 36) << "6 apart";
  EXPECT_EQ(drawn.end, 1'000'000);
}

TEST(Sketch, KeepsWhatMayHappenAnyTime) {
  const auto drawn =
      sketch(table_of({row(0, kNever, 0, OpType::info), row(1, 4, 1, OpType::info)}, 2), 1'000'000);
  ASSERT_EQ(drawn.rows.size(), 2U);
  EXPECT_EQ(drawn.rows[0].end, kNever);
  EXPECT_EQ(drawn.rows[1].end, 4);
}

// Drawn in columns as wide as the gap, each has what it had, and nothing new is more than a column
// away from what there was.
TEST(Sketch, LooksTheSame) {
  constexpr Duration kWidth = 500;
  Rng rng(3);
  std::vector<Row> rows;
  std::vector<Time> free(4, 0);
  Time now = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto process = static_cast<std::uint32_t>(rng.below(4));
    now = std::max(now + static_cast<Time>(rng.below(100)), free[process]);
    const Time end = now + static_cast<Time>(rng.below(rng.below(20) == 0 ? 3000 : 200));
    free[process] = end;
    rows.push_back(row(now, end, process, rng.below(3) == 0 ? OpType::fail : OpType::ok));
  }
  const OperationTable table = table_of(rows, 4);
  const OperationTable drawn = sketch(table, kWidth);
  EXPECT_LT(drawn.rows.size(), table.rows.size() / 2);
  const auto columns = [](const OperationTable& shown) {
    std::map<std::pair<std::uint32_t, OpType>, std::set<Time>> columns;
    for (const Row& row : shown.rows) {
      for (Time at = row.start / kWidth; at <= row.end / kWidth; ++at) {
        columns[{row.process, row.outcome}].insert(at);
      }
    }
    return columns;
  };
  auto expected = columns(table);
  for (const auto& [lane, seen] : columns(drawn)) {
    const std::set<Time>& there = expected[lane];
    for (const Time at : there) EXPECT_TRUE(seen.contains(at));
    for (const Time at : seen) {
      EXPECT_TRUE(there.contains(at - 1) || there.contains(at) || there.contains(at + 1));
    }
  }
}

}  // namespace
}  // namespace faultline

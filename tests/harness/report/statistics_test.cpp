#include "harness/report/statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::Optional;

OperationTable::Row row(Time start, Time end, OpType outcome, std::uint32_t function = 0) {
  OperationTable::Row row;
  row.start = start;
  row.end = end;
  row.outcome = outcome;
  row.function = function;
  return row;
}

OperationTable table(std::vector<OperationTable::Row> rows) {
  OperationTable table;
  table.rows = std::move(rows);
  table.functions = {"read", "write"};
  return table;
}

TEST(Bins, AreRoundAndCoverAll) {
  for (const Time end : {Time{0}, Time{1}, Time{199}, Time{200}, Time{201}, Time{12'345},
                         60 * kSecond, 3'600 * kSecond + 1}) {
    const Bins bins = bins_of(7, 7 + end, 200);
    EXPECT_LE(bins.count, 200U) << end;
    EXPECT_GE(bins.width * static_cast<Duration>(bins.count), end + 1) << end;
    EXPECT_LT(bins.width * static_cast<Duration>(bins.count - 1), end + 1) << end;
    if (end > 200) EXPECT_GT(bins.count, 200U / 5) << end;
    Duration leading = bins.width;
    while (leading % 10 == 0) leading /= 10;
    EXPECT_TRUE(leading == 1 || leading == 2 || leading == 5) << bins.width;
    EXPECT_EQ(bins.of(7 + end), bins.count - 1) << end;
  }
  const Bins bins = bins_of(100, 199, 10);
  EXPECT_EQ(bins.width, 10);
  EXPECT_EQ(bins.of(99), 0U);
  EXPECT_EQ(bins.of(109), 0U);
  EXPECT_EQ(bins.of(110), 1U);
  EXPECT_EQ(bins.of(10'000), 9U);
}

TEST(Latencies, ByFunctionOutcomeAndInvocation) {
  const Bins bins{0, 100, 3};
  const auto found = latencies(table({row(0, 10, OpType::ok), row(50, 80, OpType::ok),
                                      row(99, 299, OpType::ok), row(250, 255, OpType::ok),
                                      row(10, 20, OpType::fail, 1), row(10, kNever, OpType::info)}),
                               bins);
  ASSERT_EQ(found.size(), 2U) << "what never ended has no latency";
  EXPECT_EQ(found[0].function, 0U);
  EXPECT_EQ(found[0].outcome, OpType::ok);
  ASSERT_EQ(found[0].bins.size(), 3U);
  EXPECT_EQ(found[0].bins[0].count, 3U);
  EXPECT_EQ(found[0].bins[0].p50, 30);
  EXPECT_EQ(found[0].bins[0].p95, 200);
  EXPECT_EQ(found[0].bins[0].max, 200);
  EXPECT_EQ(found[0].bins[1].count, 0U);
  EXPECT_EQ(found[0].bins[2].p99, 5);
  EXPECT_EQ(found[1].function, 1U);
  EXPECT_EQ(found[1].outcome, OpType::fail);
}

TEST(Rates, ByCompletion) {
  const auto found = rates(table({row(0, 10, OpType::ok), row(0, 110, OpType::ok),
                                  row(0, 199, OpType::ok), row(5, kNever, OpType::info)}),
                           {0, 100, 2});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].counts, ElementsAre(1, 2));
}

TEST(Outcomes, WhatNeverEndedIsUnknown) {
  const auto counts =
      count_outcomes(table({row(0, 1, OpType::ok), row(0, 1, OpType::fail, 1),
                            row(0, kNever, OpType::info, 1), row(0, 9, OpType::info, 1)}));
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].ok, 1U);
  EXPECT_EQ(counts[1].ok, 0U);
  EXPECT_EQ(counts[1].fail, 1U);
  EXPECT_EQ(counts[1].info, 2U);
}

// What was under way when the cluster was mended says nothing about it: see checkers/recovery.
TEST(Recovery, IsTheFirstOkOfWhatWasInvokedAfterACure) {
  auto rows = table({row(0, 500, OpType::ok), row(50, 90, OpType::ok), row(60, 70, OpType::fail),
                     row(80, 85, OpType::ok), row(95, 99, OpType::info)});
  for (std::uint32_t i = 0; i < rows.rows.size(); ++i) rows.rows[i].position = 10 * i;
  const auto first =
      first_ok_after(rows, {{0, 0, "heal"}, {50, 5, "heal"}, {50, 15, "start"}, {80, 30, "start"}});
  EXPECT_THAT(first, ElementsAre(Optional(85), Optional(85), Optional(85), std::nullopt));
}

}  // namespace
}  // namespace faultline

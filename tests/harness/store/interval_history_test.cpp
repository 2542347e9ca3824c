#include "harness/store/formats/interval_history.hpp"

#include <gtest/gtest.h>

#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

RecordedHistory history_of(const std::vector<std::tuple<Process, Time, Time>>& intervals) {
  formats::IntervalHistory history;
  std::uint32_t line = 0;
  for (const auto& [client, call, end] : intervals) {
    Op invoked = op(0, OpType::invoke, "read");
    invoked.time = call;
    Op completed = completion(invoked, end == kNever ? OpType::info : OpType::ok);
    completed.time = end;
    history.add(client, invoked, completed, ++line);
  }
  RecordedHistory recorded;
  std::move(history).finish(recorded);
  return recorded;
}

// "3i" invocation, "3o" ok, "3?" info of process 3
std::string shown(const RecordedHistory& history) {
  std::string text;
  for (const Op& each : history.ops) {
    text += std::to_string(each.process);
    text += each.type == OpType::invoke ? "i " : each.type == OpType::ok ? "o " : "? ";
  }
  return text;
}

TEST(IntervalHistory, SortsByTime) {
  const RecordedHistory history = history_of({{1, 30, 40}, {2, 10, 50}, {1, 15, 20}});
  EXPECT_EQ(shown(history), "2i 1i 1o 1i 1o 2o ");
  EXPECT_EQ(history.lines, (std::vector<std::uint32_t>{2, 3, 3, 1, 1, 2}));
}

TEST(IntervalHistory, WhatTouchesIsConcurrent) {
  EXPECT_EQ(shown(history_of({{1, 10, 20}, {2, 20, 30}})), "1i 2i 1o 2o ");
  EXPECT_EQ(shown(history_of({{1, 20, 20}, {2, 20, 20}})), "1i 2i 1o 2o ");
}

TEST(IntervalHistory, AProcessHasOneOpOpen) {
  EXPECT_EQ(shown(history_of({{1, 10, 30}, {1, 20, 40}, {1, 50, 60}})), "1i 2i 1o 2o 2i 2o ");
  EXPECT_EQ(shown(history_of({{4, 10, 20}, {4, 20, 30}, {0, 1, 2}})), "0i 0o 4i 5i 4o 5o ");
}

TEST(IntervalHistory, WhatIsUnknownEndsTheProcess) {
  const RecordedHistory history = history_of({{1, 10, kNever}, {1, 20, 30}, {1, 40, kNever}});
  EXPECT_EQ(shown(history), "1i 2i 2o 2i 1? 2? ");
  EXPECT_EQ(history.ops.back().time, 40);
}

}  // namespace
}  // namespace faultline

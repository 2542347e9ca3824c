#include "checkers/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Check, ByTheNameOfAModelAndItsDefaultInitialState) {
  const History history = HistoryBuilder().done(0, "read", 0).done(0, "increment");
  EXPECT_EQ(check(history, "counter").verdict, Verdict::valid);
  EXPECT_EQ(check(history, "counter", "0").verdict, Verdict::valid);
  EXPECT_EQ(check(history, "counter", "1").verdict, Verdict::invalid);
}

TEST(Check, LinesAreIndices) {
  const History history = HistoryBuilder().done(0, "write", 1).done(0, "read", 2);
  const Report report = check(history, "register");
  EXPECT_EQ(report.verdict, Verdict::invalid);
  EXPECT_THAT(report.text, HasSubstr("\n  0         0        write 1")) << report.text;
}

TEST(Check, WhatCannotBeCheckedIsUnknownAndSaysWhy) {
  const History history = HistoryBuilder().done(0, "read", 0);
  EXPECT_THAT(check(history, "regster").text, StartsWith("there is no model 'regster'; there are"));
  EXPECT_THAT(check(history, "counter", "x").text, HasSubstr("the initial state of a counter"));
  EXPECT_THAT(check(history, "mutex").text, HasSubstr("does not know read"));
  EXPECT_EQ(check(history, "mutex").verdict, Verdict::unknown);
}

TEST(Check, AHistoryInWhichNothingSucceededIsNotValid) {
  EXPECT_EQ(check({}, "register").verdict, Verdict::unknown);
  const Report report =
      check(HistoryBuilder().invoke(0, "write", 1).fail(0, "write", 1), "counter");
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_EQ(report.text, "no op of the history succeeded");
}

TEST(Check, AFalseThatTheModelDoesNotLookAtIsNoSuccess) {
  const auto full = [](const char* f) {
    return History(HistoryBuilder().invoke(0, f, 1).ok(0, f, "false"));
  };
  const Report report = check(full("enqueue"), "fifo-queue");
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_THAT(report.text, StartsWith("op 1: enqueue returned false"));
  EXPECT_EQ(check(full("acquire"), "mutex").verdict, Verdict::unknown);
  EXPECT_EQ(check(full("add"), "set", "1").verdict, Verdict::valid);  // a set does look at it
  EXPECT_EQ(check(full("contains"), "set").verdict, Verdict::valid);
  const History of_truths = HistoryBuilder().done(0, "write", "false").done(0, "read", "false");
  EXPECT_EQ(check(of_truths, "register").verdict, Verdict::valid);
}

}  // namespace
}  // namespace faultline

#include "checkers/regular.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "tests/checkers/history_builder.hpp"
#include "tests/checkers/naive_promises.hpp"

namespace faultline {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

Report check(const History& history) {
  return make_regular()->check(history);
}

TEST(Regular, AllowsNewThenOldWhichALinearizableRegisterDoesNot) {
  HistoryBuilder history;
  history.done(0, "write", 1).invoke(0, "write", 2);
  history.done(1, "read", 2).done(2, "read", 1).ok(0, "write", 2);
  EXPECT_EQ(check(history).verdict, Verdict::valid);
  EXPECT_EQ(make_linearizable(*find_model("register"), Value())->check(history).verdict,
            Verdict::invalid);
}

TEST(Regular, ForbidsWhatWasOverwrittenBeforeTheRead) {
  HistoryBuilder history;
  history.key(7).done(0, "write", 1).done(0, "write", 2).done(1, "read", 1);
  const Report report = check(history);
  EXPECT_EQ(report.verdict, Verdict::invalid);
  EXPECT_THAT(report.reason, HasSubstr("key 7: process 1 read 1, though after that 2"));
  EXPECT_THAT(report.text, HasSubstr("line 7 ")) << "the sixth event, after the header";
  EXPECT_THAT(report.text, HasSubstr("1 ok read key 7 1"));
  EXPECT_THAT(report.facts, Contains(Pair("failing_op", Value(4)))) << "the read's invocation";
}

TEST(Regular, ForbidsNilAfterAWriteAndWhatIsOutOfThinAir) {
  EXPECT_EQ(check(HistoryBuilder().done(0, "write", 1).done(1, "read")).verdict, Verdict::invalid);
  EXPECT_EQ(check(HistoryBuilder().done(1, "read").done(0, "write", 1)).verdict, Verdict::valid);
  EXPECT_THAT(check(HistoryBuilder().done(1, "read", 1)).reason, HasSubstr("nobody wrote"));
  EXPECT_THAT(check(HistoryBuilder().done(1, "read", 1).done(0, "write", 1)).reason,
              HasSubstr("only later"));
  EXPECT_THAT(
      check(HistoryBuilder().invoke(0, "write", 1).fail(0, "write", 1).done(1, "read", 1)).reason,
      HasSubstr("failed"));
  EXPECT_THAT(
      check(HistoryBuilder().done(0, "write", 1).done(1, "write", 2).done(1, "read", Value(1, 2)))
          .reason,
      HasSubstr("2 values at once"));
}

TEST(Regular, AWriteOfUnknownOutcomeObligesNobody) {
  HistoryBuilder history;
  history.done(0, "write", 1).invoke(1, "write", 2).info(1, "write", 2);
  history.done(2, "read", 1).done(2, "read", 2).done(2, "read", 1);
  EXPECT_EQ(check(history).verdict, Verdict::valid);
}

TEST(Regular, KeysAreIndependent) {
  HistoryBuilder history;
  history.key(0).done(0, "write", 1).key(1).done(0, "read");
  EXPECT_EQ(check(history).verdict, Verdict::valid);
}

TEST(Regular, WhatItCannotReadIsUnknown) {
  EXPECT_THAT(check(HistoryBuilder().done(0, "write", 1).done(1, "write", 1)).reason,
              HasSubstr("op 2: writes 1 for the second time"));
  EXPECT_THAT(check(HistoryBuilder().done(0, "cas", Value(1, 2))).reason, HasSubstr("is a cas"));
  EXPECT_EQ(check(HistoryBuilder().done(0, "write", "x")).verdict, Verdict::unknown);
}

TEST(Regular, AgreesWithTheDefinition) {
  Rng rng(20);
  int invalid = 0;
  constexpr int kHistories = 3000;
  for (int i = 0; i < kHistories; ++i) {
    const History history = random_reads_and_writes(9, false, rng);
    const bool regular = naively_regular(history);
    invalid += regular ? 0 : 1;
    ASSERT_EQ(check(history).verdict, regular ? Verdict::valid : Verdict::invalid)
        << testing::PrintToString(i) << check(history).text;
    const bool linearizable =
        make_linearizable(*find_model("register"), Value())->check(history).verdict ==
        Verdict::valid;
    ASSERT_TRUE(regular || !linearizable) << "an atomic register is a regular one";
  }
  EXPECT_GT(invalid, kHistories / 10);
  EXPECT_LT(invalid, kHistories * 9 / 10);
}

}  // namespace
}  // namespace faultline

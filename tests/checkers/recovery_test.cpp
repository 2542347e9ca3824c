#include "checkers/recovery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

Report check(const History& history) {
  return make_recovery(5 * kSecond)->check(history);
}

HistoryBuilder healed_at(Time time) {
  HistoryBuilder history;
  history.at(time - kSecond).invoke(kNemesis, "stop-partition");
  history.at(time).info(kNemesis, "stop-partition");
  history.invoke(kNemesis, "healed").info(kNemesis, "healed");
  return history;
}

TEST(Recovery, IsUnknownWithoutTheMarkThatAllIsHealed) {
  HistoryBuilder history;
  history.at(kSecond).invoke(kNemesis, "kill").info(kNemesis, "kill");
  history.at(60 * kSecond).invoke(0, "read").at(90 * kSecond).info(0, "read");
  const Report report = check(history);
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_THAT(report.reason, HasSubstr("before everything was healed"));
}

TEST(Recovery, IsTimedToTheFirstSuccessInvokedAfterTheLastHeal) {
  HistoryBuilder history;
  history.at(kSecond).invoke(0, "read");
  history.at(2 * kSecond).info(kNemesis, "start-partition").info(kNemesis, "start-partition");
  history.at(8 * kSecond).invoke(kNemesis, "stop-partition").info(kNemesis, "stop-partition");
  history.invoke(kNemesis, "healed").info(kNemesis, "healed");
  history.at(9 * kSecond).ok(0, "read").invoke(1, "read").invoke(2, "read");
  history.at(10 * kSecond).fail(1, "read").invoke(1, "read");
  history.at(12 * kSecond).ok(2, "read");
  const Report report = check(history);
  EXPECT_EQ(report.verdict, Verdict::valid);
  EXPECT_THAT(report.facts, Contains(Pair("recovery_ms", Value(4000))));
}

TEST(Recovery, TooLateIsInvalidWithTheFigure) {
  const Report report = check(healed_at(10 * kSecond)
                                  .at(11 * kSecond)
                                  .invoke(0, "read")
                                  .at(15 * kSecond + 1'500'000)
                                  .ok(0, "read"));
  EXPECT_EQ(report.verdict, Verdict::invalid);
  EXPECT_THAT(report.reason, HasSubstr("5001.500 ms"));
  EXPECT_THAT(report.facts, Contains(Pair("recovery_ms", Value(5001))));
}

TEST(Recovery, NothingSucceedingForLongerThanTheBoundIsInvalid) {
  const Report report = check(healed_at(kSecond).invoke(0, "read").at(7 * kSecond).info(0, "read"));
  EXPECT_EQ(report.verdict, Verdict::invalid);
  EXPECT_THAT(report.reason, HasSubstr("no operation succeeded in the 6000.000 ms"));
}

TEST(Recovery, AHistoryThatEndsTooEarlyIsUnknown) {
  EXPECT_EQ(check(healed_at(kSecond)).verdict, Verdict::unknown);
  EXPECT_EQ(check(healed_at(kSecond).at(3 * kSecond).invoke(0, "read")).verdict, Verdict::unknown);
}

}  // namespace
}  // namespace faultline

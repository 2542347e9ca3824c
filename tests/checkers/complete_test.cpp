#include "checkers/complete.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

Report check(const History& history) {
  return make_complete()->check(history);
}

TEST(Complete, AHistoryThatEndsWithTheMarkIsWhole) {
  HistoryBuilder history;
  history.done(0, "read").invoke(kNemesis, "finished").info(kNemesis, "finished");
  EXPECT_EQ(check(history).verdict, Verdict::valid);
}

TEST(Complete, OneThatBreaksOffIsUnknownAndSaysWhen) {
  HistoryBuilder history;
  history.at(1500 * kMillisecond).done(0, "read");
  EXPECT_EQ(check(history).verdict, Verdict::unknown);
  EXPECT_THAT(check(history).reason, HasSubstr("after 1.500 s"));
  EXPECT_EQ(check({}).verdict, Verdict::unknown);
  EXPECT_EQ(check(history.invoke(kNemesis, "finished")).verdict, Verdict::unknown) << "torn";
}

TEST(Complete, AClientsOpOfThatNameIsNoMark) {
  EXPECT_EQ(check(HistoryBuilder().done(0, "finished")).verdict, Verdict::unknown);
}

TEST(Complete, ARunThatCouldNotBeHealedIsUnknown) {
  HistoryBuilder builder;
  builder.done(0, "read").invoke(kNemesis, "healed").info(kNemesis, "healed");
  builder.invoke(kNemesis, "finished").info(kNemesis, "finished");
  History history = builder;
  EXPECT_EQ(check(history).verdict, Verdict::valid);
  history[history.size() - 3].error = Symbol::of("no leader known");
  EXPECT_EQ(check(history).verdict, Verdict::unknown);
  EXPECT_THAT(check(history).reason, HasSubstr("could not be mended: no leader known"));
}

TEST(Complete, AnInterruptedRunIsUnknown) {
  HistoryBuilder builder;
  builder.done(0, "read").invoke(kNemesis, "finished").info(kNemesis, "finished");
  History history = builder;
  history.back().error = kInterrupted;
  EXPECT_EQ(check(history).verdict, Verdict::unknown);
  EXPECT_THAT(check(history).reason, HasSubstr("interrupted"));
  history.back().error = kViolation;
  EXPECT_EQ(check(history).verdict, Verdict::unknown);
  EXPECT_THAT(check(history).reason, HasSubstr("stopped at a violation"));
}

}  // namespace
}  // namespace faultline

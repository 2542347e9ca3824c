#include "checkers/stats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

TEST(Stats, CountsByOutcomeAndFunction) {
  const Report report = make_stats()->check(HistoryBuilder()
                                                .done(0, "read", 1)
                                                .done(1, "write", 2)
                                                .invoke(2, "write", 3)
                                                .info(2, "write", 3)
                                                .invoke(3, "write", 4)
                                                .invoke(4, "read")
                                                .fail(4, "read")
                                                .info(kNemesis, "kill"));
  EXPECT_EQ(report.verdict, Verdict::valid);
  for (const auto& [name, count] : std::vector<std::pair<std::string, int>>{{"ops", 5},
                                                                            {"ok", 2},
                                                                            {"fail", 1},
                                                                            {"info", 2},
                                                                            {"read.ok", 1},
                                                                            {"read.fail", 1},
                                                                            {"read.info", 0},
                                                                            {"write.ok", 1},
                                                                            {"write.fail", 0},
                                                                            {"write.info", 2}}) {
    EXPECT_THAT(report.facts, Contains(Pair(name, Value(count))));
  }
}

// However the marks were recorded, and whatever the terms.
TEST(Stats, CountsChangesOfTheLeader) {
  for (const bool with_invocations : {true, false}) {
    HistoryBuilder history;
    history.done(0, "read");
    for (const Value& leader :
         {Value("n1"), Value(Value::List{"n2", 3}), Value(Value::List{"n2", 5}), Value("n1")}) {
      with_invocations ? history.invoke(kNemesis, "leader", leader)
                       : history.info(kNemesis, "leader", leader);
      history.info(kNemesis, "leader", leader);
    }
    history.info(kNemesis, "died", "n1").info(kNemesis, "died", "n1");
    const Report report = make_stats()->check(history);
    EXPECT_THAT(report.facts, Contains(Pair("leader_changes", Value(2))));
    EXPECT_THAT(report.facts, Contains(Pair("deaths", Value(1))));
  }
}

TEST(Stats, NothingOkIsUnknown) {
  const Report empty = make_stats()->check({});
  EXPECT_EQ(empty.verdict, Verdict::unknown);
  const Report report = make_stats()->check(
      HistoryBuilder().invoke(0, "read").fail(0, "read").info(kNemesis, "kill"));
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_THAT(report.reason, HasSubstr("nothing succeeded"));
}

TEST(Stats, OfARecordedHistoryKnownFailuresAreEnough) {
  const auto verdict = [](const History& history) {
    return make_stats(Enough::an_outcome)->check(history).verdict;
  };
  EXPECT_EQ(verdict(HistoryBuilder().invoke(0, "read").fail(0, "read")), Verdict::valid);
  EXPECT_EQ(verdict({}), Verdict::unknown);
  EXPECT_EQ(verdict(HistoryBuilder().invoke(0, "read")), Verdict::unknown);
  EXPECT_EQ(verdict(HistoryBuilder().invoke(0, "write", 1).info(0, "write", 1)), Verdict::unknown);
}

}  // namespace
}  // namespace faultline

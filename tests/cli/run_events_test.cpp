#include "harness/cli/run_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faultline::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

class Story {
 public:
  Story& does(Time time, const char* f, Value value = {}, const char* error = "") {
    history_.push_back({time, kNemesis, Symbol::of(f), OpType::invoke, {}, {}, value});
    history_.push_back(
        {time + 1, kNemesis, Symbol::of(f), OpType::info, Symbol::of(error), {}, value});
    return *this;
  }
  const History& history() const { return history_; }

 private:
  History history_;
};

TEST(RunEvents, AFaultLastsUntilItIsMended) {
  Story story;
  story.does(10, "kill", "n1").does(20, "start-partition", Value::List{"halves", "n1>n2"});
  story.does(40, "start", "n1").does(50, "restart", "n3").does(60, "await-election", 5);
  story.does(70, "pause", {}, "no leader known").does(80, "healed");
  const auto faults = faults_of(story.history());
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_EQ(faults[0].name, "kill");
  EXPECT_EQ(faults[0].from, 10) << "it may have struck as soon as it was asked for";
  EXPECT_EQ(faults[0].to, 41);
  EXPECT_EQ(faults[1].name, "partition");
  EXPECT_EQ(faults[1].f, "start-partition");
  EXPECT_EQ(faults[1].what, "halves n1>n2");
  EXPECT_EQ(faults[1].to, kNever) << "nothing mended it";
  EXPECT_EQ(faults[2].f, "restart");
  EXPECT_EQ(faults[2].to, 51) << "over at once";
}

TEST(RunEvents, ANodeIsBrokenUntilItIsMendedItself) {
  Story story;
  story.does(10, "kill", "n1 n2").does(20, "kill", "n3").does(30, "start", "n2 n3");
  story.does(40, "start", "n1").does(50, "skew-clock", "n1=2000 n2=500");
  story.does(60, "skew-clock", "n2=900").does(70, "restore-clock");
  std::vector<Time> ends;
  for (const auto& fault : faults_of(story.history())) ends.push_back(fault.to);
  EXPECT_THAT(ends, ElementsAre(41, 31, 71, 71));
}

TEST(RunEvents, OneSetOfLinksTakesThePlaceOfAnother) {
  Story story;
  story.does(10, "start-partition", Value::List{"halves", "n1>n2"});
  story.does(20, "start-partition", Value::List{"leader", "n3>n2"}).does(30, "stop-partition");
  const auto faults = faults_of(story.history());
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].to, 21);
  EXPECT_EQ(faults[1].from, 20);
  EXPECT_EQ(faults[1].to, 31);
}

TEST(RunEvents, WhatMayHaveStruckIsAFault) {
  Story story;
  story.does(10, "change-members", Value::List{"remove", "n1"}, "unknown: no answer");
  History history = story.history();
  history.push_back({20, kNemesis, Symbol::of("kill"), OpType::invoke, {}, {}, "n2"});  // cut off
  const auto faults = faults_of(history);
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].what, "remove n1 (unknown: no answer)");
  EXPECT_EQ(faults[1].what, "n2 (unknown: no completion)");
  EXPECT_EQ(faults[1].to, kNever);
}

TEST(RunEvents, CuresAndMarks) {
  Story story;
  story.does(10, "kill", "n1").does(20, "start").does(30, "leader", "n2");
  story.does(35, "leader", Value::List{"n2", 4});
  story.does(40, "died", Value::List{"n1", "exit status 3"}).does(50, "healed");
  story.does(60, "finished", {}, "violation");
  const auto cures = cures_of(story.history());
  ASSERT_EQ(cures.size(), 2U);
  EXPECT_EQ(cures[0].what, "start");
  EXPECT_EQ(cures[0].at, 21);
  EXPECT_EQ(cures[1].what, "healed");
  std::vector<std::pair<std::string, std::string>> marks;
  for (const auto& mark : marks_of(story.history())) marks.emplace_back(mark.name, mark.what);
  EXPECT_THAT(marks, ElementsAre(Pair("leader", "n2"), Pair("leader", "n2, term 4"),
                                 Pair("died", "n1 exit status 3"), Pair("healed", ""),
                                 Pair("finished", "violation")));
  const auto leaders = leaders_of(story.history());
  ASSERT_EQ(leaders.size(), 2U);
  EXPECT_EQ(leaders[0].node, "n2");
  EXPECT_EQ(leaders[0].term, std::nullopt);
  EXPECT_EQ(leaders[0].until, leaders[1].at);
  EXPECT_EQ(leaders[1].node, "n2");
  EXPECT_EQ(leaders[1].term, 4U);
}

TEST(RunEvents, ALeaderThatIsEndedLeadsNoMore) {
  for (const char* end : {"kill", "restart", "died"}) {
    Story story;
    const Value who =
        std::string_view(end) == "died" ? Value(Value::List{"n2", "exit status 3"}) : "n1 n2";
    story.does(10, "leader", "n2").does(20, "kill", "n3").does(30, end, who);
    story.does(50, "leader", "n2");
    const auto leaders = leaders_of(story.history());
    ASSERT_EQ(leaders.size(), 2U) << end;
    EXPECT_EQ(leaders[0].until, 31) << end;
    EXPECT_EQ(leaders[1].until, kNever) << end;
  }
}

// Jepsen writes a nemesis's invocation as info, too.
TEST(RunEvents, ACureIsOneHoweverItIsRecorded) {
  const Symbol start = Symbol::of("start");
  const History history{{10, kNemesis, start, OpType::info, {}, {}, {}},
                        {20, kNemesis, start, OpType::info, {}, {}, {}}};
  const auto cures = cures_of(history);
  ASSERT_EQ(cures.size(), 1U);
  EXPECT_EQ(cures[0].at, 20);
  EXPECT_EQ(cures[0].position, 1U);
}

TEST(RunEvents, ClocksRunAheadWhileTheyAreFast) {
  Story story;
  story.does(kSecond - 1, "skew-clock", "n1=2000 n2=500").does(3 * kSecond - 1, "restore-clock");
  story.does(9 * kSecond - 1, "finished");
  const auto clocks = clocks_of(story.history());
  ASSERT_EQ(clocks.size(), 2U);
  EXPECT_EQ(clocks[0].node, "n1");
  EXPECT_THAT(clocks[0].points,
              ElementsAre(Pair(0, 0), Pair(kSecond, 0), Pair(3 * kSecond, 2 * kSecond),
                          Pair(9 * kSecond, 2 * kSecond)));
  EXPECT_EQ(clocks[1].points.back().second, -kSecond);
}

}  // namespace
}  // namespace faultline::cli

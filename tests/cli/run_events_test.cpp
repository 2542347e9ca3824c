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
  story.does(30, "kill", "n2").does(40, "start").does(50, "restart", "n3");
  story.does(60, "await-election", 5).does(70, "pause", {}, "no leader known").does(80, "healed");
  const auto faults = faults_of(story.history());
  ASSERT_EQ(faults.size(), 4U);
  EXPECT_EQ(faults[0].name, "kill");
  EXPECT_EQ(faults[0].from, 11);
  EXPECT_EQ(faults[0].to, 31) << "another of its kind takes its place";
  EXPECT_EQ(faults[1].name, "partition");
  EXPECT_EQ(faults[1].f, "start-partition");
  EXPECT_EQ(faults[1].what, "halves n1>n2");
  EXPECT_EQ(faults[1].to, kNever) << "nothing mended it";
  EXPECT_EQ(faults[2].to, 41);
  EXPECT_EQ(faults[3].f, "restart");
  EXPECT_EQ(faults[3].from, faults[3].to) << "over at once";
}

TEST(RunEvents, CuresAndMarks) {
  Story story;
  story.does(10, "kill", "n1").does(20, "start").does(30, "leader", "n2");
  story.does(40, "died", Value::List{"n1", "exit status 3"}).does(50, "healed");
  story.does(60, "finished", {}, "violation");
  const auto cures = cures_of(story.history());
  ASSERT_EQ(cures.size(), 2U);
  EXPECT_EQ(cures[0].what, "start");
  EXPECT_EQ(cures[0].at, 21);
  EXPECT_EQ(cures[1].what, "healed");
  std::vector<std::pair<std::string, std::string>> marks;
  for (const auto& mark : marks_of(story.history())) marks.emplace_back(mark.name, mark.what);
  EXPECT_THAT(marks, ElementsAre(Pair("leader", "n2"), Pair("died", "n1 exit status 3"),
                                 Pair("healed", ""), Pair("finished", "violation")));
  const auto leaders = leaders_of(story.history());
  ASSERT_EQ(leaders.size(), 1U);
  EXPECT_EQ(leaders[0].node, "n2");
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

// faultline replay and shrink in real time: nothing is exact there, so it is done often.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

// follower-read shows in almost every run, also without faults.
struct ReplayLocalTest : testing::Test {
  Program program;

  void SetUp() override {
    const Ended found = program.run(
        "test --no-swarm --env local --nodes 3 --bug follower-read --nemesis pause "
        "--nemesis-interval 0.3 --time-limit 5");
    ASSERT_EQ(found.code, 1) << found.out << found.err;
  }
};

TEST_F(ReplayLocalTest, SaysHowOftenTheViolationCameBack) {
  const Ended ended = program.run("replay --attempts 3");
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("attempt 3 of 3: "));
  EXPECT_THAT(ended.out, HasSubstr(": invalid\n  linearizable: key "));
  EXPECT_THAT(ended.out, testing::ContainsRegex("The violation came back in [123] of 3 attempts"));
  EXPECT_THAT(repeat_arguments_in(ended.out), HasSubstr("test --schedule "));
}

TEST_F(ReplayLocalTest, ShrinksToFewOps) {
  const Ended ended = program.run("shrink --time-limit 30 --output least.jsonl");
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("of its replays; a candidate is accepted after 3 violations"));
  const std::string least = slurp(program.path("least.jsonl"));
  EXPECT_LT(std::ranges::count(least, '\n'), 40) << least;
}

}  // namespace
}  // namespace faultline

// faultline replay and shrink in real time: nothing is exact there, so it is done often.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// follower-read shows in almost every run, also without faults.
struct ReplayLocalTest : testing::Test {
  Program program;

  void SetUp() override {
    const Ended found = program.run(
        "test --no-swarm --env local --nodes 3 --bug follower-read --nemesis pause "
        "--nemesis-interval 0.3 --time-limit 5");
    if (lacks_local(found)) GTEST_SKIP() << found.err;
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

// A valid run, and the same with a read of what nobody wrote: no attempt will see that again.
TEST(ReplayLocal, AViolationThatDoesNotComeBackIsUnknown) {
  const Program program;
  const Ended made =
      program.run("test --no-swarm --env local --nodes 3 --nemesis none --time-limit 1");
  if (lacks_local(made)) GTEST_SKIP() << made.err;
  ASSERT_EQ(made.code, 0) << made.out << made.err;
  const fs::path run = fs::canonical(program.path("results/latest"));
  const Ended valid = program.run("replay --attempts 1");
  EXPECT_EQ(valid.code, 0) << valid.out << valid.err;
  EXPECT_THAT(valid.out, HasSubstr("is valid; there was a violation in 0 of 1 attempt\n"));

  std::string history = slurp(run / "history.jsonl");
  const std::string read = R"("ok","read",)";
  const std::size_t value = history.find(',', history.find(read) + read.size()) + 1;
  ASSERT_LT(value, history.size());
  history.replace(value, history.find(']', value) - value, "987");
  program.write(fs::relative(run / "history.jsonl", fs::canonical(program.path(""))).string(),
                history);
  const Ended gone = program.run("replay " + run.string() + " --attempts 2");
  EXPECT_EQ(gone.code, 2) << gone.out << gone.err;
  EXPECT_THAT(gone.out, HasSubstr("The violation came back in 0 of 2 attempts: that says nothing "
                                  "about the bug being gone\n"));
}

}  // namespace
}  // namespace faultline

// The tester, tested: every bug that can be switched on is caught, with evidence and a command that
// repeats it; with no bug switched on nothing is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A seed known to catch each bug with the defaults of `test`. If the run of a seed was changed on
// purpose, find new ones: faultline test --bug NAME --test-count 50 ends at the first that does.
struct Caught {
  const char* bug;
  int seed;
};
constexpr Caught kCaught[] = {
    {"stale-read", 1},
    {"ack-before-commit", 1},
    {"commit-old-term", 1},
    {"forget-vote", 1},
};

void PrintTo(const Caught& caught, std::ostream* out) {
  *out << caught.bug << " with seed " << caught.seed;
}

class Bugs : public testing::TestWithParam<Caught> {};

TEST_P(Bugs, AreCaughtWithEvidenceAndACommandThatRepeatsThem) {
  const Program program;
  const std::string arguments =
      "test --bug " + std::string(GetParam().bug) + " --seed " + std::to_string(GetParam().seed);
  const Ended ended = program.run(arguments);
  ASSERT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nINVALID: "));
  EXPECT_THAT(ended.out, HasSubstr("<=="));
  EXPECT_THAT(slurp(program.latest("counterexample.txt")), HasSubstr("<=="));
  const std::string history = slurp(program.latest("history.jsonl"));

  const Ended judged = program.run("analyze");
  EXPECT_EQ(judged.code, 1);
  EXPECT_THAT(judged.out, HasSubstr("<=="));

  const Ended again = program.run(repeat_arguments_in(ended.out));
  EXPECT_EQ(again.code, 1);
  EXPECT_EQ(slurp(program.latest("history.jsonl")), history) << "not the same byte for byte";
}

INSTANTIATE_TEST_SUITE_P(All, Bugs, testing::ValuesIn(kCaught));

TEST(FailFast, StopsAtTheViolationUnlessToldNotTo) {
  const Program program;
  const Ended fast = program.run("test --bug ack-before-commit --seed 1 --json");
  EXPECT_EQ(fast.code, 1);
  const Ended slow = program.run("test --bug ack-before-commit --seed 1 --json --no-fail-fast");
  EXPECT_EQ(slow.code, 1);
  EXPECT_LT(json::parse(fast.out)["events"], json::parse(slow.out)["events"]);
  EXPECT_THAT(fast.out, HasSubstr("stopped at a violation before its time"));
  EXPECT_THAT(json::parse(slow.out)["repeat"].get<std::string>(), HasSubstr(" --no-fail-fast"));
}

// The table above is complete: the list of what exists is the program's own.
TEST(BugList, HasASeedForEach) {
  const Program program;
  const std::string list = program.run("list bugs --markdown").out;
  std::size_t listed = 0;
  for (auto at = list.find("\n| `"); at != std::string::npos; at = list.find("\n| `", at + 1)) {
    ++listed;
  }
  EXPECT_EQ(listed, std::size(kCaught));
  for (const Caught& caught : kCaught) EXPECT_THAT(list, HasSubstr(caught.bug));
}

TEST(NoBug, NoSeedIsInvalidWithFaultsOfLinksEither) {
  const Program program;
  const Ended ended = program.run(
      "test --nemesis packet,partition-clients,partition,kill,pause --seed 1 --test-count 20 "
      "--json");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST(NoBug, NoSeedIsInvalid) {
  const Program program;
  const Ended ended = program.run("test --seed 1 --test-count 20 --json");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

}  // namespace
}  // namespace faultline

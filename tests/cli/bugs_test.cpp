// The tester, tested: every bug that can be switched on is caught, with evidence and a command that
// repeats it; with no bug switched on nothing is.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::HasSubstr;

// A seed known to catch each bug with the defaults of `test`. If the run of a seed was changed on
// purpose, find new ones: faultline bench finding --repetitions 1.
struct Caught {
  const char* target;
  const char* bug;
  int seed;
};
constexpr Caught kCaught[] = {
    {"raft", "forget-vote", 1},
    {"raft", "volatile-term", 11},
    {"raft", "vote-without-log", 1},
    {"raft", "pre-vote-counts", 8},
    {"raft", "half-quorum", 1},
    {"raft", "ack-before-commit", 3},
    {"raft", "ack-before-sync", 12},
    {"raft", "commit-old-term", 1},
    {"raft", "commit-beyond-match", 43},
    {"raft", "no-conflict-check", 21},
    {"raft", "old-append-truncates", 1},
    {"raft", "old-leader", 24},
    {"raft", "stale-read", 1},
    {"raft", "follower-read", 1},
    {"raft", "deposed-read", 1},
    {"raft", "read-before-noop", 1},
    {"raft", "lease-drift", 118},
    {"raft", "retry-applies-twice", 1},
    {"raft", "cas-at-proposal", 1},
    {"raft", "timeout-as-failure", 1},
    {"raft", "snapshot-ahead", 3},
    {"raft", "snapshot-drops-sessions", 3},
    {"raft", "snapshot-drops-members", 47},
    {"raft", "snapshot-match", 40},
    {"raft", "learner-counts", 28},
    {"paxos", "equal-ballots", 1},
    {"paxos", "accept-before-sync", 1},
    {"paxos", "accept-below-promise", 13},
    {"paxos", "own-value", 2},
    {"paxos", "forget-promise", 105},
    {"paxos", "first-value", 69},
    {"paxos", "noop-over-value", 1},
    {"paxos", "any-ballot", 25},
    {"paxos", "minority-quorum", 1},
    {"paxos", "local-read", 1},
    {"dynamo", "no-write-back", 4},
    {"dynamo", "ack-on-send", 1},
    {"dynamo", "count-hints", 11},
    {"dynamo", "equal-stamps", 1},
    {"dynamo", "reuse-stamps", 1},
    {"dynamo", "stale-handoff", 3},
    {"dynamo", "forget-hints", 3},
    {"dynamo", "overwrite-siblings", 1},
};

// From seed 1 it takes more than 150 runs to catch these, and two never were: see
// tests/bench/finding.md. That the rule is broken with them and kept without is shown by the tests
// of their targets.
constexpr const char* kRare[] = {
    "snapshot-over-newer",
    "lease-no-promise",
    "member-change-early",
    "member-change-overlap",
};

void PrintTo(const Caught& caught, std::ostream* out) {
  *out << caught.target << "'s " << caught.bug << " with seed " << caught.seed;
}

class Bugs : public testing::TestWithParam<Caught> {};

TEST_P(Bugs, AreCaughtWithEvidenceAndACommandThatRepeatsThem) {
  const Program program;
  const auto& [target, bug, seed] = GetParam();
  const std::string arguments =
      fmt::format("test --target {} --bug {} --seed {}", target, bug, seed);
  const Ended ended = program.run(arguments);
  ASSERT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nINVALID: "));
  const std::string evidence = slurp(program.latest("counterexample.txt"));
  EXPECT_THAT(evidence, AnyOf(HasSubstr("<=="), HasSubstr("\n  line ")));
  EXPECT_THAT(ended.out, HasSubstr(evidence));
  const std::string history = slurp(program.latest("history.jsonl"));

  const Ended judged = program.run("analyze");
  EXPECT_EQ(judged.code, 1);
  EXPECT_THAT(judged.out, HasSubstr(evidence));

  const Ended again = program.run(repeat_arguments_in(ended.out));
  EXPECT_EQ(again.code, 1);
  EXPECT_EQ(slurp(program.latest("history.jsonl")), history) << "not the same byte for byte";
}

INSTANTIATE_TEST_SUITE_P(All, Bugs, testing::ValuesIn(kCaught));

TEST(FailFast, StopsAtTheViolationUnlessToldNotTo) {
  const Program program;
  const Ended fast = program.run("test --bug ack-before-commit --seed 3 --json");
  EXPECT_EQ(fast.code, 1);
  const Ended slow = program.run("test --bug ack-before-commit --seed 3 --json --no-fail-fast");
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
  EXPECT_EQ(listed, std::size(kCaught) + std::size(kRare));
  for (const Caught& caught : kCaught) EXPECT_THAT(list, HasSubstr(caught.bug));
  for (const char* bug : kRare) EXPECT_THAT(list, HasSubstr(bug));
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

// Bad input of every kind: 254, and a message that names what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

struct Bad {
  const char* arguments;
  const char* named;  // in the message
};

// A failing case shows its arguments.
void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.arguments;
}

class BadUsage : public testing::TestWithParam<Bad> {};

TEST_P(BadUsage, IsRefusedWithItsName) {
  const Program program;
  const Ended ended = program.run(GetParam().arguments);
  EXPECT_EQ(ended.code, 254) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("faultline: "));
  EXPECT_THAT(ended.err, HasSubstr(GetParam().named));
  EXPECT_FALSE(std::filesystem::exists(program.path("results"))) << "and nothing was run";
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, BadUsage,
    testing::Values(
        Bad{"test --seed x", "--seed"}, Bad{"test --seed -1", "--seed"},
        Bad{"test --seed 1.5", "--seed"}, Bad{"test --seed", "--seed"},
        Bad{"test --seed 18446744073709551616", "--seed"}, Bad{"test --nodes 0", "--nodes"},
        Bad{"test --nodes 100", "--nodes"}, Bad{"test --nodes n2,n1", "--nodes"},
        Bad{"test --nodes three", "--nodes"}, Bad{"test --concurrency 0", "--concurrency"},
        Bad{"test --concurrency 2x", "--concurrency"},
        Bad{"test --concurrency 7", "5 threads per key"}, Bad{"test --rate 0", "--rate"},
        Bad{"test --rate fast", "--rate"}, Bad{"test --time-limit 0", "--time-limit"},
        Bad{"test --time-limit -3", "--time-limit"}, Bad{"test --time-limit nan", "--time-limit"},
        Bad{"test --time-limit inf", "--time-limit"}, Bad{"test --time-limit 60s", "--time-limit"},
        Bad{"test --nemesis-interval 0", "--nemesis-interval"},
        Bad{"test --recovery-bound -1", "--recovery-bound"},
        Bad{"test --ops-per-key 0", "--ops-per-key"},
        Bad{"test --threads-per-key -1", "--threads-per-key"},
        Bad{"test --test-count 0", "--test-count"}, Bad{"check --time-limit 0 x", "--time-limit"},
        Bad{"check --memory-limit 0 x", "--memory-limit"}));

INSTANTIATE_TEST_SUITE_P(Names, BadUsage,
                         testing::Values(Bad{"test --nonsense", "--nonsense"},
                                         Bad{"", "subcommand"}, Bad{"frob", "subcommand"},
                                         Bad{"test --target foo", "target 'foo'"},
                                         Bad{"test --env foo", "environment 'foo'"},
                                         Bad{"test --workload foo", "workload 'foo'"},
                                         Bad{"test --nemesis kill,foo", "nemesis 'foo'"},
                                         Bad{"test --bug foo", "bug 'foo'"},
                                         Bad{"test --bug stale-read,foo", "bug 'foo'"},
                                         Bad{"list foo", "list foo"}, Bad{"check", "files"},
                                         Bad{"analyze", "no run is stored"},
                                         Bad{"analyze nosuch", "nosuch"}));

TEST(Usage, WhatDoesNotExistIsAnsweredWithWhatDoes) {
  const Program program;
  EXPECT_THAT(program.run("test --nemesis foo").err, HasSubstr("partition, kill, pause"));
  EXPECT_THAT(program.run("test --bug foo").err, HasSubstr("stale-read"));
}

TEST(Usage, ResultsThatCannotBeWrittenAreNamed) {
  const Program program;
  program.write("file", "no directory");
  const Ended ended = program.run("test --time-limit 1 --results file/results");
  EXPECT_EQ(ended.code, 254) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("file/results"));
  EXPECT_THAT(ended.err, HasSubstr("cannot create the directory"));
}

TEST(Usage, HelpAndVersionAreNoErrors) {
  const Program program;
  for (const char* arguments : {"--help", "test --help", "check --help", "analyze --help"}) {
    const Ended ended = program.run(arguments);
    EXPECT_EQ(ended.code, 0) << arguments;
    EXPECT_THAT(ended.out, HasSubstr("Usage: ")) << arguments;
  }
  EXPECT_THAT(program.run("--help").out, HasSubstr("Exit codes: 0 valid, 1 invalid"));
  EXPECT_THAT(program.run("--version").out, testing::StartsWith("faultline "));
}

TEST(List, NamesWhatExists) {
  const Program program;
  const Ended ended = program.run("list");
  EXPECT_EQ(ended.code, 0);
  for (const char* name : {"targets\n", "raft", "sim", "register", "partition", "kill", "pause",
                           "cas-register", "stale-read", "forget-vote"}) {
    EXPECT_THAT(ended.out, HasSubstr(name));
  }
}

TEST(List, AsMarkdownIsATable) {
  const Program program;
  const Ended ended = program.run("list bugs --markdown");
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, testing::StartsWith("## bugs\n\n| name | what it is |\n| --- | --- |\n"));
  EXPECT_THAT(ended.out, HasSubstr("| `stale-read` | raft: "));
  EXPECT_THAT(ended.out, Not(HasSubstr("cas-register"))) << "only what was asked for";
}

}  // namespace
}  // namespace faultline

// Bad input of every kind: 254, and a message that names what is wrong.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

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
        Bad{"test --no-swarm --concurrency 7", "5 threads per key"}, Bad{"test --rate 0", "--rate"},
        Bad{"test --rate fast", "--rate"}, Bad{"test --time-limit 0", "--time-limit"},
        Bad{"test --time-limit -3", "--time-limit"}, Bad{"test --time-limit nan", "--time-limit"},
        Bad{"test --time-limit inf", "--time-limit"}, Bad{"test --time-limit 60s", "--time-limit"},
        Bad{"test --nemesis-interval 0", "--nemesis-interval"},
        Bad{"test --recovery-bound -1", "--recovery-bound"},
        Bad{"test --ops-per-key 0", "--ops-per-key"},
        Bad{"test --threads-per-key -1", "--threads-per-key"},
        Bad{"test --threads-per-key 0", "--threads-per-key 0: expected a whole number from 1"},
        Bad{"test --rate 0.5", "--rate 0.5: expected a whole number from 1 to 1000000"},
        Bad{"test --nemesis-interval 0.0005", "expected seconds, at least 0.001 and at most"},
        Bad{"test --time-limit 10000001", "expected seconds, more than 0 and at most 10000000"},
        Bad{"test --time-limit 1e-12", "--time-limit 1e-12"},
        Bad{"test --no-swarm --concurrency 10000n", "at most 10000 with 5 nodes"},
        Bad{"test --concurrency n", "--concurrency n"},
        Bad{"test --concurrency 99999999999999", "--concurrency"},
        Bad{"test --seed 18446744073709551615 --test-count 2", "expected a seed that 1 more"},
        Bad{"check --time-limit nan x", "--time-limit nan: expected seconds"},
        Bad{"check --time-limit 0.0001 x", "--time-limit"},
        Bad{"check --memory-limit 1e9 x", "--memory-limit"},
        Bad{"test --test-count 0", "--test-count"}, Bad{"check --time-limit 0 x", "--time-limit"},
        Bad{"check --memory-limit 0 x", "--memory-limit"}));

INSTANTIATE_TEST_SUITE_P(
    Names, BadUsage,
    testing::Values(Bad{"test --nonsense", "--nonsense"},
                    Bad{"", "no command was given; there are: test, campaign, check"},
                    Bad{"tset",
                        "there is no command 'tset'; there are: test, campaign, check, analyze, "
                        "replay, shrink"},
                    Bad{"test --target foo", "--target foo: "},
                    Bad{"test --env foo", "--env foo: "},
                    Bad{"test --workload foo", "--workload foo: "},
                    Bad{"test --nemesis kill,foo", "--nemesis foo: "},
                    Bad{"test --bug foo", "--bug foo: "},
                    Bad{"test --bug stale-read,foo", "--bug foo: "},
                    Bad{"list foo", "list foo: expected one of targets, "},
                    Bad{"check", "check needs at least one history file"},
                    Bad{"analyze", "no run is stored"}, Bad{"analyze nosuch", "nosuch"}));

INSTANTIATE_TEST_SUITE_P(
    Words, BadUsage,
    testing::Values(
        Bad{"test --seed", "--seed needs a value: "}, Bad{"test --seed=", "--seed needs a value: "},
        Bad{"test --seed --nodes 3", "--seed needs a value: "},
        Bad{"test --seed 1 --seed 2", "--seed is given twice"},
        Bad{"test --json=5", "--json takes no value"},
        Bad{"test foo", "test does not take 'foo'; see faultline test --help"},
        Bad{"test -- --json", "test does not take '--json'"},
        Bad{"test --nonsense=4", "test has no option --nonsense; see faultline test --help"},
        Bad{"test -x", "test has no option -x"}, Bad{"test check", "does not take 'check'"},
        Bad{"--seed 1", "--seed: expected a command before it: test, "},
        Bad{"analyze a b", "analyze does not take 'b'"},
        Bad{"check --model foo x", "--model foo: there is no such model"},
        Bad{"check --model register --initial=[ x", "x: no such file"},
        Bad{"test --nemesis kill,", "--nemesis kill,: expected names"},
        Bad{"test --nemesis ,kill", "--nemesis ,kill: expected names"},
        Bad{"test --nemesis none,kill", "--nemesis none,kill: expected none to stand alone"},
        Bad{"test --nemesis kill,kill", "--nemesis kill,kill: kill is named twice"},
        Bad{"test --bug stale-read,stale-read", "stale-read is named twice"},
        Bad{"test --bug stale-read --bug stale-read", "stale-read is named twice"},
        Bad{"test --bug stale-read forget-vote", "test does not take 'forget-vote'"}));

TEST(Usage, AnEmptyWordIsShownAsSuch) {
  const Program program;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"test --bug ''", "--bug '': expected names"},
      {"test --nemesis ''", "--nemesis '': expected names"},
      {"test --target ''", "--target '': there is none of that name"},
      {"test --seed ''", "--seed '': expected"},
      {"check --initial '' x", "--initial '': expected"},
      {"check --model '' x", "--model '': there is no such model"},
      {"analyze ''", "analyze '': expected"},
      {"list ''", "list '': expected one of"}};
  for (const auto& [arguments, message] : cases) {
    const Ended ended = program.shell("\"$P\" " + arguments);
    EXPECT_EQ(ended.code, 254) << arguments << ended.out;
    EXPECT_THAT(ended.err, HasSubstr("faultline: " + message)) << arguments;
  }
}

TEST(Usage, WhatIsTypedCannotSteerTheTerminal) {
  const Program program;
  const Ended ended = program.shell("\"$P\" test --seed \"$(printf '\\033[2J')\"");
  EXPECT_EQ(ended.code, 254);
  EXPECT_EQ(ended.err, "faultline: --seed \\u001b[2J: expected a whole number from 0, or random\n");
}

TEST(Usage, WhatDoesNotExistIsAnsweredWithWhatDoes) {
  const Program program;
  EXPECT_THAT(program.run("test --nemesis foo").err, HasSubstr("packet, kill, pause"));
  EXPECT_THAT(program.run("test --bug foo").err, HasSubstr("stale-read"));
}

TEST(Usage, ResultsThatCannotBeWrittenAreNamed) {
  const Program program;
  program.write("file", "no directory");
  const Ended ended = program.run("test --time-limit 1 --results file/results");
  EXPECT_EQ(ended.code, 255) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("faultline: file/results"));
  EXPECT_THAT(ended.err, HasSubstr("cannot create the directory"));
}

TEST(Usage, OutputThatCannotBeWrittenIsNoSuccess) {
  const Program program;
  for (const char* arguments : {"list", "--help", "list bugs", "test --time-limit 1"}) {
    const Ended ended = program.shell(std::string("\"$P\" ") + arguments + " > /dev/full");
    EXPECT_EQ(ended.code, 255) << arguments;
    EXPECT_EQ(ended.err, "faultline: standard output cannot be written: No space left on device\n")
        << arguments;
  }
}

TEST(Usage, AFullDiskIsNoBugOfOurs) {
  const Program program;
  const Ended ended = program.shell("trap '' XFSZ; ulimit -f 40; \"$P\" test");
  EXPECT_EQ(ended.code, 255) << ended.out;
  EXPECT_THAT(ended.err, testing::StartsWith("faultline: results/raft-register/"));
  EXPECT_THAT(ended.err, HasSubstr("history.jsonl: cannot write the journal: File too large"));
}

TEST(Usage, ALatestThatIsNoLinkIsNamedBeforeAnythingIsRun) {
  const Program program;
  std::filesystem::create_directories(program.path("results/latest"));
  const Ended ended = program.run("test --time-limit 1");
  EXPECT_EQ(ended.code, 255);
  EXPECT_THAT(ended.err, HasSubstr("results/latest: it is a directory, but has to be a link"));
}

TEST(Usage, HelpAndVersionAreNoErrors) {
  const Program program;
  for (const char* arguments : {"--help", "test --help", "check --help", "analyze --help"}) {
    const Ended ended = program.run(arguments);
    EXPECT_EQ(ended.code, 0) << arguments;
    EXPECT_THAT(ended.out, HasSubstr("Usage: ")) << arguments;
    EXPECT_THAT(ended.out, Not(HasSubstr("TEXT"))) << arguments;
  }
  EXPECT_THAT(program.run("test --help").out,
              HasSubstr("  --time-limit SECONDS        length of the main phase (default: 60)\n"));
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

TEST(List, HasEveryOptionOfEveryCommand) {
  const Program program;
  const std::string list = program.run("list options").out;
  EXPECT_THAT(list, testing::ContainsRegex("\n  test --seed N +all chance .* \\(default: 1\\)\n"));
  EXPECT_THAT(list, testing::ContainsRegex("\n  check files\\.\\.\\. +histories"));
  for (const std::string command : {"test", "check", "analyze", "list"}) {
    std::istringstream help(program.run(command + " --help").out);
    for (std::string line; std::getline(help, line);) {
      if (!line.starts_with("  --")) continue;
      const std::string flag = line.substr(2, line.find(' ', 2) - 2);
      EXPECT_THAT(list, HasSubstr(fmt::format("\n  {} {} ", command, flag)));
    }
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

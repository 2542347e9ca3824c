// faultline test, from its flags to what it leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

TEST(TestCommand, AValidRunEndsWithZeroAndLeavesItsFiles) {
  const Program program;
  const Ended ended = program.run("test --seed 1 --time-limit 5 --nodes 5");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nVALID\n"));
  EXPECT_TRUE(fs::is_symlink(program.path("results/latest")));
  EXPECT_TRUE(fs::is_symlink(program.path("results/raft-register/latest")));
  for (const char* file : {"test.json", "history.jsonl", "results.json", "n1.log", "n5.log"}) {
    EXPECT_GT(fs::file_size(program.latest(file)), 0U) << file;
  }
  EXPECT_FALSE(fs::exists(program.latest("n6.log")));
  const json results = json::parse(slurp(program.latest("results.json")));
  EXPECT_EQ(results["verdict"], "valid");
  EXPECT_EQ(results["seed"], 1);
  EXPECT_EQ(json::parse(slurp(program.latest("test.json")))["time-limit-ns"], 5'000'000'000);
  EXPECT_EQ(fs::path(line_after(ended.out, "history")).filename(), "history.jsonl");
  EXPECT_TRUE(fs::exists(program.path(line_after(ended.out, "history"))));
}

TEST(TestCommand, TheLatestIsTheNewest) {
  const Program program;
  program.run("test --seed 1 --time-limit 1");
  const auto first = fs::canonical(program.path("results/latest"));
  program.run("test --seed 2 --time-limit 1");
  EXPECT_NE(fs::canonical(program.path("results/latest")), first);
  EXPECT_EQ(json::parse(slurp(program.latest("test.json")))["seed"], 2);
  EXPECT_TRUE(fs::exists(first / "history.jsonl"));
}

TEST(TestCommand, JsonIsOneLineARunAndNothingElse) {
  const Program program;
  const Ended ended = program.run("test --seed 3 --time-limit 2 --test-count 3 --json");
  EXPECT_EQ(ended.code, 0) << ended.err;
  std::istringstream lines(ended.out);
  int seed = 3;
  for (std::string line; std::getline(lines, line); ++seed) {
    const json run = json::parse(line);
    EXPECT_EQ(run["seed"], seed);
    EXPECT_EQ(run["verdict"], "valid");
    EXPECT_TRUE(fs::exists(program.path(run["run"].get<std::string>() + "/history.jsonl")));
  }
  EXPECT_EQ(seed, 6);
}

TEST(TestCommand, AnotherClusterIsTestedAsTold) {
  const Program program;
  const Ended ended = program.run("test --nodes n1,n2,n3 --nemesis none --time-limit 2");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_TRUE(fs::exists(program.latest("n3.log")));
  EXPECT_FALSE(fs::exists(program.latest("n4.log")));
  EXPECT_THAT(ended.out, HasSubstr("0 faults and cures"));
}

TEST(TestCommand, SeveralRunsEndInOneVerdict) {
  const Program program;
  const Ended ended = program.run("test --seed 7 --time-limit 2 --test-count 3 --nodes 1");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, testing::StartsWith("raft (sim), "));
  EXPECT_THAT(ended.out, HasSubstr("\nVALID: all 3 runs (seeds 7 to 9)\n"));
  EXPECT_EQ(line_after(ended.out, "repeat"),
            "./faultline test --seed 7 --nodes 1 --time-limit 2 --test-count 3");
}

TEST(TestCommand, NoLineEndsInABlank) {
  const Program program;
  const Ended ended = program.run("test --time-limit 1");
  EXPECT_EQ(ended.out.find(" \n"), std::string::npos) << ended.out;
}

TEST(TestCommand, TheRepeatCommandKeepsRunsInTheSamePlace) {
  const Program program;
  const Ended ended = program.shell("\"$P\" test --time-limit 1 --results 'my runs'");
  EXPECT_EQ(line_after(ended.out, "repeat"),
            "./faultline test --seed 1 --time-limit 1 --results 'my runs'");
}

// Not SIGINT: a shell has what it runs behind itself ignore it.
TEST(TestCommand, SignalsEndARunInOrder) {
  const Program program;
  for (const std::string signal : {"TERM", "HUP"}) {
    const Ended ended = program.shell(
        "\"$P\" test --time-limit 1000000 --test-count 9 & "
        "while ! test -s results/latest/history.jsonl; do sleep 0.05; done; "
        "sleep 0.2; kill -" +
        signal + " $!; wait $!; code=$?; rm results/latest; exit $code");
    EXPECT_EQ(ended.code, 2) << signal << ended.out << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("\nInterrupted after 1 of 9 runs\n")) << signal;
    EXPECT_THAT(ended.out, HasSubstr("\nUNKNOWN: 1 of 1 runs (seed 1)\n")) << signal;
  }
}

TEST(TestCommand, ARandomSeedIsToldAndRepeats) {
  const Program program;
  const Ended ended = program.run("test --seed random --time-limit 1");
  const std::string history = slurp(program.latest("history.jsonl"));
  program.run(repeat_arguments_in(ended.out));
  EXPECT_EQ(slurp(program.latest("history.jsonl")), history);
}

}  // namespace
}  // namespace faultline

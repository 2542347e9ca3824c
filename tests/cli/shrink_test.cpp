// faultline shrink: the least that a failure needs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

struct Lines {
  std::string head;  // comments and the plan
  std::vector<std::string> ops;
};

Lines lines_of(const std::string& schedule) {
  Lines lines;
  std::istringstream text(schedule);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('[')) {
      lines.ops.push_back(line + "\n");
    } else {
      lines.head += line + "\n";
    }
  }
  return lines;
}

struct ShrinkTest : testing::Test {
  Program program;

  // A run in which the bug shows; the seed is looked for, since defaults may change.
  void find(const std::string& arguments) const {
    ASSERT_EQ(program.run("test --no-swarm --test-count 50 " + arguments).code, 1);
  }
};

TEST_F(ShrinkTest, WhatIsLeftFailsAndNothingOfItCanBeLeftOut) {
  for (const char* bug : {"stale-read", "retry-applies-twice"}) {
    SCOPED_TRACE(bug);
    find(std::string("--bug ") + bug);
    const Ended ended = program.run("shrink --output least.jsonl --attempts 5");
    ASSERT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("1-minimal"));
    EXPECT_EQ(line_after(ended.out, "for CI  "), "./faultline test --schedule least.jsonl");
    const Lines least = lines_of(slurp(program.path("least.jsonl")));
    EXPECT_THAT(least.head, HasSubstr("# linearizable: "));
    EXPECT_LE(least.ops.size(), 15U);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(program.run("test --schedule least.jsonl").code, 1);
    for (std::size_t out = 0; out < least.ops.size(); ++out) {
      std::string text = least.head;
      for (std::size_t i = 0; i < least.ops.size(); ++i) {
        if (i != out) text += least.ops[i];
      }
      program.write("less.jsonl", text);
      EXPECT_NE(program.run("test --schedule less.jsonl").code, 1) << "without " << least.ops[out];
    }
    // It is the bug: without it, the same ops and faults do no harm.
    std::string sound = least.head;
    const std::string named = "[\"" + std::string(bug) + "\"]";
    sound.replace(sound.find(named), named.size(), "[]");
    for (const std::string& op : least.ops) sound += op;
    program.write("sound.jsonl", sound);
    EXPECT_EQ(program.run("test --schedule sound.jsonl").code, 0);
  }
}

TEST_F(ShrinkTest, TheTargetKeepsTheNodesThatItNeeds) {
  find("--target dynamo --bug overwrite-siblings");
  const Ended ended = program.run("shrink --output least.jsonl");
  ASSERT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, ContainsRegex("nodes +[0-9]+ +3\n")) << "as many as there are replicas";
  EXPECT_EQ(program.run("test --schedule least.jsonl").code, 1);
}

TEST_F(ShrinkTest, TheResultCanBeShrunkAgainToItself) {
  find("--bug stale-read");
  ASSERT_EQ(program.run("shrink --output first.jsonl").code, 1);
  ASSERT_EQ(program.run("shrink --output second.jsonl").code, 1);
  EXPECT_EQ(lines_of(slurp(program.path("first.jsonl"))).ops,
            lines_of(slurp(program.path("second.jsonl"))).ops);
}

TEST_F(ShrinkTest, InterruptedItKeepsTheBestSoFar) {
  find("--bug stale-read");
  const Ended ended = program.shell(
      "$P shrink --attempts 1000 --output least.jsonl & pid=$!; sleep 1.5; kill -TERM $pid; wait "
      "$pid");
  ASSERT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Stopped early"));
  EXPECT_EQ(program.run("test --schedule least.jsonl").code, 1);
}

TEST_F(ShrinkTest, AtItsTimeLimitToo) {
  find("--bug stale-read");
  const Ended ended = program.run("shrink --time-limit 0.3 --attempts 1000 --output least.jsonl");
  ASSERT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Stopped early"));
  EXPECT_EQ(program.run("test --schedule least.jsonl").code, 1);
}

// Two hours go by before the bug shows, so that the last run can be cut short before it.
TEST_F(ShrinkTest, AResultThatDoesNotFailInTheEndIsUnknown) {
  program.run("test --no-swarm --time-limit 1 --nemesis none --bug follower-read");
  nlohmann::json plan{{"faultline", "schedule"}, {"version", 1}};
  nlohmann::json stored = nlohmann::json::parse(slurp(program.latest("test.json")));
  stored.erase("faultline");
  plan.update(stored);
  std::string text = plan.dump() + "\n";
  constexpr std::int64_t kBegin = 2 * 3600 * 1'000'000'000LL;
  for (int value = 0; value < 5; ++value) {
    const std::int64_t write = kBegin + value * 1'000'000'000LL;
    text += nlohmann::json{write, 0, "invoke", "write", 7, value}.dump() + "\n";
    for (int reader = 1; reader < 10; ++reader) {
      text +=
          nlohmann::json{write + 4'000'000 + reader * 500'000, reader, "invoke", "read", 7}.dump() +
          "\n";
    }
  }
  program.write("late.jsonl", text);
  ASSERT_EQ(program.run("test --schedule late.jsonl").code, 1);
  const Ended ended = program.shell(
      "runs() { ls -d results/raft-register/2* | wc -l; }; before=$(runs); "
      "\"$P\" shrink --time-limit 0.001 --output least.jsonl & shrink=$!; "
      "until test $(runs) -gt $before; do sleep 0.02; done; kill -TERM $shrink; wait $shrink");
  EXPECT_EQ(ended.code, 2) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("last time, linearizable did not say invalid"));
}

TEST_F(ShrinkTest, OfAValidRunThereIsNothingToShrink) {
  ASSERT_EQ(program.run("test --no-swarm --time-limit 1").code, 0);
  const Ended ended = program.run("shrink");
  EXPECT_EQ(ended.code, 254);
  EXPECT_THAT(ended.err, HasSubstr("expected a run that is invalid; it is valid"));
  EXPECT_EQ(program.run("shrink --attempts 0").code, 254);
}

}  // namespace
}  // namespace faultline

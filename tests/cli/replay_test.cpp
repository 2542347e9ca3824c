// faultline test --schedule and faultline replay: a run is done again, exactly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

struct ReplayTest : testing::Test {
  Program program;

  std::string latest_run() const { return fs::canonical(program.path("results/latest")).string(); }
  // Replaces the text of the latest run's history by what `change` makes of it.
  template <class Change>
  void change_history(const Change& change) const {
    const fs::path file = fs::canonical(program.latest("history.jsonl"));
    program.write(fs::relative(file, fs::canonical(program.path(""))).string(),
                  change(slurp(file)));
  }
  // The plan of a small raft, as the first line of a schedule.
  std::string plan_line(const std::string& nemeses = "pause,partition") const {
    EXPECT_EQ(program.run("test --no-swarm --time-limit 1 --nemesis " + nemeses).code, 0);
    json plan{{"faultline", "schedule"}, {"version", 1}};
    json stored = json::parse(slurp(program.latest("test.json")));
    stored.erase("faultline");
    plan.update(stored);
    return plan.dump() + "\n";
  }
};

TEST_F(ReplayTest, IsExactFromTheSeedAndFromTheSchedule) {
  for (const char* arguments : {"--seed 1 --bug stale-read", "--seed 2 --nemesis packet,kill,clock",
                                "--seed 3 --rate 2000 --nemesis-interval 0.3",
                                "--seed 4 --nodes 3 --nemesis partition-clients"}) {
    SCOPED_TRACE(arguments);
    const int code = program.run(std::string("test --no-swarm --time-limit 15 ") + arguments).code;
    const std::string first = latest_run();
    for (const char* how : {"", " --from-schedule"}) {
      const Ended ended = program.run("replay " + first + how);
      EXPECT_EQ(ended.code, code) << ended.out << ended.err;
      EXPECT_THAT(ended.out, HasSubstr("the same history byte for byte"));
      EXPECT_NE(latest_run(), first);
      EXPECT_EQ(slurp(first + "/history.jsonl"), slurp(program.latest("history.jsonl")));
    }
    // A run from a schedule repeats itself by that.
    const Ended again = program.run("replay");
    EXPECT_THAT(again.out, HasSubstr("from its schedule: the same history"));
    EXPECT_THAT(repeat_arguments_in(again.out), StartsWith("test --schedule results/"));
    EXPECT_EQ(program.run(repeat_arguments_in(again.out)).code, code);
    EXPECT_EQ(slurp(first + "/history.jsonl"), slurp(program.latest("history.jsonl")));
  }
}

TEST_F(ReplayTest, AnotherHistoryIsReported) {
  ASSERT_EQ(program.run("test --no-swarm --time-limit 2").code, 0);
  change_history([](std::string text) {
    const std::size_t line = text.find("\"ok\"", text.size() / 2);
    return text.replace(text.find('"', line), 4, "\"info\"");
  });
  const Ended ended = program.run("replay");
  EXPECT_EQ(ended.code, 255) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("history.jsonl:"));
  EXPECT_THAT(ended.err, HasSubstr("the replay differs: recorded was"));
  EXPECT_THAT(ended.err, HasSubstr("info"));
}

TEST_F(ReplayTest, OfARunThatBrokeOffOnlyThatIsCompared) {
  ASSERT_EQ(program.run("test --no-swarm --time-limit 2").code, 0);
  change_history([](std::string text) { return text.substr(0, text.size() / 2); });
  const Ended ended = program.run("replay");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("byte for byte, as far as it was recorded"));
}

TEST_F(ReplayTest, AScheduleMadeByHandRuns) {
  const std::string ops =
      "[0,0,\"invoke\",\"write\",7,3]\n"
      "# the leader or not: one node is away for a while\n"
      "[100000000,\"nemesis\",\"invoke\",\"pause\",null,\"n2\"]\n"
      "[50000000,11,\"invoke\",\"read\",7]\n"
      "\n"
      "[600000000,\"nemesis\",\"invoke\",\"resume\",null,\"n2\"]\n";
  program.write("own.jsonl", "# by hand\n" + plan_line() + ops);
  const Ended ended = program.run("test --schedule own.jsonl");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  const std::string history = slurp(program.latest("history.jsonl"));
  EXPECT_THAT(history, HasSubstr(",0,\"ok\",\"write\",7,3]\n"));
  EXPECT_THAT(history, HasSubstr(",1,\"ok\",\"read\",7,3]\n"));  // thread 11 mod 10
  EXPECT_THAT(history, HasSubstr("\"nemesis\",\"info\",\"pause\",null,\"n2\"]"));
  // The final phase is the workload's own: one probe, one read of the key.
  const std::string end = history.substr(history.find("\"healed\""));
  EXPECT_THAT(end, HasSubstr("\"ok\",\"read\",7,3]"));
}

TEST_F(ReplayTest, AFinalPhaseInTheScheduleIsTheOnlyOne) {
  program.write("own.jsonl", plan_line() +
                                 "[0,0,\"invoke\",\"write\",7,3]\n"
                                 "[900000000,\"nemesis\",\"invoke\",\"healed\"]\n");
  EXPECT_EQ(program.run("test --schedule own.jsonl").code, 2);  // nobody saw it serve again
  const std::string history = slurp(program.latest("history.jsonl"));
  EXPECT_EQ(history.find("\"read\""), std::string::npos);
}

TEST_F(ReplayTest, WhatIsWrongWithAScheduleIsNamedByItsLine) {
  const std::string plan = plan_line();
  const std::string write = "[5,0,\"invoke\",\"write\",7,3]\n";
  const struct {
    std::string text;
    const char* expected;
  } cases[] = {
      {"", "own.jsonl:1:1: expected the plan of a schedule"},
      {"# nothing\n{\"target\":\"raft\"}\n", "own.jsonl:2:1: expected the plan of a schedule"},
      {"{\"faultline\":\"schedule\",\"version\":9}\n", "own.jsonl:1:1: expected version 1"},
      {"{\"faultline\":\"schedule\",\"version\":1}\n",
       "own.jsonl:1:1: in the plan, field 'target'"},
      {plan + write + "[5,0,\"invoke\"]\n", "own.jsonl:3:"},
      {plan + "# x\n" + write + "[5,0,\"invoke\",\"read\"", "own.jsonl:4:"},
      {plan + "[5,0,\"ok\",\"write\",7,3]\n", "own.jsonl:2: expected an invocation"},
      {plan + "[-5,0,\"invoke\",\"read\",7]\n", "own.jsonl:2: expected a time from 0"},
      {plan + "[9223372036854775807,0,\"invoke\",\"read\",7]\n",
       "own.jsonl:2: expected a time from 0 to 1000000000000000000 nanoseconds, found "
       "9223372036854"},
      {plan + write + "[9223372036854775806,\"nemesis\",\"invoke\",\"healed\"]\n",
       "own.jsonl:3: expected a time from 0 to "},
      {plan + write + "[1000000000000000001,\"nemesis\",\"invoke\",\"finished\"]\n",
       "own.jsonl:3: expected a time from 0 to "},
      {plan + write + "[5,0,\"invoke\",\"push\",7,3]\n",
       "own.jsonl:3: expected a function that the plan's workload has: "},
      {plan + "[5,\"nemesis\",\"invoke\",\"kill\",null,\"n2\"]\n",
       "own.jsonl:2: expected a function that the plan's nemeses have: "},
      {plan + "[5,\"nemesis\",\"invoke\",\"pause\",null,\"n2 n6\"]\n",
       "own.jsonl:2: expected nodes that the plan has, n1 to n5; found n6"},
      {plan + "[5,\"nemesis\",\"invoke\",\"finished\"]\n" + write,
       "own.jsonl:3: expected nothing behind finished"},
      {plan + "[5,\"nemesis\",\"invoke\",\"start-partition\",null,[\"x\",\"n1-n2\"]]\n",
       "cannot be done: "},
      {plan + "[5,\"nemesis\",\"invoke\",\"pause\",null,7]\n", "cannot be done: "},
  };
  for (const auto& c : cases) {
    program.write("own.jsonl", c.text);
    const Ended ended = program.run("test --schedule own.jsonl");
    EXPECT_EQ(ended.code, 254) << c.expected << "\n" << ended.out;
    EXPECT_THAT(ended.err, HasSubstr(c.expected));
  }
}

TEST_F(ReplayTest, NumbersOfAPlanThatNoFlagCouldGiveAreRefused) {
  const json plan = json::parse(plan_line());
  const auto refused = [&](const char* field, std::int64_t number) {
    json changed = plan;
    changed[field] = number;
    program.write("own.jsonl", changed.dump() + "\n[5,0,\"invoke\",\"write\",7,3]\n");
    const Ended ended = program.run("test --schedule own.jsonl");
    EXPECT_EQ(ended.code, 254) << field << ended.out;
    EXPECT_THAT(ended.err, HasSubstr("own.jsonl:1:1: in the plan, ")) << field;
    return ended.err;
  };
  for (const char* field : {"nodes", "concurrency", "rate", "threads-per-key", "ops-per-key",
                            "values", "nemesis-interval-ns"}) {
    EXPECT_THAT(refused(field, 0), HasSubstr("a number is 0 that must be 1 or more"));
  }
  for (const char* field :
       {"time-limit-ns", "nemesis-interval-ns", "recovery-bound-ns", "latency-ns"}) {
    EXPECT_THAT(refused(field, INT64_MAX), HasSubstr("expected times up to 1000000000000000000"));
  }
}

TEST_F(ReplayTest, SpeedsOfClocksInAScheduleAreThoseThatClocksHave) {
  const std::string plan = plan_line("clock");
  for (const char* speed : {"n1=500", "n1=2000", "n1=499", "n1=2001", "n1=0", ""}) {
    program.write("own.jsonl", plan + "[5,0,\"invoke\",\"write\",7,3]\n" +
                                   "[9,\"nemesis\",\"invoke\",\"skew-clock\",null,\"" + speed +
                                   "\"]\n");
    const Ended ended = program.run("test --schedule own.jsonl");
    const bool good = std::string(speed).ends_with("00");
    EXPECT_EQ(ended.code, good ? 0 : 254) << speed << ended.out;
    if (good) continue;
    EXPECT_THAT(ended.err, HasSubstr("is no speed of a clock: expected")) << speed;
  }
}

// Its history says no more, so what it says is not the whole.
TEST_F(ReplayTest, WhatWasInterruptedIsUnknownAgain) {
  const Ended cut = program.shell(
      "\"$P\" test --no-swarm --time-limit 1000000 & run=$!; "
      "until test -s results/latest/history.jsonl; do sleep 0.05; done; sleep 0.5; "
      "kill -TERM $run; wait $run");
  ASSERT_EQ(cut.code, 2) << cut.out << cut.err;
  const Ended ended = program.run("replay");
  EXPECT_EQ(ended.code, 2) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("byte for byte, but that it was not interrupted"));
  EXPECT_THAT(ended.out, HasSubstr("the run was interrupted then"));
}

TEST_F(ReplayTest, FlagsOfAPlanAreRefusedBesideASchedule) {
  program.write("own.jsonl", plan_line());
  const Ended ended = program.run("test --schedule own.jsonl --seed 3");
  EXPECT_EQ(ended.code, 254);
  EXPECT_THAT(ended.err, HasSubstr("--seed: with --schedule the plan is that of the file"));
  EXPECT_EQ(program.run("test --schedule none.jsonl").code, 254);
  EXPECT_EQ(program.run("replay --attempts 3").code, 254);
  EXPECT_EQ(program.run("replay none").code, 254);
}

}  // namespace
}  // namespace faultline

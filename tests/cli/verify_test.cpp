// faultline verify: evidence holds, and what was tampered with does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

struct VerifyTest : testing::Test {
  Program program;

  std::string replaced(std::string text, const std::string& from, const std::string& to) const {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  }
};

constexpr const char* kStaleRead =
    "0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n0\t:invoke\t:write\t2\n0\t:ok\t:write\t2\n"
    "1\t:invoke\t:read\tnil\n1\t:ok\t:read\t1\n";

TEST_F(VerifyTest, TheEvidenceOfARunHolds) {
  ASSERT_EQ(program.run("test --seed 4 --time-limit 5").code, 0);
  const Ended ended = program.run("verify");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nVERIFIED: the evidence for"));
  const json whole = json::parse(program.run("verify --json").out);
  EXPECT_EQ(whole["verified"], true);
  EXPECT_EQ(whole["held"], whole["parts"].size());
}

TEST_F(VerifyTest, TheEvidenceOfAnInvalidRunHolds) {
  ASSERT_EQ(program.run("test --bug stale-read --seed 1").code, 1);
  const Ended ended = program.run("verify latest");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("invalid, evidence holds: a core of "));
}

TEST_F(VerifyTest, AHistoryThatWasChangedAfterwardsDoesNotFitItsEvidence) {
  program.write("h.txt", kStaleRead);
  ASSERT_EQ(program.run("check h.txt --model register --evidence e.jsonl").code, 1);
  EXPECT_EQ(program.run("verify e.jsonl").code, 0);
  program.write("h.txt", replaced(kStaleRead, ":ok\t:read\t1", ":ok\t:read\t2"));
  const Ended ended = program.run("verify e.jsonl");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("evidence FAILS: what it keeps is linearizable"));
  EXPECT_THAT(ended.out, HasSubstr("REFUTED"));
}

TEST_F(VerifyTest, EvidenceThatLeavesOutWhatMattersFails) {
  program.write("h.txt", "0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n");
  ASSERT_EQ(program.run("check h.txt --model register --evidence e.jsonl").code, 0);
  program.write("e.jsonl", replaced(slurp(program.path("e.jsonl")), "[0]", "[]"));
  const Ended ended = program.run("verify e.jsonl");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("op 0, which completed, is missing"));
}

TEST_F(VerifyTest, ResultsThatSayOtherwiseAreRefuted) {
  ASSERT_EQ(program.run("test --seed 4 --time-limit 5").code, 0);
  std::string results = slurp(program.latest("results.json"));
  const std::size_t at = results.find("\"checker\": \"linearizable\"");
  ASSERT_NE(at, std::string::npos);
  results.replace(results.find("\"valid\"", at), 7, "\"invalid\"");
  std::ofstream(program.latest("results.json")) << results;
  const Ended ended = program.run("verify");
  EXPECT_EQ(ended.code, 1) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("says invalid, but the evidence is for valid"));
}

TEST_F(VerifyTest, AKeyThatTheHistoryDoesNotHaveFails) {
  program.write("h.txt", kStaleRead);
  ASSERT_EQ(program.run("check h.txt --model register --evidence e.jsonl").code, 1);
  program.write("e.jsonl", slurp(program.path("e.jsonl")) +
                               R"({"key":9,"verdict":"valid","linearization":[]})" + "\n");
  EXPECT_EQ(program.run("verify e.jsonl").code, 1);
}

// What was invoked without a value got one when it completed; and what failed does not count.
TEST_F(VerifyTest, WhatCheckAcceptsCanBeVerified) {
  program.write("a.txt", "0\t:invoke\t:cas\tnil\n0\t:fail\t:cas\tnil\n");
  program.write("b.txt", "0\t:invoke\t:cas\tnil\n0\t:ok\t:cas\t[nil 1]\n");
  program.write("c.txt", "0\t:invoke\t:enqueue\tnil\n0\t:ok\t:enqueue\t1\n");
  for (const std::string file : {"a", "b", "c"}) {
    const int code = program.run("check " + file + ".txt --evidence e.jsonl").code;
    EXPECT_EQ(code, 0) << file;
    EXPECT_EQ(program.run("verify e.jsonl").code, 0) << file;
  }
}

TEST_F(VerifyTest, EvidenceOverwritesNothingElse) {
  program.write("h.txt", kStaleRead);
  for (const std::string out : {"h.txt", "other"}) {
    program.write("other", "precious");
    const Ended ended = program.run("check h.txt --model register --evidence " + out);
    EXPECT_EQ(ended.code, 254);
    EXPECT_THAT(ended.err, HasSubstr("it exists and is no evidence"));
  }
  EXPECT_EQ(slurp(program.path("h.txt")), kStaleRead);
  EXPECT_EQ(program.run("check h.txt --model register --evidence e.jsonl").code, 1);
  EXPECT_EQ(program.run("check h.txt --model register --evidence e.jsonl").code, 1) << "its own";
}

TEST_F(VerifyTest, AnUnknownVerdictHasNoProof) {
  program.write("h.txt", kStaleRead);
  ASSERT_EQ(program.run("check h.txt --model register --evidence e.jsonl").code, 1);
  std::string text = slurp(program.path("e.jsonl"));
  text = text.substr(0, text.find('\n') + 1);
  program.write("e.jsonl", text + "{\"verdict\":\"unknown\",\"reason\":\"out of time\"}\n");
  const Ended ended = program.run("verify e.jsonl");
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.out, HasSubstr("unknown, evidence missing: out of time"));
  program.write("e.jsonl", text);
  EXPECT_EQ(program.run("verify e.jsonl").code, 2) << "a key that is not mentioned is not proved";
}

TEST_F(VerifyTest, AnInitialStateThatIsNoneOfTheModelProvesNothing) {
  program.write("h.txt", "0\t:invoke\t:enqueue\t1\n0\t:ok\t:enqueue\t1\n");
  ASSERT_EQ(program.run("check h.txt --model bag --evidence e.jsonl").code, 0);
  const std::string text = slurp(program.path("e.jsonl"));
  const std::string initial = "\"initial\":[]";
  const std::size_t at = text.find(initial);
  ASSERT_NE(at, std::string::npos) << text;
  for (const std::string other : {"[[],[]]", "\"x\"", "[[\"x\"]]"}) {
    std::string changed = text;
    changed.replace(at, initial.size(), "\"initial\":" + other);
    program.write("e.jsonl", changed);
    const Ended ended = program.run("verify e.jsonl");
    EXPECT_EQ(ended.code, 1) << other << ended.out << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("is none of the model")) << other;
  }
}

TEST_F(VerifyTest, WhatIsNoEvidenceIsRefusedWithItsPlace) {
  program.write("h.txt", kStaleRead);
  EXPECT_THAT(program.run("verify h.txt").err, HasSubstr("h.txt:1:1: expected evidence"));
  EXPECT_EQ(program.run("verify h.txt").code, 254);
  EXPECT_EQ(program.run("verify nosuch").code, 254);
  ASSERT_EQ(program.run("check h.txt --model register --evidence e.jsonl").code, 1);
  std::string text = slurp(program.path("e.jsonl"));
  program.write("e.jsonl", text.substr(0, text.size() - 9));
  EXPECT_THAT(program.run("verify e.jsonl").err, HasSubstr("e.jsonl:2:1: expected the evidence"));
  program.write("e.jsonl", text);
  program.write("h.txt", std::string(kStaleRead) + "2\t:invoke\t:read\tnil\n");
  EXPECT_THAT(program.run("verify e.jsonl").err, HasSubstr("7 events"));
  fs::remove(program.path("h.txt"));
  EXPECT_EQ(program.run("verify e.jsonl").code, 254);
}

}  // namespace
}  // namespace faultline

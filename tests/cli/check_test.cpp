// faultline check, on recorded histories and on what is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

fs::path data_folder() {
  const char* given = std::getenv("FAULTLINE_DATA");
  return fs::absolute(given != nullptr ? given : FAULTLINE_SOURCE_DIR "/../shared/data");
}

struct CheckTest : testing::Test {
  Program program;
};

struct RecordedCheckTest : CheckTest {
  const std::string invalid = (data_folder() / "etcd-logs/etcd_000.log").string();
  const std::string valid = (data_folder() / "etcd-logs/etcd_002.log").string();

  void SetUp() override {
    if (!fs::exists(valid)) GTEST_SKIP() << "no recorded histories at " << data_folder();
  }
};

TEST_F(RecordedCheckTest, OneFileGivesItsVerdict) {
  const Ended good = program.run("check " + valid);
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("\nvalid"));
  const Ended bad = program.run("check " + invalid);
  EXPECT_EQ(bad.code, 1) << bad.err;
  EXPECT_THAT(bad.out, HasSubstr("\ninvalid: "));
  EXPECT_THAT(bad.out, HasSubstr("<=="));
}

TEST_F(RecordedCheckTest, SeveralFilesGiveTheWorst) {
  const Ended ended = program.run("check " + invalid + " " + valid);
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.out, invalid + ": invalid\n" + valid + ": valid\n");
  EXPECT_EQ(program.run("check " + valid + " " + valid).code, 0);
}

TEST_F(RecordedCheckTest, AFileThatCannotBeReadMasksValidButNotInvalid) {
  const Ended with_valid = program.run("check nosuch " + valid);
  EXPECT_EQ(with_valid.code, 254);
  EXPECT_THAT(with_valid.out, HasSubstr(valid + ": valid")) << "the others are judged";
  EXPECT_EQ(program.run("check nosuch " + invalid).code, 1);
}

TEST_F(RecordedCheckTest, JsonIsOneLineAFile) {
  const Ended ended = program.run("check --json " + invalid + " " + valid);
  EXPECT_EQ(ended.code, 1);
  std::istringstream lines(ended.out);
  std::vector<json> all;
  for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["file"], invalid);
  EXPECT_EQ(all[0]["verdict"], "invalid");
  EXPECT_EQ(all[1]["verdict"], "valid");
  EXPECT_EQ(all[1]["model"], "cas-register");
}

TEST_F(RecordedCheckTest, AModelThatDoesNotExistIsNamed) {
  const Ended ended = program.run("check --model foo " + valid);
  EXPECT_EQ(ended.code, 254);
  EXPECT_THAT(ended.err, HasSubstr("--model foo"));
}

TEST_F(CheckTest, WhatIsNoHistoryIsRefusedWithItsName) {
  program.write("empty", "");
  program.write("garbage", "the quick brown fox\n");
  program.write("binary", std::string("\0\1\2\377\376", 5));
  for (const char* file : {"missing", "empty", "garbage", "binary", "."}) {
    const Ended ended = program.run(std::string("check ") + file);
    EXPECT_EQ(ended.code, 254) << file << "\n" << ended.out << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(std::string("faultline: ") + file)) << file;
  }
}

TEST_F(CheckTest, ItsOwnHistoriesAreRead) {
  ASSERT_EQ(program.run("test --time-limit 2").code, 0);
  const Ended ended = program.run("check " + program.latest("history.jsonl").string());
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

}  // namespace
}  // namespace faultline

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
  EXPECT_THAT(ended.out, testing::StartsWith(invalid + ": invalid: "));
  EXPECT_THAT(ended.out, testing::EndsWith("\n" + valid + ": valid\n"));
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
  ASSERT_EQ(all[1]["checks"].size(), 2U);
  EXPECT_EQ(all[1]["checks"][0]["checker"], "stats");
  EXPECT_EQ(all[1]["checks"][1]["checker"], "linearizable");
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

TEST_F(CheckTest, WhatShowsNothingIsUnknown) {
  program.write("none", "[]");
  program.write("comment", "; nothing happened\n");
  program.write("open", "{:process 0, :type :invoke, :f :write, :value 1}");
  program.write("bare", R"({"faultline":"history","version":1,)"
                        R"("columns":["time","process","type","f","key","value","error"]})"
                        "\n");
  for (const char* file : {"none", "comment", "open", "bare"}) {
    const Ended ended = program.run(std::string("check ") + file);
    EXPECT_EQ(ended.code, 2) << file << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("\nunknown: nothing succeeded")) << file;
  }
}

TEST_F(CheckTest, WhatIsMalformedIsRefusedWithItsLine) {
  const std::string write = "{:process 0, :type :invoke, :f :write, :value 1}\n";
  const std::string read_ok = "{:process 0, :type :ok, :f :read, :value 1}\n";
  program.write("unasked", write + "{:process 0, :type :ok, :f :write}\n; x\n" + read_ok);
  program.write("twice", write + write);
  program.write("other", write + read_ok);
  program.write("strange", write + "{:process 1, :type :invoke, :f :shout}\n");
  program.write("nameless", "\n{:process 1, :type :invoke, :value 3}\n");
  program.write("argument", "{:process 1, :type :invoke, :f :cas, :value 3}\n");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"unasked", "unasked:4: process 0 completes a read that it did not invoke"},
      {"twice", "twice:2: process 0 invokes write while its write is open"},
      {"other", "other:2: process 0 completes a read, but it invoked a write"},
      {"--model register strange", "strange:2: the model register does not know shout; it knows"},
      {"strange", "strange: no model knows the functions shout, write; name one with --model"},
      {"nameless", "nameless:2: this op has no function"},
      {"argument", "argument:1: a cas must have the value [expected new], not 3"}};
  for (const auto& [arguments, message] : cases) {
    const Ended ended = program.run("check " + arguments);
    EXPECT_EQ(ended.code, 254) << arguments << ended.out;
    EXPECT_THAT(ended.err, HasSubstr("faultline: " + message)) << arguments;
  }
}

TEST_F(CheckTest, AFileThatCannotBeReadHasItsLineOfJson) {
  program.write("none", "[]");
  const Ended ended = program.run("check --json missing none");
  EXPECT_EQ(ended.code, 254);
  std::istringstream lines(ended.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(json::parse(line), (json{{"file", "missing"}, {"error", "missing: no such file"}}));
  std::getline(lines, line);
  EXPECT_EQ(json::parse(line)["verdict"], "unknown");
}

TEST_F(CheckTest, OfSeveralFilesNotesAndReasonsAreShownToo) {
  program.write("noted", "what\nINFO jepsen.util - 0 :invoke :read nil\n");
  program.write("none", "[]");
  const Ended ended = program.run("check noted none");
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.out,
            "noted: unknown: nothing succeeded: none of 1 ops is ok, or known to have failed\n"
            "  note: lines that are no ops, skipped: 1, the first is line 1\n"
            "none: unknown: nothing succeeded: none of 0 ops is ok, or known to have failed\n");
}

TEST_F(CheckTest, CounterexamplesNameTheLinesOfTheFile) {
  program.write("h",
                "; one\n\n{:process 0, :type :invoke, :f :write, :value 1}\n"
                "{:process 0, :type :ok, :f :write, :value 1}\n; x\n"
                "{:process 1, :type :invoke, :f :read}\n"
                "{:process 1, :type :ok, :f :read, :value \"\\u001b[2J\"}\n");
  const Ended ended = program.run("check h");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\n  line      process  call "));
  EXPECT_THAT(ended.out, HasSubstr("\n  3         0        write 1 "));
  EXPECT_THAT(ended.out, HasSubstr("\n  6         1        read \"\\u001b[2J\" "));
  EXPECT_EQ(ended.out.find('\x1b'), std::string::npos);
}

TEST_F(CheckTest, WithoutMemoryThereIsNoVerdict) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer wants more address space than is left";
#endif
  std::string text;
  for (int i = 0; i < 400'000; ++i) {
    text += "{:process " + std::to_string(i) + " :type :invoke :f :write :value 1}\n";
  }
  program.write("big", text);
  // Enough to start (20 MB) and to map the file (20 MB), too little for its ops.
  const Ended ended = program.shell("ulimit -v 46000; \"$P\" check big");
  EXPECT_EQ(ended.code, 2) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("big: out of memory, so there is no verdict"));
}

TEST_F(CheckTest, ARunsDirectoryIsForAnalyze) {
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  const Ended ended = program.run("check results/latest");
  EXPECT_EQ(ended.code, 254);
  EXPECT_THAT(ended.err, HasSubstr("judge it with: faultline analyze results/latest\n"));
}

TEST_F(CheckTest, ItsOwnHistoriesAreRead) {
  ASSERT_EQ(program.run("test --time-limit 2").code, 0);
  const Ended ended = program.run("check " + program.latest("history.jsonl").string());
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

// Adds at the same time, and a read of what none of them made: there are 2^40 sets on the way.
std::string hopeless_history() {
  constexpr int kAdds = 40;
  std::string text;
  for (const char* type : {"invoke", "ok"}) {
    for (int i = 0; i < kAdds; ++i) {
      text += std::to_string(i) + "\t:" + type + "\t:add\t" + std::to_string(i) + "\n";
    }
  }
  return text + "0\t:invoke\t:read\tnil\n0\t:ok\t:read\t[99]\n";
}

TEST_F(CheckTest, ATimeLimitEndsALongCheck) {
  program.write("h.txt", hopeless_history());
  const Ended ended = program.run("check h.txt --model set --time-limit 0.2 --evidence e.jsonl");
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("ms were spent"));
  EXPECT_EQ(program.run("verify e.jsonl").code, 2) << "nothing is proved";
}

TEST_F(CheckTest, AnInterruptionGivesTheStateSoFar) {
  program.write("h.txt", hopeless_history());
  const Ended ended = program.shell(
      "\"$P\" check h.txt --model set --time-limit 100 & check=$!; sleep 0.3; kill -TERM $check; "
      "wait $check");
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("it was stopped"));
  EXPECT_THAT(ended.out, HasSubstr("undecided after"));
}

}  // namespace
}  // namespace faultline

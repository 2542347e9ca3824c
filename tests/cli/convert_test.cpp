// faultline convert: files, formats, what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct ConvertTest : testing::Test {
  Program program;

  void SetUp() override {
    program.write("h.edn",
                  "{:process 0, :type :invoke, :f :write, :value [7 1]}\n"
                  "{:process 0, :type :ok, :f :write, :value [7 1], :node \"n1\"}\n"
                  "{:process 1, :type :invoke, :f :read, :value [7 nil]}\n"
                  "{:process 1, :type :ok, :f :read, :value [7 1]}\n");
  }
};

TEST_F(ConvertTest, ThereAndBack) {
  const Ended there = program.run("convert --independent h.edn h.jsonl");
  EXPECT_EQ(there.code, 0) << there.err;
  EXPECT_EQ(there.out, "");
  EXPECT_EQ(there.err, "note: keys that were not used: :node\n");
  EXPECT_THAT(slurp(program.path("h.jsonl")), EndsWith("[0,1,\"ok\",\"read\",7,1]\n"));
  const Ended back = program.run("convert h.jsonl back.edn");
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(back.err, "note: every value is written as [key value]; to read it: --independent\n");
  EXPECT_EQ(program.run("convert --independent back.edn again.jsonl").code, 0);
  EXPECT_EQ(slurp(program.path("again.jsonl")), slurp(program.path("h.jsonl")));
  for (const char* file : {"h.jsonl", "again.jsonl", "--independent back.edn"}) {
    EXPECT_EQ(program.run(std::string("check ") + file).code, 0) << file;
  }
}

TEST_F(ConvertTest, WritesToStandardOutput) {
  const Ended ended = program.run("convert --to edn h.edn -");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, StartsWith("{:index 0, :time 0, :type :invoke, :process 0, :f :write, "));
  EXPECT_FALSE(fs::exists(program.path("-")));
  EXPECT_EQ(program.run("convert h.edn -").code, 254);
  EXPECT_EQ(program.shell("cat h.edn | \"$P\" convert /dev/stdin x.jsonl").code, 0);
}

TEST_F(ConvertTest, OverwritesOnlyByForce) {
  program.write("out.jsonl", "precious");
  const Ended refused = program.run("convert h.edn out.jsonl");
  EXPECT_EQ(refused.code, 254);
  EXPECT_EQ(refused.err, "faultline: out.jsonl: it exists; --force overwrites it\n");
  EXPECT_EQ(slurp(program.path("out.jsonl")), "precious");
  EXPECT_EQ(program.run("convert --force h.edn out.jsonl").code, 0);
  EXPECT_THAT(slurp(program.path("out.jsonl")), StartsWith("{\"faultline\""));
  EXPECT_EQ(program.run("convert --force --to edn h.edn h.edn").code, 0) << "onto itself";
  EXPECT_EQ(program.run("check --independent h.edn").code, 0);
}

TEST_F(ConvertTest, BadInputWritesNothing) {
  program.write("bad.edn", "{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :f\n");
  const Ended ended = program.run("convert bad.edn out.jsonl");
  EXPECT_EQ(ended.code, 254);
  EXPECT_THAT(ended.err, StartsWith("faultline: bad.edn:2:1: expected a '}'"));
  program.write("old.jsonl", "precious");
  EXPECT_EQ(program.run("convert --force bad.edn old.jsonl").code, 254);
  EXPECT_EQ(slurp(program.path("old.jsonl")), "precious");
  EXPECT_FALSE(fs::exists(program.path("out.jsonl")));
  for (const auto& entry : fs::directory_iterator(program.path("."))) {
    EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
  }
}

TEST_F(ConvertTest, RefusesWhatItCannotDo) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"convert", "convert needs two files"},
      {"convert h.edn", "convert needs two files"},
      {"convert h.edn out", "out: its extension says no format; expected .jsonl or .edn, or --to"},
      {"convert h.edn out.txt", "out.txt: its extension says no format"},
      {"convert --to xml h.edn out", "--to"},
      {"convert missing out.edn", "missing: no such file"},
      {"convert h.edn a.edn b.edn", "convert does not take 'b.edn'"}};
  for (const auto& [arguments, message] : cases) {
    const Ended ended = program.run(arguments);
    EXPECT_EQ(ended.code, 254) << arguments << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(message)) << arguments;
  }
  EXPECT_EQ(program.run("convert h.edn nowhere/out.edn").code, 255);
  EXPECT_EQ(program.run("convert --force --to edn h.edn /dev/null").code, 255);
  EXPECT_EQ(program.shell("\"$P\" convert --to edn h.edn - > /dev/full").code, 255);
}

TEST_F(ConvertTest, ItsOwnRunsAreReadBackAsEdn) {
  ASSERT_EQ(program.run("test --time-limit 2").code, 0);
  const std::string stored = program.latest("history.jsonl").string();
  ASSERT_EQ(program.run("convert " + stored + " run.edn").code, 0);
  ASSERT_EQ(program.run("convert --independent run.edn run.jsonl").code, 0);
  const Ended first = program.run("check --json " + stored);
  const Ended last = program.run("check --json run.jsonl");
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(last.out.substr(last.out.find("\"verdict\"")),
            first.out.substr(first.out.find("\"verdict\"")));
}

}  // namespace
}  // namespace faultline

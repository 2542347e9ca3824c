// --junit and --summary of every command that judges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using boost::property_tree::ptree;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kFiles = " --junit out.xml --summary out.md";

struct ResultFilesTest : testing::Test {
  Program program;

  std::string summary() const { return slurp(program.path("out.md")); }
  ptree junit() const {
    ptree xml;
    read_xml(program.path("out.xml").string(), xml);
    return xml.get_child("testsuites");
  }
  int count(const char* what) const { return junit().get<int>(std::string("<xmlattr>.") + what); }
  // What the files say is what the exit code says.
  void expect_agreement(const Ended& ended) const {
    const bool invalid = count("failures") > 0;
    const int code = invalid ? 1 : count("errors") > 0 ? 2 : 0;
    EXPECT_EQ(ended.code, code) << ended.out << ended.err;
    const char* words[] = {": ✅ valid\n", ": ❌ invalid\n", ": ❔ unknown\n"};
    EXPECT_THAT(summary().substr(0, summary().find('\n') + 1), testing::EndsWith(words[code]));
  }
};

TEST_F(ResultFilesTest, OfATestThatIsValid) {
  const Ended ended = program.run("test --seed 1 --time-limit 3" + kFiles);
  expect_agreement(ended);
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(count("tests"), 4) << "complete, stats, linearizable, recovery";
  EXPECT_EQ(junit().get<std::string>("testsuite.<xmlattr>.name"), "raft-register seed 1");
  EXPECT_THAT(summary(), StartsWith("## faultline test: ✅ valid\n\n**raft\\-register seed 1**\n"));
  EXPECT_THAT(summary(), HasSubstr("| linearizable | ✅ valid |"));
  EXPECT_THAT(summary(), HasSubstr("```sh\n./faultline test --seed 1 --time-limit 3\n```"));
  EXPECT_THAT(summary(), Not(HasSubstr("<details>")));
  EXPECT_EQ(line_after(ended.out, "summary"), "out.md");
}

TEST_F(ResultFilesTest, OfATestThatIsInvalid) {
  const Ended ended = program.run("test --bug stale-read --seed 1" + kFiles);
  expect_agreement(ended);
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(summary(), HasSubstr("<details><summary>Counterexample</summary>\n\n```text\nNot"));
  EXPECT_THAT(slurp(program.path("out.xml")), HasSubstr("Not linearizable: key"));
  const Ended again = program.run("analyze" + kFiles);
  expect_agreement(again);
  EXPECT_THAT(summary(), StartsWith("## faultline analyze: ❌ invalid\n"));
}

TEST_F(ResultFilesTest, OfSeveralRuns) {
  const Ended ended = program.run("test --test-count 3 --time-limit 2" + kFiles);
  expect_agreement(ended);
  EXPECT_EQ(junit().count("testsuite"), 3U);
  EXPECT_THAT(summary(), HasSubstr("\nall 3 runs \\(seeds 1 to 3\\)\n"));
  EXPECT_THAT(summary(), HasSubstr("| raft\\-register seed 3 | ✅ valid |"));
}

TEST_F(ResultFilesTest, RunsThatDidNotTakePlaceDoNotPass) {
  const Ended ended =
      program.shell("\"$P\" test --time-limit 1000000 --test-count 9" + kFiles +
                    " & while ! test -s results/latest/history.jsonl; do sleep 0.05; done; "
                    "kill -TERM $!; wait $!");
  EXPECT_EQ(ended.code, 2);
  expect_agreement(ended);
}

TEST_F(ResultFilesTest, AProgramThatWasKilledLeavesNoVerdictOfAnEarlierTime) {
  EXPECT_EQ(program.run("test --time-limit 1" + kFiles).code, 0);
  program.run_and_kill("test --time-limit 1000000 --results other" + kFiles,
                       [this] { return fs::exists(program.path("other/latest/history.jsonl")); });
  EXPECT_EQ(count("errors"), 1);
  EXPECT_THAT(summary(), StartsWith("## faultline test: ❔ unknown\n\nit did not come to its end"));
}

TEST_F(ResultFilesTest, WhatEndsTheProgramIsInThem) {
  program.write("file", "no directory");
  const Ended ended = program.run("test --time-limit 1 --results file/results" + kFiles);
  EXPECT_EQ(ended.code, 255);
  EXPECT_EQ(count("errors"), 1);
  EXPECT_EQ(count("tests"), 1);
  EXPECT_THAT(summary(), HasSubstr("cannot create the directory"));
}

TEST_F(ResultFilesTest, WhatIsRefusedLeavesNoVerdictOfAnEarlierTime) {
  for (const std::string command :
       {"test --target etcd", "test --nodes none", "analyze nowhere", "replay nowhere",
        "campaign --seeds none", "campaign merge nowhere", "check nowhere --model none"}) {
    EXPECT_EQ(program.run("test --time-limit 1" + kFiles).code, 0);
    ASSERT_EQ(count("errors"), 0);
    EXPECT_EQ(program.run(command + kFiles).code, 254) << command;
    EXPECT_EQ(count("errors"), 1) << command;
    EXPECT_THAT(summary(), HasSubstr("unknown")) << command;
  }
}

TEST_F(ResultFilesTest, APlaceThatCannotBeWrittenIsFoundBeforeAnythingIsRun) {
  program.write("history.jsonl", "");
  for (const std::string command : {"test", "campaign --seeds 1", "check history.jsonl"}) {
    for (const std::string flag : {"--junit", "--summary"}) {
      for (const std::string place : {"none/out", "/dev/full", "."}) {
        SCOPED_TRACE(command + " " + flag + " " + place);
        const Ended ended = program.run(command + " " + flag + " " + place);
        EXPECT_EQ(ended.code, 254) << ended.out;
        EXPECT_THAT(ended.err, HasSubstr("faultline: " + flag + " " + place + ": cannot"));
      }
    }
  }
  EXPECT_EQ(program.run("test --junit same --summary ./same").code, 254);
  EXPECT_EQ(program.shell("\"$P\" test --junit ''").code, 254);
  EXPECT_FALSE(fs::exists(program.path("results")));
}

TEST_F(ResultFilesTest, OfCheckedFilesWhateverTheirNames) {
  program.run("test --bug stale-read --seed 1");
  fs::copy(program.latest("history.jsonl"), program.path("a|b<script>@x.jsonl"));
  const Ended ended = program.shell("\"$P\" check 'a|b<script>@x.jsonl' missing" + kFiles);
  expect_agreement(ended);
  EXPECT_EQ(count("errors"), 1) << "missing";
  EXPECT_THAT(summary(), HasSubstr("| a\\|b&lt;script&gt;\\@<!-- -->x\\.jsonl | ❌ invalid |"));
  EXPECT_THAT(summary(), HasSubstr("check --model cas-register 'a|b<script>@x.jsonl'\n"));
  const Ended bad = program.run("check missing" + kFiles);
  EXPECT_EQ(bad.code, 254);
  EXPECT_EQ(count("errors"), 1);
  EXPECT_THAT(summary(), StartsWith("## faultline check: ❔ unknown\n"));
}

TEST_F(ResultFilesTest, OfACampaignAndItsShards) {
  const std::string command =
      "campaign --keep-going --bugs none,stale-read --seeds 1-3 --no-swarm --time-limit 30";
  const Ended ended = program.run(command + " --dir c" + kFiles);
  expect_agreement(ended);
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(count("tests"), 6);
  EXPECT_THAT(summary(), HasSubstr("| cell | runs | valid | invalid |"));
  EXPECT_THAT(summary(), HasSubstr("| **all** | 6 |"));
  EXPECT_THAT(summary(), HasSubstr("<details><summary>Counterexample</summary>"));
  const std::string whole = summary();
  expect_agreement(program.run("campaign merge c" + kFiles));
  EXPECT_EQ(summary(), whole);
}

TEST_F(ResultFilesTest, OfAReplay) {
  program.run("test --bug stale-read --seed 1");
  expect_agreement(program.run("replay" + kFiles));
  EXPECT_THAT(summary(), HasSubstr("the same history byte for byte"));
  // A history that was changed is not that of the run: no verdict.
  program.shell(
      "cp -rL results/latest other; sed -i '2s/write/writE/;2s/read/reaD/' "
      "other/history.jsonl");
  const Ended differs = program.run("replay other" + kFiles);
  EXPECT_NE(differs.code, 0);
  EXPECT_EQ(count("errors"), 1) << differs.err;
}

}  // namespace
}  // namespace faultline

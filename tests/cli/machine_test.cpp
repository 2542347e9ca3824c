// What programs read: every document that --json prints, and results.json, is as the schema says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct MachineTest : testing::Test {
  Program program;

  void SetUp() override {
    const Ended found = program.shell(
        "for p in /usr/bin/python3 python3; do\n"
        "  $p -c 'from jsonschema import Draft202012Validator' && echo $p && break\n"
        "done");
    python_ = found.out.substr(0, found.out.find('\n'));
    if (python_.empty()) GTEST_SKIP() << "needs Debian's python3-jsonschema";
  }

  // Every line of `text` (or all of it) is what the schema calls `what`; with --none: none is.
  void expect(const std::string& what, const std::string& text, const char* option = "") const {
    ASSERT_NE(text, "");
    program.write("documents", text);
    const std::string source = FAULTLINE_SOURCE_DIR;
    const Ended ended =
        program.shell(python_ + " " + source + "/tests/cli/validate_json.py " + option + " " +
                      source + "/harness/report/results.schema.json " + what + " documents");
    EXPECT_EQ(ended.code, 0) << ended.err << text.substr(0, 2000);
  }

  // What is stored is what is printed.
  void expect_results_of(const std::string& arguments, std::optional<int> code) const {
    SCOPED_TRACE(arguments);
    const Ended ended = program.run(arguments + " --json");
    EXPECT_EQ(ended.code, code.value_or(ended.code)) << ended.out << ended.err;
    expect("results", ended.out);
    EXPECT_EQ(json::parse(lines_of(ended.out).back()),
              json::parse(slurp(program.latest("results.json"))));
  }

 private:
  std::string python_;
};

TEST_F(MachineTest, ResultsOfEveryTargetAndWorkload) {
  for (const char* target : {"raft", "paxos", "dynamo"}) {
    expect_results_of(std::string("test --time-limit 5 --target ") + target, 0);
  }
  expect_results_of("test --time-limit 5 --workload rw-register", 0);
  expect_results_of("test --time-limit 5 --target dynamo --workload eventual", 0);
  // With its default settings this one may lose writes.
  expect_results_of("test --time-limit 5 --target dynamo --workload no-lost-writes", {});
  expect_results_of("test --time-limit 5 --target raft --workload regular", 0);
}

TEST_F(MachineTest, ResultsOfWhatIsInvalid) {
  expect_results_of("test --bug stale-read --seed 1", 1);
  expect_results_of("test --bug stale-read --seed 1 --no-fail-fast", 1);
  expect_results_of("analyze", 1);
}

TEST_F(MachineTest, ResultsOfWhatIsUnknown) {
  program.run_and_kill("test --time-limit 1000000", [this] {
    std::error_code error;
    const fs::path history = program.latest("history.jsonl");
    return fs::exists(history, error) && fs::file_size(history, error) > 100'000;
  });
  const Ended cut = program.run("analyze --json");
  EXPECT_EQ(cut.code, 2) << cut.out << cut.err;
  expect("results", cut.out);
  const Ended stopped = program.shell(
      "\"$P\" test --time-limit 1000000 --json & "
      "sleep 1; kill -TERM $!; wait $!");
  EXPECT_EQ(stopped.code, 2) << stopped.err;
  expect("results", stopped.out);
}

TEST_F(MachineTest, ResultsOfEtcd) {
  const Ended doctor = program.run("doctor --json");
  expect("doctor", doctor.out);
  const json found = json::parse(doctor.out);
  const json& etcd = found.at("targets").back();
  if (!found["environments"]["local"]["works"] || !etcd.at("works")) {
    GTEST_SKIP() << "needs namespaces and an etcd: see faultline doctor";
  }
  expect_results_of("test --env local --target etcd --nodes 1 --nemesis none --time-limit 2", 0);
}

TEST_F(MachineTest, WhatCheckSays) {
  program.run("test --bug stale-read --seed 1");
  const std::string invalid = program.latest("history.jsonl").string();
  EXPECT_EQ(program.run("convert " + invalid + " run.edn").code, 0);
  program.run("test --seed 1 --time-limit 3");
  program.write("bad.jsonl", "no history\n");
  const Ended ended =
      program.run("check --json run.edn " + program.latest("history.jsonl").string() +
                  " bad.jsonl missing.jsonl");
  EXPECT_EQ(ended.code, 1) << ended.err;
  ASSERT_EQ(lines_of(ended.out).size(), 4U);
  expect("check", ended.out);
  EXPECT_EQ(json::parse(lines_of(ended.out)[1]).at("verdict"), "valid");
  EXPECT_EQ(json::parse(lines_of(ended.out)[2]).at("file"), "bad.jsonl");
  const Ended unknown = program.run("check --json --time-limit 0.001 run.edn");
  expect("check", unknown.out);
}

TEST_F(MachineTest, WhatACampaignSays) {
  const std::string command = "campaign --json --keep-going --bugs none,stale-read --seeds 1-4";
  for (const std::string index : {"0", "1"}) {
    const Ended ended = program.run(command + " --dir s" + index + " --shard " + index + "/2");
    std::vector<std::string> lines = lines_of(ended.out);
    ASSERT_EQ(lines.size(), 5U) << ended.err;
    expect("campaign-summary", lines.back());
    lines.pop_back();
    for (const std::string& line : lines) expect("campaign-run", line);
  }
  const Ended merged = program.run("campaign merge --json s0 s1");
  ASSERT_EQ(lines_of(merged.out).size(), 9U) << merged.err;
  expect("campaign-summary", lines_of(merged.out).back());
}

TEST_F(MachineTest, WhatIsSaidOfAStoredRun) {
  program.run("test --bug stale-read --seed 1");
  const std::string run = fs::canonical(program.path("results/latest")).string();
  const Ended replay = program.run("replay --json " + run);
  EXPECT_EQ(replay.code, 1);
  ASSERT_EQ(lines_of(replay.out).size(), 2U) << replay.out;
  expect("results", lines_of(replay.out)[0]);
  expect("replay-summary", lines_of(replay.out)[1]);
  EXPECT_EQ(json::parse(lines_of(replay.out)[1]).at("summary").at("violated"), 1);
  const std::vector<std::pair<std::string, std::string>> commands = {
      {"verify", "verify --json " + run},
      {"diagram", "diagram --json " + run},
      {"report-file", "report --json " + run},
      {"convert", "convert --json " + run + "/history.jsonl run.edn"},
      {"shrink", "shrink --json " + run}};
  for (const auto& [what, arguments] : commands) {
    const Ended ended = program.run(arguments);
    EXPECT_EQ(ended.code, what == "shrink" ? 1 : 0) << ended.err;
    EXPECT_EQ(lines_of(ended.out).size(), 1U) << ended.out;
    expect(what, ended.out);
  }
}

TEST_F(MachineTest, WhatThereIs) {
  const json all = json::parse(program.run("list --json").out);
  expect("list", all.dump());
  EXPECT_EQ(all.size(), 8U);
  const json bugs = json::parse(program.run("list --json bugs").out);
  expect("list", bugs.dump());
  EXPECT_EQ(bugs.size(), 1U);
  EXPECT_EQ(bugs.at("bugs"), all.at("bugs"));
}

TEST_F(MachineTest, AnErrorIsTheLastLine) {
  const std::vector<std::string> bad = {"test --seed x",
                                        "campaign --seeds x",
                                        "campaign merge none",
                                        "check",
                                        "analyze none",
                                        "replay none",
                                        "shrink none",
                                        "diagram none",
                                        "report none",
                                        "convert none out.edn",
                                        "convert none - --to edn",
                                        "verify none",
                                        "list none",
                                        "doctor --results=",
                                        "list --markdown",
                                        "test --nonsense"};
  for (const std::string& arguments : bad) {
    SCOPED_TRACE(arguments);
    const Ended ended = program.run(arguments + " --json");
    EXPECT_EQ(ended.code, 254) << ended.out;
    ASSERT_EQ(lines_of(ended.out).size(), 1U) << ended.out;
    expect("error", ended.out);
    const json error = json::parse(ended.out);
    EXPECT_EQ(error.at("exit-code"), 254);
    EXPECT_EQ("faultline: " + error.at("error").get<std::string>() + "\n", ended.err);
  }
  program.write("file", "no directory");
  const Ended refused = program.run("test --json --time-limit 1 --results file/results");
  EXPECT_EQ(refused.code, 255);
  expect("error", refused.out);
}

// Every document there is of `document` without one of its fields.
void leave_out_each(const json& document, const json::json_pointer& at, const json& whole,
                    std::string& out) {
  if (document.is_array()) {
    for (std::size_t i = 0; i < document.size(); ++i) {
      leave_out_each(document[i], at / i, whole, out);
    }
  }
  if (!document.is_object()) return;
  for (const auto& [name, value] : document.items()) {
    const bool optional = name.find('.') != std::string::npos || name.starts_with("decided_") ||
                          name == "text" || name == "key" || name == "recovery_ms" ||
                          name == "leader_changes" || name == "invalid_keys" ||
                          name == "unknown_keys" || name == "failing_op" ||
                          name == "target_version";
    if (!optional) {
      json without = whole;
      without[at].erase(name);
      out += without.dump() + "\n";
    }
    leave_out_each(value, at / name, whole, out);
  }
}

TEST_F(MachineTest, AFieldThatIsMissingOrUnknownIsFound) {
  const std::vector<std::pair<std::string, std::string>> documents = {
      {"results", program.run("test --json --bug stale-read --seed 1").out},
      {"results", program.run("test --json --time-limit 3").out},
      {"check", program.run("check --json " + program.latest("history.jsonl").string()).out},
      {"verify", program.run("verify --json").out}};
  for (const auto& [what, text] : documents) {
    const json document = json::parse(text);
    std::string broken;
    leave_out_each(document, json::json_pointer(), document, broken);
    EXPECT_GT(lines_of(broken).size(), document.size());
    json more = document;
    more["surprise"] = 1;
    json wrong = document;
    wrong[what == "verify" ? "held" : "events"] = -1;
    broken += more.dump() + "\n" + wrong.dump() + "\n";
    expect(what, broken, "--none");
  }
}

// The workflow that users copy: its scripts are scripts, and its campaign writes what the other
// steps are about.
TEST(Workflow, DoesWhatItSays) {
  const Program program;
  if (program.shell("/usr/bin/python3 -c 'import yaml'").code != 0) {
    GTEST_SKIP() << "needs Debian's python3-yaml";
  }
  program.write("script.py",
                "import sys, yaml\n"
                "steps = yaml.safe_load(open(sys.argv[1]))['jobs']['campaign']['steps']\n"
                "print(next(s['run'] for s in steps if s.get('name') == sys.argv[2]))\n");
  const std::string file = FAULTLINE_SOURCE_DIR "/harness/report/github-actions.yaml";
  const Ended ended = program.shell(
      "set -e; for step in build campaign; do /usr/bin/python3 script.py " + file +
      " $step > $step.sh; sh -n $step.sh; done\n"
      "ln -s \"$P\" faultline; SEEDS=1-2 GITHUB_STEP_SUMMARY=page.md sh -e campaign.sh");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(slurp(program.path("build.sh")), HasSubstr("./faultline --version"));
  EXPECT_THAT(slurp(program.path("page.md")), HasSubstr("## faultline campaign: ✅ valid"));
  EXPECT_TRUE(fs::exists(program.path("campaign.xml")));
  EXPECT_TRUE(fs::exists(program.path("campaign/campaign.jsonl")));
}

}  // namespace
}  // namespace faultline

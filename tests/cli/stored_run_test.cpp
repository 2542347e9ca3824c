// faultline analyze: what is stored is enough to judge it, even if the end of it is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using namespace std::string_literals;

struct StoredRunTest : testing::Test {
  Program program;

  json results() const { return json::parse(slurp(program.latest("results.json"))); }
};

TEST_F(StoredRunTest, IsJudgedAsItsTestWas) {
  ASSERT_EQ(program.run("test --seed 4 --time-limit 5").code, 0);
  const json before = results();
  fs::remove(program.latest("results.json"));
  const Ended ended = program.run("analyze");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(results()["verdict"], before["verdict"]);
  EXPECT_EQ(results()["events"], before["events"]);
}

TEST_F(StoredRunTest, IsFoundByItsPathAndByItsName) {
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  const std::string path = fs::canonical(program.path("results/latest")).string();
  const std::string time = fs::path(path).filename().string();
  for (const std::string& which : {path, std::string("raft-register"), std::string("latest"), time,
                                   path + "/history.jsonl", "results/latest/history.jsonl"s}) {
    EXPECT_EQ(program.run("analyze " + which).code, 0) << which;
  }
  const Ended ended = program.run("analyze --json " + path);
  EXPECT_EQ(json::parse(ended.out)["verdict"], "valid");
}

TEST_F(StoredRunTest, ATornLastLineIsDroppedWithANote) {
  ASSERT_EQ(program.run("test --time-limit 5").code, 0);
  const auto events = results()["events"].get<int>();
  const auto history = fs::canonical(program.latest("history.jsonl"));
  fs::resize_file(history, fs::file_size(history) - 7);
  const Ended ended = program.run("analyze");
  EXPECT_EQ(ended.code, 2) << ended.out << ended.err;
  EXPECT_THAT(line_after(ended.out, "note:"), HasSubstr("torn"));
  EXPECT_THAT(ended.out, HasSubstr("breaks off"));
  EXPECT_EQ(results()["events"], events - 1);
}

TEST_F(StoredRunTest, DamageInTheMiddleIsNoTornLine) {
  ASSERT_EQ(program.run("test --time-limit 2").code, 0);
  std::string text = slurp(program.latest("history.jsonl"));
  text.replace(text.size() / 2, 60, "#");
  const auto folder = fs::canonical(program.path("results/latest"));
  program.write(fs::relative(folder / "history.jsonl", program.path("")).string(), text);
  const Ended ended = program.run("analyze");
  EXPECT_EQ(ended.code, 254) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("history.jsonl:"));
}

TEST_F(StoredRunTest, KilledInTheMiddleOfARunItCanBeJudged) {
  const auto history = program.latest("history.jsonl");
  program.run_and_kill("test --time-limit 100000", [&history] {
    std::error_code missing;
    const auto size = fs::file_size(history, missing);
    return !missing && size > 200'000;
  });
  ASSERT_GT(fs::file_size(history), 200'000U);
  ASSERT_FALSE(fs::exists(program.latest("results.json")));
  const Ended ended = program.run("analyze");
  EXPECT_EQ(ended.code, 2) << ended.out << ended.err;
  std::map<std::string, std::string> verdicts;
  const json stored = results();
  for (const json& check : stored["checks"]) verdicts[check["checker"]] = check["verdict"];
  EXPECT_EQ(verdicts, (std::map<std::string, std::string>{{"complete", "unknown"},
                                                          {"linearizable", "valid"},
                                                          {"recovery", "unknown"},
                                                          {"stats", "valid"}}));
  EXPECT_GT(results()["events"], 1000);
}

TEST_F(StoredRunTest, ResultsThatCannotBeWrittenLeaveTheVerdict) {
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  fs::remove(program.latest("results.json"));
  fs::create_directory(program.latest("results.json"));
  const Ended ended = program.run("analyze");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nVALID\n"));
  EXPECT_EQ(line_after(ended.out, "results  "), "");
  EXPECT_THAT(ended.err, HasSubstr("faultline: warning: results/raft-register/"));
  EXPECT_THAT(ended.err, HasSubstr("results.json: cannot replace it"));
}

TEST_F(StoredRunTest, AnOldCounterexampleGoesWhenTheVerdictIsValid) {
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  program.write("results/latest/counterexample.txt", "of an older judgement");
  EXPECT_EQ(program.run("analyze").code, 0);
  EXPECT_FALSE(fs::exists(program.latest("counterexample.txt")));
}

TEST_F(StoredRunTest, TheVersionIsKept) {
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  const std::string version = program.run("--version").out;
  const json plan = json::parse(slurp(program.latest("test.json")));
  EXPECT_EQ("faultline " + plan["faultline"].get<std::string>() + "\n", version);
  EXPECT_EQ("faultline " + results()["faultline"].get<std::string>() + "\n", version);
}

TEST_F(StoredRunTest, ALatestThatIsGoneNamesOthers) {
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  const fs::path kept = fs::canonical(program.path("results/latest"));
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  fs::remove_all(fs::canonical(program.path("results/latest")));
  const Ended ended = program.run("analyze");
  EXPECT_EQ(ended.code, 254);
  EXPECT_EQ(ended.err,
            "faultline: results/latest points to a run that is gone; name one: "
            "results/raft-register/" +
                kept.filename().string() + "\n");
}

TEST_F(StoredRunTest, APlanOfTheWrongKindIsRefusedInOurWords) {
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  const json plan = json::parse(slurp(program.latest("test.json")));
  const std::vector<std::pair<json, std::string>> cases = {
      {{{"target", 3}}, "field 'target' must be a text"},
      {{{"nemeses", "kill"}}, "field 'nemeses' must be a list of texts"},
      {{{"seed", "one"}}, "field 'seed' must be a number"},
      {{{"rate", 1.5}}, "field 'rate' must be a whole number from 0 to 2147483647"},
      {{{"nodes", -1}}, "field 'nodes' must be a whole number from 0 to 2147483647"}};
  for (const auto& [patch, message] : cases) {
    json changed = plan;
    changed.update(patch);
    program.write("results/latest/test.json", changed.dump());
    const Ended ended = program.run("analyze");
    EXPECT_EQ(ended.code, 254);
    EXPECT_THAT(ended.err, testing::EndsWith("/test.json: " + message + "\n"));
  }
}

TEST_F(StoredRunTest, APlanThatLacksAFieldIsRefusedWithItsName) {
  ASSERT_EQ(program.run("test --time-limit 1").code, 0);
  json plan = json::parse(slurp(program.latest("test.json")));
  plan.erase("rate");
  program.write("results/latest/test.json", plan.dump());
  const Ended ended = program.run("analyze");
  EXPECT_EQ(ended.code, 254);
  EXPECT_THAT(ended.err, HasSubstr("test.json"));
  EXPECT_THAT(ended.err, HasSubstr("'rate'"));
}

}  // namespace
}  // namespace faultline

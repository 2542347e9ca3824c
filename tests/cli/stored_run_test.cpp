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
  for (const std::string& which : {path, std::string("raft-register"), std::string("latest")}) {
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

// report.html and counterexample.svg, of runs that were really made.
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
using testing::StartsWith;

json run_in(const std::string& html) {
  const std::string tag = "id=\"run\">";
  const auto begin = html.find(tag) + tag.size();
  return json::parse(html.substr(begin, html.find("</script>", begin) - begin));
}

TEST(Report, OfAnInvalidRun) {
  const Program program;
  const Ended ended = program.run("test --bug stale-read --seed 1");
  ASSERT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(ended.err.find("warning"), std::string::npos) << ended.err;
  EXPECT_THAT(line_after(ended.out, "report"), HasSubstr("/report.html"));
  const std::string html = slurp(program.latest("report.html"));
  const std::string svg = slurp(program.latest("counterexample.svg"));
  EXPECT_THAT(html, StartsWith("<!doctype html>"));
  EXPECT_LT(html.size(), 200'000U);
  EXPECT_THAT(svg, StartsWith("<svg "));
  EXPECT_THAT(html, HasSubstr(svg));

  const json results = json::parse(slurp(program.latest("results.json")));
  const json run = run_in(html);
  EXPECT_EQ(run["verdict"], "invalid");
  EXPECT_EQ(run["commands"][0][1], results["repeat"]);
  const std::string sentence = run["failure"]["sentence"];
  EXPECT_THAT(results["reason"].get<std::string>(), HasSubstr(sentence));
  EXPECT_THAT(svg, HasSubstr("<desc>" + sentence + "</desc>"));
  EXPECT_THAT(slurp(program.latest("counterexample.txt")), HasSubstr(sentence.substr(0, 40)));
  EXPECT_THAT(svg, HasSubstr("class=\"op bad\" data-op=\"" + run["failure"]["op"].dump() + "\""));
  EXPECT_FALSE(run["faults"].empty());
  EXPECT_FALSE(run["logs"].empty());
}

TEST(Report, IsTheSameWhenItIsMadeAgain) {
  const Program program;
  ASSERT_EQ(program.run("test --bug stale-read --seed 1").code, 1);
  const std::string html = slurp(program.latest("report.html"));
  const std::string svg = slurp(program.latest("counterexample.svg"));
  fs::remove(program.latest("report.html"));
  fs::remove(program.latest("counterexample.svg"));
  const Ended ended = program.run("report");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("report.html"));
  EXPECT_EQ(slurp(program.latest("report.html")), html);
  EXPECT_EQ(slurp(program.latest("counterexample.svg")), svg);
}

TEST(Report, OfAValidRunHasNoCounterexample) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3").code, 0);
  const json run = run_in(slurp(program.latest("report.html")));
  EXPECT_EQ(run["verdict"], "valid");
  EXPECT_EQ(run["failure"], json());
  EXPECT_FALSE(fs::exists(program.latest("counterexample.svg")));
}

TEST(Report, OfWhatIsNoRunIsRefused) {
  const Program program;
  EXPECT_EQ(program.run("report").code, 254) << "there is none";
  EXPECT_EQ(program.run("report nowhere").code, 254);
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3").code, 0);
  fs::remove(program.latest("results.json"));
  const Ended unjudged = program.run("report");
  EXPECT_EQ(unjudged.code, 254);
  EXPECT_THAT(unjudged.err, HasSubstr("results.json"));
  EXPECT_THAT(unjudged.err, HasSubstr("faultline analyze")) << "what to do";
}

// What cannot be written is no reason to lose a verdict.
TEST(Report, ThatCannotBeWrittenIsAWarning) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3").code, 0);
  fs::remove(program.latest("report.html"));
  fs::create_directories(program.latest("report.html") / "in-the-way");
  const Ended again = program.run("analyze");
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("VALID"));
  EXPECT_THAT(again.err, HasSubstr("warning: no report.html: "));
  EXPECT_EQ(program.run("report").code, 255);
}

}  // namespace
}  // namespace faultline

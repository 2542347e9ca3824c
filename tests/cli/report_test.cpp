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

// Without a second command, and without another history.
TEST(Report, OfATracedRunHasItsMessagesAndLeaders) {
  const Program program;
  ASSERT_EQ(program.run("test --bug stale-read --seed 1").code, 1);
  const std::string history = slurp(program.latest("history.jsonl"));
  json run = run_in(slurp(program.latest("report.html")));
  EXPECT_EQ(run["leaders"], json::array());
  EXPECT_THAT(run["leaders_note"].get<std::string>(), HasSubstr("--trace"));
  EXPECT_EQ(run["space_time"], json::parse(R"({"title":"","note":""})"));

  ASSERT_EQ(program.run("test --bug stale-read --seed 1 --trace").code, 1);
  EXPECT_EQ(slurp(program.latest("history.jsonl")), history);
  EXPECT_FALSE(fs::exists(program.latest("space-time.svg")));
  const std::string html = slurp(program.latest("report.html"));
  EXPECT_THAT(html, HasSubstr("leads, term "));
  EXPECT_THAT(html, HasSubstr(">client ")) << "the lane of an operation of the counterexample";
  run = run_in(html);
  EXPECT_EQ(run["space_time"]["title"], "Messages around the failure");
  ASSERT_FALSE(run["leaders"].empty());
  EXPECT_EQ(run["leaders"][0]["term"], 1);
  EXPECT_EQ(run["leaders_note"], "");

  ASSERT_EQ(program.run("report").code, 0);
  EXPECT_EQ(slurp(program.latest("report.html")), html);
  ASSERT_EQ(program.run("diagram").code, 0);
  EXPECT_THAT(html, HasSubstr(slurp(program.latest("space-time.svg")))) << "it is the same";
}

TEST(Report, OfAValidTracedRunShowsItsLastFault) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3 --trace").code, 0);
  const std::string html = slurp(program.latest("report.html"));
  EXPECT_EQ(run_in(html)["space_time"]["title"], "Messages around the last fault");
  EXPECT_THAT(html, HasSubstr("<clipPath id=\"window\">"));
  EXPECT_LT(html.size(), 1'500'000U);
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3 --trace --nemesis none").code, 0);
  EXPECT_EQ(run_in(slurp(program.latest("report.html")))["space_time"]["title"], "");
}

TEST(Report, OfATraceThatIsBrokenSaysSo) {
  const Program program;
  ASSERT_EQ(program.run("test --bug stale-read --seed 1 --trace").code, 1);
  std::ofstream(program.latest("trace.jsonl")) << "{}\n";
  ASSERT_EQ(program.run("report").code, 0);
  const json run = run_in(slurp(program.latest("report.html")));
  EXPECT_THAT(run["space_time"]["note"].get<std::string>(), HasSubstr("trace.jsonl:1:1: expected"));
  EXPECT_THAT(run["leaders_note"].get<std::string>(), HasSubstr("trace.jsonl:1:1: expected"));
}

constexpr const char* kTimeless =
    "{:process 0, :type :invoke, :f :write, :value 1}\n"
    "{:process 1, :type :invoke, :f :read, :value nil}\n"
    "{:process 0, :type :ok, :f :write, :value 1}\n\n"
    "{:process 1, :type :ok, :f :read, :value 2}\n";

TEST(ReportOfAFile, HasWhatIsKnownOfIt) {
  const Program program;
  program.write("bad.edn", kTimeless);
  const Ended ended = program.run("check --model register bad.edn --html out.html");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(line_after(ended.out, "report"), "out.html");
  const std::string html = slurp(program.path("out.html"));
  EXPECT_THAT(html, HasSubstr("<svg ")) << "the counterexample";
  EXPECT_THAT(html, HasSubstr("line 2"));
  const json run = run_in(html);
  EXPECT_EQ(run["name"], "bad.edn");
  EXPECT_EQ(run["file"], "bad.edn");
  EXPECT_EQ(run["verdict"], "invalid");
  EXPECT_EQ(run["timed"], false);
  EXPECT_EQ(run["begin"], 1000) << "the first event";
  EXPECT_EQ(run["end"], 4000);
  EXPECT_EQ(run["failure"]["at"], 4000);
  EXPECT_EQ(run["failure"]["op"], 1);
  EXPECT_EQ(run["commands"][0][1], "./faultline check --model register bad.edn");
  EXPECT_EQ(run["checks"].back()["checker"], "linearizable");
}

TEST(ReportOfAFile, WithTimesHasThem) {
  const Program program;
  program.write("good.edn",
                "{:time 5, :process 0, :type :invoke, :f :write, :value 1}\n"
                "{:time 70, :process 0, :type :ok, :f :write, :value 1}\n");
  EXPECT_EQ(program.run("check --html out.html good.edn --json").code, 0);
  const json run = run_in(slurp(program.path("out.html")));
  EXPECT_EQ(run["timed"], true);
  EXPECT_EQ(run["begin"], 5);
  EXPECT_EQ(run["end"], 70);
  EXPECT_EQ(run["verdict"], "valid");
}

TEST(ReportOfAFile, IsMadeByCheck) {
  const Program program;
  program.write("a b.edn", kTimeless);
  const Ended ended = program.shell("\"$P\" report 'a b.edn'");
  EXPECT_EQ(ended.code, 254);
  EXPECT_THAT(ended.err, HasSubstr("faultline check 'a b.edn' --html OUT"));
}

TEST(ReportOfAFile, OverwritesNothingButAReport) {
  const Program program;
  program.write("bad.edn", kTimeless);
  const Ended over = program.run("check bad.edn --html bad.edn");
  EXPECT_EQ(over.code, 254);
  EXPECT_THAT(over.err, HasSubstr("--html bad.edn: it exists and is no report"));
  EXPECT_EQ(slurp(program.path("bad.edn")), kTimeless);
  program.write("mine.html", "<!doctype html>\n<html lang=\"en\">\n<head>\n");
  EXPECT_EQ(program.run("check bad.edn --html mine.html").code, 254) << "somebody else's";
  EXPECT_EQ(program.run("check bad.edn --html out.html").code, 1);
  EXPECT_EQ(program.run("check bad.edn --html out.html").code, 1) << "an older one is replaced";
  const std::string before = slurp(program.path("out.html"));
  EXPECT_EQ(program.run("check nosuch --html out.html").code, 254);
  EXPECT_EQ(slurp(program.path("out.html")), before) << "nothing new is known";
}

TEST(ReportOfAFile, ABadPlaceIsFoundOutBefore) {
  const Program program;
  program.write("bad.edn", kTimeless);
  const Ended nowhere = program.run("check bad.edn --html no/such/out.html");
  EXPECT_EQ(nowhere.code, 254);
  EXPECT_THAT(nowhere.err, HasSubstr("--html no/such/out.html"));
  EXPECT_EQ(nowhere.out, "") << "before anything is judged";
  EXPECT_EQ(program.shell("\"$P\" check bad.edn --html ''").code, 254);
  const Ended two = program.run("check bad.edn bad.edn --html out.html");
  EXPECT_EQ(two.code, 254);
  EXPECT_THAT(two.err, HasSubstr("--html is for one history"));
  EXPECT_FALSE(fs::exists(program.path("out.html")));
}

}  // namespace
}  // namespace faultline

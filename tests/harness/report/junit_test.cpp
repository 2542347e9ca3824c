#include "harness/report/junit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

namespace faultline {
namespace {

using boost::property_tree::ptree;
using testing::HasSubstr;
using testing::Not;

ptree parsed(const std::string& xml) {
  std::istringstream in(xml);
  ptree tree;
  read_xml(in, tree);
  return tree;
}

std::vector<JUnitSuite> example() {
  return {{"raft register",
           {{"seed 1", 0.25, JUnitOutcome::passed, "", "", ""},
            {"seed 2", 0.5, JUnitOutcome::failure, "invalid", "a stale read", "line\nline"},
            {"seed 3", 0.125, JUnitOutcome::error, "unknown", "signal 11", "x"}}},
          {"raft set", {{"seed 1", 1, JUnitOutcome::skipped, "missing", "", ""}}}};
}

TEST(JUnit, SuitesAndCasesCountWhatIsInThem) {
  const ptree all = parsed(junit_xml("campaign", example())).get_child("testsuites");
  EXPECT_EQ(all.get<std::string>("<xmlattr>.name"), "campaign");
  EXPECT_EQ(all.get<int>("<xmlattr>.tests"), 4);
  EXPECT_EQ(all.get<int>("<xmlattr>.failures"), 1);
  EXPECT_EQ(all.get<int>("<xmlattr>.errors"), 1);
  EXPECT_EQ(all.get<int>("<xmlattr>.skipped"), 1);
  EXPECT_EQ(all.get<std::string>("<xmlattr>.time"), "1.875");
  const ptree suite = all.get_child("testsuite");
  EXPECT_EQ(suite.get<std::string>("<xmlattr>.name"), "raft register");
  EXPECT_EQ(suite.get<int>("<xmlattr>.tests"), 3);
  EXPECT_EQ(suite.get<int>("<xmlattr>.skipped"), 0);
  EXPECT_EQ(all.count("testsuite"), 2U);
}

TEST(JUnit, ACaseSaysWhatWentWrong) {
  const ptree suite = parsed(junit_xml("campaign", example())).get_child("testsuites.testsuite");
  std::vector<ptree> cases;
  for (const auto& [name, child] : suite) {
    if (name == "testcase") cases.push_back(child);
  }
  ASSERT_EQ(cases.size(), 3U);
  EXPECT_EQ(cases[0].get<std::string>("<xmlattr>.name"), "seed 1");
  EXPECT_EQ(cases[0].get<std::string>("<xmlattr>.classname"), "raft register");
  EXPECT_EQ(cases[0].get<std::string>("<xmlattr>.time"), "0.250");
  EXPECT_EQ(cases[0].size(), 1U) << "a case that passed has attributes alone";
  EXPECT_EQ(cases[1].get<std::string>("failure"), "line\nline");
  EXPECT_EQ(cases[1].get<std::string>("failure.<xmlattr>.type"), "invalid");
  EXPECT_EQ(cases[1].get<std::string>("failure.<xmlattr>.message"), "a stale read");
  EXPECT_EQ(cases[2].get<std::string>("error.<xmlattr>.message"), "signal 11");
}

TEST(JUnit, TextsAreEscaped) {
  EXPECT_EQ(xml_text("a < b && c > \"d\"\n'\xC3\xA9'"),
            "a &lt; b &amp;&amp; c &gt; \"d\"\n'\xC3\xA9'");
  EXPECT_EQ(xml_attribute("\"a\"\n\t<"), "&quot;a&quot;&#10;&#9;&lt;");
  EXPECT_EQ(xml_text("]]>"), "]]&gt;");
}

TEST(JUnit, WhatXmlCannotHoldIsSpelledOut) {
  EXPECT_EQ(xml_text(std::string("a\0\x1b[K\r", 6)), "a\\u0000\\u001b[K\\u000d");
  EXPECT_EQ(xml_text("\xff"), "\\udcff");
  EXPECT_EQ(xml_text("\xEF\xBF\xBF"), "\xEF\xBF\xBD");
}

TEST(JUnit, WhateverIsInItComesBack) {
  const std::string nasty = "<failure>&amp;\"]]></failure>";
  const std::vector<JUnitSuite> suites = {
      {nasty, {{nasty, 0, JUnitOutcome::failure, nasty, nasty, nasty}}}};
  const ptree suite = parsed(junit_xml(nasty, suites)).get_child("testsuites.testsuite");
  EXPECT_EQ(suite.get<std::string>("<xmlattr>.name"), nasty);
  const ptree test = suite.get_child("testcase");
  EXPECT_EQ(test.get<std::string>("<xmlattr>.name"), nasty);
  EXPECT_EQ(test.get<std::string>("failure"), nasty);
  EXPECT_EQ(test.get<std::string>("failure.<xmlattr>.message"), nasty);
}

TEST(JUnitOfResults, ARunIsASuiteAndACheckACase) {
  RunResult run{.name = "seed 1", .verdict = Verdict::invalid, .reason = "stale", .seconds = 2};
  run.checks = {{"complete", Verdict::unknown, "cut", ""},
                {"linearizable", Verdict::invalid, "stale", ""},
                {"stats", Verdict::valid, "", ""}};
  run.counterexample = "the core";
  const ptree all =
      parsed(junit_xml(Results{"faultline test", Verdict::invalid, "stale", {run}})).front().second;
  EXPECT_EQ(all.get<int>("<xmlattr>.tests"), 3);
  EXPECT_EQ(all.get<int>("<xmlattr>.failures"), 1);
  EXPECT_EQ(all.get<int>("<xmlattr>.errors"), 1);
  EXPECT_EQ(all.get<std::string>("<xmlattr>.time"), "2.000");
  const std::string xml = junit_xml(Results{"faultline test", Verdict::invalid, "stale", {run}});
  EXPECT_THAT(xml, HasSubstr("message=\"stale\">stale\n\nthe core</failure>"));
}

TEST(JUnitOfResults, NothingPassesThatIsNotValid) {
  const RunResult valid{
      .name = "seed 1", .verdict = Verdict::valid, .checks = {{"stats", Verdict::valid, "", ""}}};
  const auto errors = [](const Results& results) {
    return parsed(junit_xml(results)).front().second.get<int>("<xmlattr>.errors");
  };
  EXPECT_EQ(errors({"test", Verdict::valid, "", {valid}}), 0);
  EXPECT_EQ(errors({"test", Verdict::unknown, "cut short", {valid}}), 1) << "as a whole";
  EXPECT_EQ(errors({"test", Verdict::unknown, "cut short", {}}), 1) << "without a run";
  RunResult worse = valid;
  worse.verdict = Verdict::unknown;
  EXPECT_EQ(errors({"test", Verdict::unknown, "", {worse}}), 1) << "worse than its checks";
  RunResult unjudged = worse;
  unjudged.checks.clear();
  EXPECT_EQ(errors({"test", Verdict::unknown, "", {unjudged}}), 1) << "without a check";
}

}  // namespace
}  // namespace faultline

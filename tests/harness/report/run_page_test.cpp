#include "harness/report/run_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/base64.hpp"
#include "harness/core/rng.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using testing::Not;

// What stands between the tag that has this id and the end of its element.
std::string element(const std::string& html, const std::string& id) {
  const auto tag = html.find("id=\"" + id + "\">");
  if (tag == std::string::npos) return "none";
  const auto begin = html.find('>', tag) + 1;
  return html.substr(begin, html.find("</script>", begin) - begin);
}

std::size_t count(const std::string& text, std::string_view sought) {
  std::size_t found = 0;
  for (auto at = text.find(sought); at != std::string::npos; at = text.find(sought, at + 1))
    ++found;
  return found;
}

constexpr const char* kHostile =
    "</script><script>alert(1)</script>\x01\xff\xe2\x80\xa8<!--&amp;@OPS@@RUN@\"'";

RunPage hostile_page() {
  RunPage page;
  page.name = kHostile;
  page.headline = kHostile;
  page.facts = {{kHostile, kHostile}};
  page.operations = read_operations(
      {{1, 0, Symbol::of(kHostile), OpType::invoke, {}, Value(kHostile), Value(kHostile)},
       {2, 0, Symbol::of(kHostile), OpType::ok, Symbol::of(kHostile), Value(kHostile),
        Value(kHostile)}});
  page.faults.push_back({1, kNever, kHostile, kHostile, kHostile});
  page.checks.push_back({kHostile, "invalid", kHostile, {{kHostile, kHostile}}, kHostile});
  page.logs.push_back({kHostile, 0, {kHostile}});
  page.environment = {{kHostile, kHostile}};
  return page;
}

TEST(RunPage, NothingInARunBecomesMarkup) {
  const std::string html = report_html(hostile_page());
  EXPECT_EQ(count(html, "<script>alert"), 0U);
  const std::string run = element(html, "run");
  for (const char* bad : {"<", ">", "&", "\xe2\x80\xa8"}) EXPECT_THAT(run, Not(HasSubstr(bad)));
  const Json json = Json::parse(run);
  EXPECT_THAT(json["headline"].get<std::string>(), HasSubstr("</script><script>alert(1)"))
      << "as it was, when it is read";
  EXPECT_THAT(json["headline"].get<std::string>(), HasSubstr("@OPS@@RUN@")) << "no placeholder";
}

TEST(RunPage, HasAllThatItsContractSays) {
  RunPage page = hostile_page();
  page.name = "raft-register/1";
  page.verdict = Verdict::invalid;
  page.failure = {2, 1, "why"};
  page.cures = {{1, 0, "heal"}};
  page.operations.rows[0].position = 1;  // invoked after that
  page.marks = {{1, "healed", ""}};
  page.leaders = {{1, 2, "n1", 3}, {2, kNever, "n2", {}}};
  page.clocks = {{"n1", {{0, 5}}}};
  page.counterexample = "<?xml version=\"1.0\"?><svg id=\"mine\"></svg>";
  const std::string html = report_html(page);
  EXPECT_THAT(html, HasSubstr("<title>raft-register/1: invalid</title>"));
  EXPECT_THAT(html, HasSubstr("<svg id=\"mine\"></svg>"));
  EXPECT_THAT(html, Not(HasSubstr("<?xml")));
  for (const char* name : {"@STYLE@", "@TITLE@", "@D3@", "@SCRIPT@", "@SPACE_TIME@"}) {
    EXPECT_THAT(html, Not(HasSubstr(name)));
  }
  EXPECT_THAT(html, HasSubstr("d3js.org/d3-selection")) << "the modules of D3";
  const Json json = Json::parse(element(html, "run"));
  EXPECT_EQ(json["verdict"], "invalid");
  EXPECT_EQ(json["failure"], Json::parse(R"({"at":2,"key":1,"op":0,"sentence":"why"})"));
  EXPECT_EQ(json["faults"][0]["to"], Json());
  EXPECT_EQ(json["recoveries"], Json::parse(R"([{"at":1,"cure":"heal","first_ok":2}])"));
  EXPECT_EQ(json["leaders"][0], Json::parse(R"({"at":1,"to":2,"node":"n1","term":3})"));
  EXPECT_EQ(json["leaders"][1]["to"], Json());
  EXPECT_EQ(json["leaders"][1]["term"], Json());
  EXPECT_EQ(json["clocks"][0], Json::parse(R"({"node":"n1","points":[[0,5]]})"));
  EXPECT_EQ(json["latency"]["series"][0]["max"][0], 0.0);
  EXPECT_EQ(json["rate"]["series"][0]["count"].size(), 2U);
  EXPECT_EQ(json["ops_by_outcome"][0]["ok"], 1);
  EXPECT_THAT(element(html, "ops"), Not(HasSubstr("@")));
  EXPECT_GT(element(html, "ops").size(), 10U);
}

// Small pages are read faster than they are drawn.
TEST(RunPage, OfVeryManyOperationsHasASketch) {
  RunPage page;
  page.operations.processes = {"0"};
  page.operations.functions = {"read"};
  EXPECT_EQ(element(report_html(page), "sketch"), "");
  OperationTable::Row row;
  row.outcome = OpType::ok;
  for (int i = 0; i < 100'000; ++i) {
    row.start = 10 * i;
    row.end = row.start + 9;
    page.operations.rows.push_back(row);
  }
  page.operations.end = row.end;
  const std::string html = report_html(page);
  EXPECT_EQ(base64_decode(element(html, "sketch")), std::string("\1\0\xc0\x84=\0\0\0\0\0\0\0", 12))
      << "one, from 0 to 999999";
  EXPECT_LT(html.find("id=\"run\""), html.find("id=\"sketch\""));
  EXPECT_LT(html.find("window.faultline"), html.find("id=\"ops\"")) << "the script begins before";
}

// Twenty processes, times and values as a run has them.
TEST(RunPage, OfAMillionOperationsIsNotLarge) {
  RunPage page;
  OperationTable& table = page.operations;
  table.functions = {"read", "write", "cas"};
  for (int i = 0; i < 20; ++i) table.processes.push_back(std::to_string(i));
  for (int i = 0; i < 2500; ++i) table.keys.push_back(std::to_string(i));
  for (int i = 0; i < 30; ++i) table.values.push_back(std::to_string(i));
  table.errors = {"", "mismatch"};
  Rng rng(11);
  OperationTable::Row row;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    row.start += static_cast<Time>(rng.below(120'000));
    row.end = row.start + 100'000 + static_cast<Duration>(rng.below(2'000'000));
    row.position = 2 * i;
    row.line = row.position + 2;
    row.process = static_cast<std::uint32_t>(rng.below(20));
    row.function = static_cast<std::uint32_t>(rng.below(3));
    row.key = i / 400;
    row.argument = static_cast<std::uint32_t>(rng.below(30));
    row.result = static_cast<std::uint32_t>(rng.below(30));
    row.error = static_cast<std::uint32_t>(rng.below(2));
    row.outcome = row.error == 0 ? OpType::ok : OpType::fail;
    table.rows.push_back(row);
  }
  table.end = row.end;
  const std::string html = report_html(page);
  EXPECT_LT(html.size(), 15'000'000U);
  EXPECT_GT(element(html, "sketch").size(), 100U);
  EXPECT_LT(element(html, "sketch").size(), 500'000U);
}

TEST(RunPage, OfARunInWhichNothingHappened) {
  const Json json = Json::parse(element(report_html({}), "run"));
  EXPECT_EQ(json["failure"], Json());
  EXPECT_EQ(json["latency"]["series"], Json::array());
}

}  // namespace
}  // namespace faultline

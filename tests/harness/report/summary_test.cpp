#include "harness/report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faultline {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

RunResult failing(const std::string& name) {
  return {.name = name,
          .verdict = Verdict::invalid,
          .reason = "a stale read",
          .seconds = 1,
          .checks = {{"stats", Verdict::valid, "", "ops 3"},
                     {"linearizable", Verdict::invalid, "a stale read", ""}},
          .facts = {{"events", "6"}},
          .counterexample = "read 1\n  write 2\n",
          .repeat = "./faultline test --seed 1"};
}

TEST(MarkdownText, HasNoMarkup) {
  EXPECT_EQ(markdown_text("plain, it's a/b 12"), "plain, it's a/b 12");
  EXPECT_EQ(markdown_text("*a* _b_ `c` ~~d~~"), "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~");
  EXPECT_EQ(markdown_text("[x](http://y)![z](w)"), "\\[x\\]\\(http\\://y\\)\\!\\[z\\]\\(w\\)");
  EXPECT_EQ(markdown_text("<b>&amp;"), "&lt;b&gt;&amp;amp\\;");
  EXPECT_EQ(markdown_text("a|b\\|c"), "a\\|b\\\\\\|c") << "no cell begins where it should not";
}

TEST(MarkdownText, IsALine) {
  EXPECT_EQ(markdown_text("a\n\n# b"), "a  \\#<!-- --> b");
  EXPECT_EQ(markdown_text("a\rb\x1b[2J"), "a\\\\u000db\\\\u001b\\[2J");
}

TEST(MarkdownText, MentionsNobody) {
  EXPECT_EQ(markdown_text("@admin #1"), "\\@<!-- -->admin \\#<!-- -->1");
}

TEST(MarkdownText, IsShortenedBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\xC3\xA9";
  const std::string shown = markdown_text(text);
  EXPECT_EQ(shown.size(), 504U);
  EXPECT_TRUE(shown.ends_with("\xC3\xA9 ...")) << shown;
}

TEST(MarkdownBlock, EndsWhereItShould) {
  EXPECT_EQ(markdown_block("a\nb"), "```text\na\nb\n```\n\n");
  EXPECT_EQ(markdown_block("```\n</details>\n````"), "`````text\n```\n</details>\n````\n`````\n\n");
  EXPECT_EQ(markdown_block("\x1b\xff"), "```text\n\\u001b\\udcff\n```\n\n");
  EXPECT_EQ(markdown_block(""), "```text\n\n```\n\n");
}

TEST(MarkdownBlock, IsShortenedAndSaysSo) {
  std::string text;
  while (text.size() < 100'000) text += "a line of text\n";
  const std::string block = markdown_block(text);
  EXPECT_LT(block.size(), 41'000U);
  EXPECT_THAT(block, HasSubstr("a line of text\n```\n\nIt goes on: 6"));
}

TEST(Summary, OfOneRunHasAllOfIt) {
  const std::string text =
      summary_markdown({"faultline test", Verdict::invalid, "a stale read", {failing("run 1")}});
  EXPECT_EQ(text,
            "## faultline test: ❌ invalid\n\na stale read\n\n**run 1**\n\n"
            "| check | verdict | reason | facts |\n| --- | --- | --- | --- |\n"
            "| stats | ✅ valid |  | ops 3 |\n| linearizable | ❌ invalid | a stale read |  |\n\n"
            "| fact | value |\n| --- | --- |\n| events | 6 |\n\n"
            "<details><summary>Counterexample</summary>\n\n"
            "```text\nread 1\n  write 2\n```\n\n</details>\n\n"
            "Repeat it:\n\n```sh\n./faultline test --seed 1\n```\n\n");
}

TEST(Summary, OfSeveralTellsInFullWhatFailed) {
  Results results{"faultline test", Verdict::invalid, "1 of 3", {}};
  results.runs = {{.name = "good", .verdict = Verdict::valid},
                  {.name = "cut", .verdict = Verdict::unknown, .reason = "cut short"},
                  failing("bad")};
  const std::string text = summary_markdown(results);
  EXPECT_THAT(text, HasSubstr("| good | ✅ valid |  |\n| cut | ❔ unknown | cut short |\n"));
  EXPECT_THAT(text, Not(HasSubstr("### good")));
  EXPECT_LT(text.find("### bad: ❌ invalid"), text.find("### cut: ❔ unknown\n\ncut short"));
}

TEST(Summary, StaysBelowAMegabyteWhateverIsInIt) {
  Results results{"faultline test", Verdict::invalid, "", {}};
  RunResult bad = failing(std::string(2000, '@'));
  bad.reason = std::string(2000, '#');
  bad.counterexample = std::string(100'000, '`');
  for (CheckResult& check : bad.checks) check.reason = bad.reason;
  results.runs.assign(600, bad);
  const std::string text = summary_markdown(results);
  EXPECT_LT(text.size(), 1U << 20);
  EXPECT_THAT(text, HasSubstr(" more runs are not shown."));
  EXPECT_THAT(text, HasSubstr(" more that are not valid are not told in full."));
}

TEST(ResultOf, TakesWhatDecidedAndItsFigures) {
  Report complete;
  complete.checker = "complete";
  complete.text = "cut";
  Report linearizable;
  linearizable.checker = "linearizable";
  linearizable.verdict = Verdict::invalid;
  linearizable.facts = {{"model", Value("register")}, {"ops", 3}, {"read.ok", 2}};
  linearizable.text = "the core";
  Report report;
  report.verdict = Verdict::invalid;
  report.parts = {complete, linearizable};
  const RunResult run = result_of("run", report);
  EXPECT_EQ(run.verdict, Verdict::invalid);
  EXPECT_EQ(run.counterexample, "the core");
  ASSERT_EQ(run.checks.size(), 2U);
  EXPECT_EQ(run.checks[1].facts, "model register, ops 3");
}

}  // namespace
}  // namespace faultline

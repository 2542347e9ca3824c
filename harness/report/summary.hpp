// Summary: results as Markdown in GitHub's flavour, for the page that a CI system shows of a job
// (GITHUB_STEP_SUMMARY and the like). Pure functions.
//
// Whatever comes from a history, a file's name or a node is shown as text, whatever it looks like:
// no markup, no HTML, no link, no mention. GitHub refuses a summary above 1 MiB, so what is long is
// shortened, and says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/verdict.hpp"
#include "harness/report/results.hpp"

namespace faultline {

inline constexpr std::size_t kMostSummaryRuns = 10;        // that failed, each told in full
inline constexpr std::size_t kMostSummaryRows = 500;       // of a table
inline constexpr std::size_t kMostSummaryTable = 300'000;  // bytes
inline constexpr std::size_t kMostSummary = 800'000;       // bytes; then nothing more is told

// `text` within a line of text or a cell of a table.
std::string markdown_text(std::string_view text);
// A block of its own that shows `text` as it is, shortened if it is very long.
std::string markdown_block(std::string_view text, std::string_view language = "text");
// What can be opened by a click; `body` is Markdown.
std::string markdown_details(std::string_view title, std::string_view body);
std::string markdown_row(const std::vector<std::string>& cells);    // Markdown each
std::string markdown_head(const std::vector<std::string>& titles);  // of a table

// "❌ INVALID"
std::string markdown_verdict(Verdict verdict);
// The first lines of a summary.
std::string markdown_title(std::string_view command, Verdict verdict, std::string_view reason);

// Those that are not valid, the invalid ones first, in full as far as there is room.
void append_failures(std::string& text, const std::vector<RunResult>& runs);

// Of one run: verdict, checks, facts, counterexample, the command that repeats it. Of several: a
// table of them, and those that are not valid in full.
std::string summary_markdown(const Results& results);

}  // namespace faultline

#include "harness/report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

// One character of text. Every mark of ASCII may be escaped in Markdown; HTML's own are spelled
// out, since a summary is HTML in the end. The comment keeps @name and #1 from becoming links.
std::string escaped(std::string_view character) {
  const char c = character.front();
  switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '@': return "\\@<!-- -->";
    case '#': return "\\#<!-- -->";
    case '\n': return " ";
    default: break;
  }
  const bool mark = character.size() == 1 && std::ispunct(static_cast<unsigned char>(c)) != 0;
  if (mark && c != ',' && c != '\'' && c != '/') return fmt::format("\\{}", c);
  std::string shown = printable(character);
  return shown.starts_with('\\') ? "\\" + shown : shown;
}

std::size_t longest_run_of(char mark, std::string_view text) {
  std::size_t longest = 0;
  std::size_t now = 0;
  for (const char c : text) {
    now = c == mark ? now + 1 : 0;
    longest = std::max(longest, now);
  }
  return longest;
}

// Line feeds stay.
std::string printable_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out += printable(line) + "\n";
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return out;
}

// Whole lines, as many as have room.
std::string_view beginning(std::string_view text, std::size_t room) {
  if (text.size() <= room) return text;
  const std::size_t end = text.rfind('\n', room);
  return text.substr(0, end == std::string_view::npos ? 0 : end);
}

std::string checks_table(const RunResult& run) {
  if (run.checks.empty()) return {};
  std::string text = markdown_head({"check", "verdict", "reason", "facts"});
  for (const CheckResult& check : run.checks) {
    text += markdown_row({markdown_text(check.name), markdown_verdict(check.verdict),
                          markdown_text(check.reason), markdown_text(check.facts)});
  }
  return text + "\n";
}

std::string facts_table(const RunResult& run) {
  if (run.facts.empty()) return {};
  std::string text = markdown_head({"fact", "value"});
  for (const auto& [name, value] : run.facts) {
    text += markdown_row({markdown_text(name), markdown_text(value)});
  }
  return text + "\n";
}

std::string body_of(const RunResult& run) {
  std::string text = checks_table(run) + facts_table(run);
  if (!run.counterexample.empty()) {
    text += markdown_details("Counterexample", markdown_block(run.counterexample));
  }
  if (!run.repeat.empty()) text += "Repeat it:\n\n" + markdown_block(run.repeat, "sh");
  return text;
}

std::string runs_table(const Results& results) {
  std::string text = markdown_head({"run", "verdict", "reason"});
  std::size_t shown = 0;
  for (const RunResult& run : results.runs) {
    if (shown >= kMostSummaryRows || text.size() > kMostSummaryTable) break;
    ++shown;
    text += markdown_row(
        {markdown_text(run.name), markdown_verdict(run.verdict), markdown_text(run.reason)});
  }
  if (shown < results.runs.size()) {
    text += fmt::format("\n{} more runs are not shown.\n", results.runs.size() - shown);
  }
  return text + "\n";
}

}  // namespace

std::string markdown_text(std::string_view text) {
  constexpr std::size_t kMost = 500;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (at >= kMost) return out + " ...";
    const std::string_view rest = text.substr(at);
    const std::string_view character = rest.substr(0, std::max<std::size_t>(1, utf8_length(rest)));
    out += escaped(character);
    at += character.size();
  }
  return out;
}

std::string markdown_block(std::string_view text, std::string_view language) {
  constexpr std::size_t kRoom = 40'000;
  const std::string whole = printable_lines(text);
  const std::string_view shown = beginning(whole, kRoom);
  const std::string fence(std::max<std::size_t>(3, longest_run_of('`', shown) + 1), '`');
  std::string block = fmt::format("{}{}\n{}{}{}\n\n", fence, language, shown,
                                  shown.ends_with('\n') ? "" : "\n", fence);
  if (shown.size() < whole.size()) {
    block +=
        fmt::format("It goes on: {} more bytes are not shown.\n\n", whole.size() - shown.size());
  }
  return block;
}

std::string markdown_details(std::string_view title, std::string_view body) {
  return fmt::format("<details><summary>{}</summary>\n\n{}</details>\n\n", title, body);
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row += " " + cell + " |";
  return row + "\n";
}

std::string markdown_head(const std::vector<std::string>& titles) {
  return markdown_row(titles) + markdown_row(std::vector<std::string>(titles.size(), "---"));
}

std::string markdown_verdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return "✅ valid";
    case Verdict::unknown: return "❔ unknown";
    case Verdict::invalid: return "❌ invalid";
  }
  return "?";
}

std::string markdown_title(std::string_view command, Verdict verdict, std::string_view reason) {
  std::string text = fmt::format("## {}: {}\n\n", command, markdown_verdict(verdict));
  if (!reason.empty()) text += markdown_text(reason) + "\n\n";
  return text;
}

void append_failures(std::string& text, const std::vector<RunResult>& runs) {
  std::vector<const RunResult*> failed;
  for (const RunResult& run : runs) {
    if (run.verdict != Verdict::valid) failed.push_back(&run);
  }
  std::stable_sort(failed.begin(), failed.end(),
                   [](const RunResult* a, const RunResult* b) { return a->verdict > b->verdict; });
  std::size_t told = 0;
  for (; told < std::min(failed.size(), kMostSummaryRuns) && text.size() < kMostSummary; ++told) {
    const RunResult& run = *failed[told];
    text += fmt::format("### {}: {}\n\n", markdown_text(run.name), markdown_verdict(run.verdict));
    if (!run.reason.empty()) text += markdown_text(run.reason) + "\n\n";
    text += body_of(run);
  }
  if (told < failed.size()) {
    text += fmt::format("{} more that are not valid are not told in full.\n", failed.size() - told);
  }
}

std::string summary_markdown(const Results& results) {
  std::string text = markdown_title(results.command, results.verdict, results.reason);
  if (results.runs.size() == 1) {
    const RunResult& run = results.runs.front();
    text += fmt::format("**{}**\n\n", markdown_text(run.name));
    if (run.reason != results.reason) text += markdown_text(run.reason) + "\n\n";
    return text + body_of(run);
  }
  if (results.runs.empty()) return text;
  text += runs_table(results);
  append_failures(text, results.runs);
  return text;
}

}  // namespace faultline

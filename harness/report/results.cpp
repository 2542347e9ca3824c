#include "harness/report/results.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

// A list of keys may be long.
std::string shortened(std::string text) {
  constexpr std::size_t kMost = 60;
  if (text.size() <= kMost) return text;
  std::size_t end = 0;
  while (end < kMost)
    end += std::max<std::size_t>(1, utf8_length(std::string_view(text).substr(end)));
  return text.substr(0, end) + " ...";
}

// The first few: the figures of each function come later.
std::string facts_text(const Report& report) {
  constexpr std::size_t kMost = 6;
  std::string text;
  std::size_t shown = 0;
  for (const auto& [name, value] : report.facts) {
    if (name.find('.') != std::string::npos || shown++ >= kMost) continue;
    const std::string said = value.is_text() ? printable(value.text()) : value.to_string();
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, shortened(said));
  }
  return text;
}

}  // namespace

std::string evidence_text(const Report& report) {
  std::string text = report.text;
  for (const Report& part : report.parts) {
    if (part.verdict == report.verdict) text += evidence_text(part);
  }
  return text;
}

RunResult result_of(std::string name, const Report& report) {
  RunResult run;
  run.name = std::move(name);
  run.verdict = report.verdict;
  run.reason = report.reason;
  for (const Report& part : report.parts) {
    run.checks.push_back({part.checker, part.verdict, part.reason, facts_text(part)});
  }
  if (report.verdict != Verdict::valid) run.counterexample = evidence_text(report);
  return run;
}

}  // namespace faultline

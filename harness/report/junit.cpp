#include "harness/report/junit.hpp"

#include <fmt/format.h>

#include <cstddef>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

struct Counts {
  std::size_t cases = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  double seconds = 0;

  void add(const JUnitCase& test) {
    ++cases;
    failures += test.outcome == JUnitOutcome::failure ? 1 : 0;
    errors += test.outcome == JUnitOutcome::error ? 1 : 0;
    skipped += test.outcome == JUnitOutcome::skipped ? 1 : 0;
    seconds += test.seconds;
  }
  std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}")", cases,
                       failures, errors, skipped, seconds);
  }
};

Counts count(const JUnitSuite& suite) {
  Counts counts;
  for (const JUnitCase& test : suite.cases) counts.add(test);
  return counts;
}

std::string_view element(JUnitOutcome outcome) {
  switch (outcome) {
    case JUnitOutcome::passed: return "";
    case JUnitOutcome::failure: return "failure";
    case JUnitOutcome::error: return "error";
    case JUnitOutcome::skipped: return "skipped";
  }
  return "";
}

void append_case(std::string& xml, const std::string& suite, const JUnitCase& test) {
  xml += fmt::format(R"(    <testcase name="{}" classname="{}" time="{:.3f}")",
                     xml_attribute(test.name), xml_attribute(suite), test.seconds);
  if (test.outcome == JUnitOutcome::passed) {
    xml += "/>\n";
    return;
  }
  const std::string_view name = element(test.outcome);
  xml +=
      fmt::format("><{} type=\"{}\" message=\"{}\">{}</{}></testcase>\n", name,
                  xml_attribute(test.type), xml_attribute(test.message), xml_text(test.text), name);
}

JUnitCase case_of(const std::string& name, Verdict verdict, const std::string& reason) {
  JUnitCase test{name, 0, JUnitOutcome::passed, "", "", ""};
  if (verdict == Verdict::valid) return test;
  test.outcome = verdict == Verdict::invalid ? JUnitOutcome::failure : JUnitOutcome::error;
  test.type = to_string(verdict);
  test.message = reason;
  test.text = reason + "\n";
  return test;
}

// What there is to say of the run stands at the check that decided it.
JUnitSuite suite_of(const RunResult& run) {
  JUnitSuite suite{run.name, {}};
  Verdict shown = Verdict::valid;
  for (const CheckResult& check : run.checks) {
    suite.cases.push_back(case_of(check.name, check.verdict, check.reason));
    shown = worst(shown, check.verdict);
  }
  if (suite.cases.empty() || shown != run.verdict) {
    suite.cases.push_back(case_of("verdict", run.verdict, run.reason));
  }
  suite.cases.front().seconds = run.seconds;
  const std::string_view decisive = to_string(run.verdict);
  for (JUnitCase& test : suite.cases) {
    if (test.type != decisive) continue;
    for (const auto& [name, value] : run.facts) test.text += fmt::format("{}  {}\n", name, value);
    if (!run.repeat.empty()) test.text += fmt::format("repeat  {}\n", run.repeat);
    if (!run.counterexample.empty()) test.text += "\n" + run.counterexample;
    break;
  }
  return suite;
}

// U+FFFE and U+FFFF are no characters of XML; in UTF-8 they begin so.
bool is_no_character(std::string_view text) {
  return text.substr(0, 3) == "\xEF\xBF\xBE" || text.substr(0, 3) == "\xEF\xBF\xBF";
}

// One character that stands in text: escaped, or as it is.
std::string escaped(std::string_view character, bool in_attribute) {
  switch (character.front()) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return in_attribute ? "&quot;" : "\"";
    case '\n': return in_attribute ? "&#10;" : "\n";
    case '\t': return in_attribute ? "&#9;" : "\t";
    default: break;
  }
  return is_no_character(character) ? "\xEF\xBF\xBD" : printable(character);
}

std::string escape(std::string_view text, bool in_attribute) {
  std::string xml;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    xml += escaped(character, in_attribute);
    text.remove_prefix(character.size());
  }
  return xml;
}

}  // namespace

std::string xml_text(std::string_view text) {
  return escape(text, false);
}

std::string xml_attribute(std::string_view text) {
  return escape(text, true);
}

std::string junit_xml(std::string_view name, const std::vector<JUnitSuite>& suites) {
  Counts all;
  for (const JUnitSuite& suite : suites) {
    for (const JUnitCase& test : suite.cases) all.add(test);
  }
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml += fmt::format("<testsuites name=\"{}\" {}>\n", xml_attribute(name), all.attributes());
  for (const JUnitSuite& suite : suites) {
    xml += fmt::format("  <testsuite name=\"{}\" {}>\n", xml_attribute(suite.name),
                       count(suite).attributes());
    for (const JUnitCase& test : suite.cases) append_case(xml, suite.name, test);
    xml += "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

std::string junit_xml(const Results& results) {
  std::vector<JUnitSuite> suites;
  Verdict shown = Verdict::valid;
  for (const RunResult& run : results.runs) {
    suites.push_back(suite_of(run));
    shown = worst(shown, run.verdict);
  }
  if (suites.empty() || shown != results.verdict) {
    suites.push_back({results.command, {case_of("verdict", results.verdict, results.reason)}});
  }
  return junit_xml(results.command, suites);
}

}  // namespace faultline

// JUnit: results as the XML that Jenkins, GitLab and GitHub's actions read. Pure functions.
//
// The schema is that of Jenkins's xunit plugin (junit-10.xsd): <testsuites>, in it a <testsuite> a
// suite, in it a <testcase> a case, with at most one <failure>, <error> or <skipped>. What XML 1.0
// cannot hold (control characters, bytes that are no UTF-8) is written as \uXXXX.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/report/results.hpp"

namespace faultline {

enum class JUnitOutcome { passed, failure, error, skipped };

struct JUnitCase {
  std::string name;
  double seconds = 0;
  JUnitOutcome outcome = JUnitOutcome::passed;
  std::string type;     // of what went wrong, in a word
  std::string message;  // in a line
  std::string text;     // all that is to be said
};

struct JUnitSuite {
  std::string name;
  std::vector<JUnitCase> cases;
};

std::string junit_xml(std::string_view name, const std::vector<JUnitSuite>& suites);

// A suite a run, a case a check: invalid is a failure, unknown an error. What is worse as a whole
// than any of its parts (a run that was not judged, runs that did not take place) has a case of its
// own, "verdict", so nothing that is not valid passes.
std::string junit_xml(const Results& results);

// `text` as it stands between tags, or, since quotes and line breaks are escaped, too, in an
// attribute.
std::string xml_text(std::string_view text);
std::string xml_attribute(std::string_view text);

}  // namespace faultline

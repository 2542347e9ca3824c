// RunPage: all that report.html shows of a run; one file that needs no other, to be opened in a
// browser. A plain value and a pure function. harness/report/page has the page's own sources.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/verdict.hpp"
#include "harness/report/operation_table.hpp"
#include "harness/report/statistics.hpp"
#include "harness/store/json_value.hpp"

namespace faultline {

struct RunPage {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  struct Fault {
    Time from = 0;
    Time to = kNever;  // kNever: it was not mended
    std::string name;
    std::string f;
    std::string what;
  };
  static constexpr Duration kTimeless = 1000;
  struct Mark {
    Time at = 0;
    std::string name;
    std::string what;
  };
  struct Failure {
    Time at = 0;
    std::size_t position = 0;  // of the invocation in the history
    std::string sentence;
  };
  struct Leader {
    Time at = 0;
    Time until = kNever;
    std::string node;
    std::optional<std::uint64_t> term;
  };
  struct Clock {
    std::string node;
    std::vector<std::pair<Time, Duration>> points;  // how far it is ahead, from when on
  };
  struct Check {
    std::string checker;
    std::string verdict;
    std::string reason;
    Pairs facts;
    std::string text;
  };
  struct Log {
    std::string name;
    std::size_t omitted = 0;  // lines, before the first
    std::vector<std::string> lines;
  };

  std::string name;
  std::string file = "history.jsonl";  // that the history is from
  bool timed = true;                   // else times are what number an event has, times kTimeless
  Verdict verdict = Verdict::unknown;
  std::string headline;
  Pairs facts;
  Pairs commands;
  OperationTable operations;
  std::vector<Fault> faults;
  std::vector<Mark> marks;
  std::optional<Failure> failure;
  std::vector<Cure> cures;
  std::vector<Leader> leaders;
  std::string leaders_note;  // why there are none, if that needs to be said
  std::vector<Clock> clocks;
  std::vector<Check> checks;
  std::vector<Log> logs;
  Json environment = Json::object();
  std::string counterexample;       // SVG, or empty
  std::string counterexample_note;  // why there is none, if that needs to be said
  std::string space_time;           // SVG, or empty
  std::string space_time_title;
  std::string space_time_note;  // why there is none, if that needs to be said
};

std::string report_html(const RunPage& page);
// Does a file that begins like this come from report_html()?
bool begins_report(std::string_view text);

// What stands in its place between the tags of a <script>: JSON without a character that HTML could
// take for a tag, or JavaScript for the end of a line. What is no UTF-8 is replaced.
std::string script_json(const Json& json);

}  // namespace faultline

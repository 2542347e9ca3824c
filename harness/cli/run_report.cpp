#include "harness/cli/run_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

#include "checkers/linearizability/counterexample_view.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/drawable_history.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/run_diagram.hpp"
#include "harness/cli/run_events.hpp"
#include "harness/core/utf8.hpp"
#include "harness/environments/sim/trace.hpp"
#include "harness/report/counterexample_svg.hpp"
#include "harness/report/run_page.hpp"
#include "harness/store/evidence_file.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLogLines = 200;  // of each, the last ones
// In results.json.
constexpr std::array kTexts{"verdict", "reason", "repeat", "faultline", "target_version"};

// "12,345"
std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

// 20261127T113735.181Z -> 2026-11-27 11:37:35 UTC; anything else as it is.
std::string started(const std::string& directory) {
  const std::string& d = directory;
  if (d.size() < 15 || d[8] != 'T') return d;
  return fmt::format("{}-{}-{} {}:{}:{} UTC", d.substr(0, 4), d.substr(4, 2), d.substr(6, 2),
                     d.substr(9, 2), d.substr(11, 2), d.substr(13, 2));
}

std::string list(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

RunPage::Pairs facts(const JudgedRun& judged, const OperationTable& table) {
  const TestPlan& plan = judged.plan;
  const std::string version = judged.results.value("target_version", std::string());
  RunPage::Pairs facts{{"target", version.empty() ? plan.target : plan.target + " " + version},
                       {"workload", plan.workload},
                       {"environment", plan.environment},
                       {"nemeses", list(plan.nemeses)},
                       {"bugs", list(plan.bugs)}};
  if (!plan.settings.empty()) facts.emplace_back("settings", list(plan.settings));
  facts.insert(facts.end(), {{"seed", std::to_string(plan.seed)},
                             {"nodes", std::to_string(plan.nodes)},
                             {"duration", fmt::format("{:.2f} s", to_seconds(table.end))},
                             {"operations", grouped(table.rows.size())},
                             {"version", judged.results.value("faultline", std::string(kVersion))},
                             {"started", started(judged.run.path().filename().string())}});
  return facts;
}

RunPage::Pairs commands(const JudgedRun& judged) {
  const std::string run = shell_word(judged.run.path().string());
  RunPage::Pairs commands{{"repeat", judged.results.value("repeat", std::string())}};
  if (judged.plan.environment == "sim" && judged.results.value("verdict", "") == "invalid") {
    commands.emplace_back("shrink", "./faultline shrink " + run);
    commands.emplace_back("diagram", "./faultline diagram " + run);
  }
  if (judged.evidence != nullptr) commands.emplace_back("verify", "./faultline verify " + run);
  return commands;
}

std::string text_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<RunPage::Check> checks(const Json& results) {
  std::vector<RunPage::Check> checks;
  for (const Json& json : results.value("checks", Json::array())) {
    RunPage::Check check;
    for (const auto& [name, value] : json.items()) {
      if (name == "checker")
        check.checker = text_of(value);
      else if (name == "verdict")
        check.verdict = text_of(value);
      else if (name == "reason")
        check.reason = text_of(value);
      else if (name == "text")
        check.text = text_of(value);
      else
        check.facts.emplace_back(name, shortened_for_page(text_of(value)));
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

// Not what would never end, and not what lies elsewhere: a report is passed on.
bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(path, error));
}

RunPage::Log read_log(const fs::path& path) {
  RunPage::Log log{path.filename().string(), 0, {}};
  const auto source = Source::open(path);
  if (!source) return log;
  std::string_view text = source->text();
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  log.omitted = lines > kLogLines ? lines - kLogLines : 0;
  for (std::size_t number = 0; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (number >= log.omitted) log.lines.push_back(shortened_for_page(line));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return log;
}

// n2 before n10.
bool comes_before(const RunPage::Log& a, const RunPage::Log& b) {
  return std::pair(a.name.size(), a.name) < std::pair(b.name.size(), b.name);
}

std::vector<RunPage::Log> logs(const RunDirectory& run) {
  std::vector<RunPage::Log> logs;
  std::error_code error;
  for (fs::directory_iterator file(run.path(), error), end; file != end; file.increment(error)) {
    if (file->path().extension() == ".log" && is_file(file->path())) {
      logs.push_back(read_log(file->path()));
    }
  }
  std::sort(logs.begin(), logs.end(), comes_before);
  return logs;
}

Verdict verdict_of(const Json& results) {
  const std::string text = results.value("verdict", std::string());
  for (const Verdict verdict : {Verdict::valid, Verdict::invalid}) {
    if (text == to_string(verdict)) return verdict;
  }
  return Verdict::unknown;
}

void require_results(const Json& results, const std::string& file) {
  const auto is_text = [&](const char* name) {
    const auto member = results.find(name);
    return member == results.end() || member->is_string();
  };
  const auto has_checks = [&] {
    const auto all = results.find("checks");
    return all == results.end() || (all->is_array() && std::ranges::all_of(*all, &Json::is_object));
  };
  if (!results.is_object() || !std::ranges::all_of(kTexts, is_text) || !has_checks()) {
    throw UsageError(
        fmt::format("{}: expected an object in which {} are texts and \"checks\" is a list of "
                    "objects; ./faultline analyze writes it anew",
                    file, fmt::join(kTexts, ", ")));
  }
}

// Of the workload and the time, as under results/.
std::string name_of(const RunDirectory& run) {
  return (run.path().parent_path().filename() / run.path().filename()).string();
}

void add_events(const History& history, RunPage& page) {
  page.faults = faults_of(history);
  page.marks = marks_of(history);
  page.cures = cures_of(history);
  page.leaders = leaders_of(history);
  page.clocks = clocks_of(history);
}

RunPage page_of(const JudgedRun& judged) {
  RunPage page;
  const DrawableHistory history(judged.history);
  page.timed = history.timed();
  page.operations = read_operations(history.ops());
  page.name = name_of(judged.run);
  page.verdict = verdict_of(judged.results);
  const std::string reason = judged.results.value("reason", std::string());
  page.headline = verdict_line(page.verdict, reason);
  page.facts = facts(judged, page.operations);
  page.commands = commands(judged);
  add_events(history.ops(), page);
  page.checks = checks(judged.results);
  page.logs = logs(judged.run);
  page.environment = to_json(judged.plan);
  return page;
}

// The end of the violation, or the last fault. Bounded: it stands in the page. It is drawn here and
// not read from the run's directory, where anybody may have put a picture that is more than that.
void add_space_time(const JudgedRun& judged, const Source* trace, RunPage& page) {
  constexpr std::size_t kMostMessages = 2000;
  if (trace == nullptr) return;
  std::vector<SpaceTime::Operation> operations;
  if (page.verdict == Verdict::invalid && judged.evidence != nullptr) {
    operations = violating_operations(judged.history, *judged.evidence,
                                      judged.run.file(kEvidenceFile).string());
  }
  if (operations.empty() && page.failure) {
    operations = {operation_at(judged.history, page.failure->position)};
  }
  const auto around = operations.empty() ? window_around(page.faults) : window_around(operations);
  if (!around) return;
  page.space_time_title =
      operations.empty() ? "Messages around the last fault" : "Messages around the failure";
  auto diagram = run_diagram(*trace, judged.plan, judged.history, std::move(operations), *around);
  if (!diagram) {
    page.space_time_note = diagram.error().message;
    return;
  }
  narrow(*diagram, kMostMessages);
  page.space_time = space_time_svg(*diagram);
}

// Only a trace tells who led in virtual time; in real time marks in the history do.
void add_leaders(const JudgedRun& judged, const Source* trace, RunPage& page) {
  if (judged.plan.environment != "sim") return;
  if (trace == nullptr) {
    std::error_code error;
    const bool scheduled = fs::exists(judged.run.file(kScheduleFile), error);
    page.leaders_note = "Whether a node led was not recorded. ";
    page.leaders_note +=
        scheduled
            ? "With \"trace\": true in the plan of its schedule it is."
            : "With --trace it is: " + judged.results.value("repeat", std::string()) + " --trace";
    return;
  }
  auto leaders = leaders_in(*trace);
  if (leaders) {
    page.leaders = std::move(*leaders);
    if (page.leaders.empty()) page.leaders_note = "No node ever led.";
  } else {
    page.leaders_note = leaders.error().message;
  }
}

void add_trace(const JudgedRun& judged, RunPage& page) {
  const fs::path path = judged.run.file(sim::kTraceFile);
  const auto opened = is_file(path) ? std::optional(Source::open(path)) : std::nullopt;
  const Source* trace = opened && *opened ? &**opened : nullptr;
  add_space_time(judged, trace, page);
  add_leaders(judged, trace, page);
}

// Where `position` is that of an invocation.
void add_failure(std::size_t position, std::string sentence, RunPage& page) {
  const auto& rows = page.operations.rows;
  const std::size_t row = page.operations.row_at(position);
  if (row == rows.size()) return;
  const Time at = rows[row].end != kNever ? rows[row].end : rows[row].start;
  page.failure = {at, position, std::move(sentence)};
}

// What another checker than that for linearizability names as the op that shows it.
void add_failing_op(const Json& results, const History& history, RunPage& page) {
  const auto position = failing_op_in(results, history);
  if (page.failure || !position) return;
  add_failure(*position, results.value("reason", std::string()), page);
}

// Not if it would take long to find again.
void add_counterexample(const History& history, const Evidence* evidence, RunPage& page) {
  if (page.verdict != Verdict::invalid || evidence == nullptr) return;
  Limits limits;
  limits.time = std::chrono::seconds(10);
  const auto view = view_counterexample(history, *evidence, limits);
  if (!view) {
    page.counterexample_note =
        "It was not found again in time to be drawn. The text under Checkers shows it.";
    return;
  }
  page.counterexample = counterexample_svg(
      *view, page.timed ? page.faults : std::vector<RunPage::Fault>(), page.operations);
  add_failure(view->failing.invoked, view->sentence, page);
}

RunPage::Pairs facts(const JudgedFile& judged, const DrawableHistory& history,
                     const RunPage& page) {
  RunPage::Pairs facts{{"file", printable(judged.file)},
                       {"format", judged.history.format},
                       {"model", std::string(judged.model)},
                       {"operations", grouped(page.operations.rows.size())}};
  if (page.timed) {
    const Duration length = page.operations.end - page.operations.begin;
    facts.emplace_back("duration", fmt::format("{:.2f} s", to_seconds(length)));
  }
  for (const std::string& note : judged.history.notes) facts.emplace_back("note", note);
  if (history.has_far_times()) {
    facts.emplace_back("note", "times of more than 73 years are drawn as if they were those");
  }
  facts.emplace_back("version", std::string(kVersion));
  return facts;
}

}  // namespace

const Evidence* evidence_in(const Report& report) {
  for (const Report& part : report.parts) {
    if (part.evidence) return &*part.evidence;
  }
  return nullptr;
}

std::string report_of(const JudgedFile& judged) {
  const DrawableHistory history(judged.history.ops);
  RunPage page;
  page.timed = history.timed();
  page.operations = read_operations(history.ops(), judged.history.lines);
  page.file = page.name = printable(fs::path(judged.file).filename().string());
  page.verdict = judged.report.verdict;
  page.headline = verdict_line(page.verdict, judged.report.reason);
  page.facts = facts(judged, history, page);
  page.commands = {{"repeat", judged.repeat}};
  add_events(history.ops(), page);
  const Json results{{"reason", judged.report.reason},
                     {"checks", to_json(judged.report).value("parts", Json::array())}};
  page.checks = checks(results);
  add_counterexample(judged.history.ops, evidence_in(judged.report), page);
  add_failing_op(results, judged.history.ops, page);
  return report_html(page);
}

void write_report(const JudgedRun& judged) {
  RunPage page = page_of(judged);
  add_counterexample(judged.history, judged.evidence, page);
  add_failing_op(judged.results, judged.history, page);
  add_trace(judged, page);
  if (!page.counterexample.empty()) {
    require(judged.run.write_text(kDrawingFile, page.counterexample));
  } else if (page.counterexample_note.empty()) {
    std::error_code error;  // that of an earlier judgement may be there
    fs::remove(judged.run.file(kDrawingFile), error);
  }
  require(judged.run.write_text(kReportFile, report_html(page)));
}

void write_report(const RecordedRun& recorded, const History& history) {
  const RunDirectory& run = recorded.run;
  std::error_code error;
  if (!fs::exists(run.file(kResultsFile), error)) {
    const std::string path = run.path().string();
    throw UsageError(
        fmt::format("{}: there is no {}, the run was not judged; ./faultline analyze {} "
                    "does so, and writes the report, too",
                    path, kResultsFile, shell_word(path)));
  }
  const Json results = require<UsageError>(run.read_json(kResultsFile));
  require_results(results, run.file(kResultsFile).string());
  const fs::path path = run.file(kEvidenceFile);
  std::optional<Evidence> evidence;
  if (is_evidence(path)) evidence = require<UsageError>(read_evidence(path)).evidence;
  write_report({recorded.plan, run, history, results, evidence ? &*evidence : nullptr});
}

}  // namespace faultline::cli

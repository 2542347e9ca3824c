#include "harness/cli/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/plan_options.hpp"
#include "harness/cli/recorded_run.hpp"
#include "harness/cli/registry.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/run_report.hpp"
#include "harness/cli/schedule_file.hpp"
#include "harness/report/results.hpp"
#include "harness/store/evidence_file.hpp"
#include "harness/store/history_reader.hpp"

namespace faultline::cli {
namespace {

// What an earlier judgement left there says nothing about this one.
Result<void> remove_file(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) return Error{fmt::format("{}: cannot remove it: {}", path.string(), error.message())};
  return {};
}

Result<void> save_evidence(const Judgement& judgement, const RunDirectory& run) {
  for (const Report& part : judgement.report.parts) {
    if (!part.evidence) continue;
    return write_evidence(run.file(kEvidenceFile),
                          {std::string(kHistoryFile), false, judgement.events, *part.evidence});
  }
  return remove_file(run.file(kEvidenceFile));
}

// Empty, or why it could not be done.
std::string save(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run) {
  const auto written = run.write_json(kResultsFile, results_json(judgement, plan, run));
  if (!written) return written.error().message;
  const auto proof = save_evidence(judgement, run);
  if (!proof) return proof.error().message;
  const std::string text = evidence_text(judgement.report);
  const auto saved = text.empty() ? remove_file(run.file(kCounterexampleFile))
                                  : run.write_text(kCounterexampleFile, text);
  return saved ? "" : saved.error().message;
}

}  // namespace

std::string counted(std::size_t number, std::string_view thing) {
  const std::string_view plural = thing.ends_with('s') ? "es" : "s";
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : plural);
}

std::string verdict_line(Verdict verdict, const std::string& reason) {
  std::string line(to_string(verdict));
  for (char& c : line) c = static_cast<char>(c - 'a' + 'A');
  return reason.empty() ? line : line + ": " + reason;
}

std::string test_command(const std::string& arguments, const RunDirectory& run) {
  std::string command = "./faultline test " + arguments;
  const std::string root = run.path().parent_path().parent_path().string();
  if (root.empty() || root == kResultsRoot) return command;
  return command + " --results " + shell_word(root);
}

std::string repeat_command(const TestPlan& plan, const RunDirectory& run) {
  const std::filesystem::path schedule = run.file(kScheduleFile);
  std::error_code error;
  if (std::filesystem::exists(schedule, error)) {
    return test_command("--schedule " + shell_word(schedule.string()), run);
  }
  return test_command(repeat_arguments(plan).substr(std::string_view("test ").size()), run);
}

// Without a report the verdict stands.
void save_report(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run,
                 const History& history) {
  try {
    write_report(
        {plan, run, history, results_json(judgement, plan, run), evidence_in(judgement.report)});
  } catch (const std::exception& e) {
    fmt::print(stderr, "faultline: warning: no {}: {}\n", kReportFile, e.what());
    remove_file(run.file(kReportFile));
  }
}

Result<Judgement> judge(const TestPlan& plan, const RunDirectory& run, const Watch& watch) {
  auto history = read_history(run.file(kHistoryFile));
  if (!history) return history.error();
  const auto checker = checker_of(plan);
  if (!checker) return checker.error();
  Judgement judgement;
  judgement.events = history->ops.size();
  judgement.notes = std::move(history->notes);
  judgement.report = check_safely(**checker, history->ops, watch);
  judgement.report.checker = "all";
  judgement.proved = std::any_of(judgement.report.parts.begin(), judgement.report.parts.end(),
                                 [](const Report& part) { return part.evidence.has_value(); });
  judgement.unsaved = save(judgement, plan, run);
  if (judgement.unsaved.empty()) save_report(judgement, plan, run, history->ops);
  return judgement;
}

Json results_json(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run) {
  Json json;
  json["faultline"] = kVersion;
  json["verdict"] = to_string(judgement.report.verdict);
  json["reason"] = judgement.report.reason;
  json["run"] = run.path().string();
  json["target"] = plan.target;
  if (std::string version = target_version(run); !version.empty()) {
    json["target_version"] = std::move(version);
  }
  json["environment"] = plan.environment;
  json["workload"] = plan.workload;
  json["nemeses"] = plan.nemeses;
  json["bugs"] = plan.bugs;
  json["seed"] = plan.seed;
  json["events"] = judgement.events;
  json["notes"] = judgement.notes;
  json["repeat"] = repeat_command(plan, run);
  json["checks"] = to_json(judgement.report).value("parts", Json::array());
  return json;
}

void print_judgement(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run) {
  const Report& report = judgement.report;
  const std::string text = report.verdict == Verdict::valid ? "" : evidence_text(report);
  if (!text.empty()) fmt::print("\n{}\n", text);
  for (const std::string& note : judgement.notes) fmt::print("note: {}\n", note);
  for (const Report& part : report.parts) {
    const std::string_view verdict = to_string(part.verdict);
    if (part.reason.empty()) {
      fmt::print("  {:<14} {}\n", part.checker, verdict);
    } else {
      fmt::print("  {:<14} {:<8} {}\n", part.checker, verdict, part.reason);
    }
  }
  fmt::print("\n{}\n", verdict_line(report.verdict, report.reason));
  fmt::print("  history  {}\n", run.file(kHistoryFile).string());
  if (judgement.unsaved.empty()) {
    fmt::print("  results  {}\n", run.file(kResultsFile).string());
    if (std::filesystem::exists(run.file(kReportFile))) {
      fmt::print("  report   {}\n", run.file(kReportFile).string());
    }
    if (!text.empty()) fmt::print("  evidence {}\n", run.file(kCounterexampleFile).string());
  }
  fmt::print("  repeat   {}\n", repeat_command(plan, run));
  if (judgement.proved)
    fmt::print("  verify   ./faultline verify {}\n", shell_word(run.path().string()));
}

}  // namespace faultline::cli

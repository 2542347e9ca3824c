#include "harness/cli/judge.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/cli/registry.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/store/history_reader.hpp"

namespace faultline::cli {
namespace {

constexpr const char* kEvidenceFile = "counterexample.txt";

// The evidence of every part, the worst first.
std::string evidence(const Report& report) {
  std::string text = report.text;
  for (const Report& part : report.parts) {
    if (part.verdict == report.verdict) text += evidence(part);
  }
  return text;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(c - 'a' + 'A');
  return result;
}

}  // namespace

std::string repeat_command(const TestPlan& plan) {
  return "./faultline " + repeat_arguments(plan);
}

Result<Judgement> judge(const TestPlan& plan, const RunDirectory& run) {
  auto history = read_history(run.file(kHistoryFile));
  if (!history) return history.error();
  const auto checker = checker_of(plan);
  if (!checker) return checker.error();
  Judgement judgement;
  judgement.events = history->ops.size();
  judgement.notes = std::move(history->notes);
  judgement.report = check_safely(**checker, history->ops);
  judgement.report.checker = "all";
  const auto written = run.write_json(kResultsFile, results_json(judgement, plan, run));
  if (!written) return written.error();
  const std::string text = evidence(judgement.report);
  if (!text.empty()) {
    if (const auto saved = run.write_text(kEvidenceFile, text); !saved) return saved.error();
  }
  return judgement;
}

Json results_json(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run) {
  Json json;
  json["verdict"] = to_string(judgement.report.verdict);
  json["reason"] = judgement.report.reason;
  json["run"] = run.path().string();
  json["seed"] = plan.seed;
  json["events"] = judgement.events;
  json["notes"] = judgement.notes;
  json["repeat"] = repeat_command(plan);
  json["checks"] = to_json(judgement.report).value("parts", Json::array());
  return json;
}

void print_judgement(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run) {
  const Report& report = judgement.report;
  const std::string text = report.verdict == Verdict::valid ? "" : evidence(report);
  if (!text.empty()) fmt::print("\n{}\n", text);
  for (const std::string& note : judgement.notes) fmt::print("note: {}\n", note);
  for (const Report& part : report.parts) {
    fmt::print("  {:<14} {:<8} {}\n", part.checker, to_string(part.verdict), part.reason);
  }
  fmt::print("\n{}{}{}\n", upper(to_string(report.verdict)), report.reason.empty() ? "" : ": ",
             report.reason);
  fmt::print("  history  {}\n", run.file(kHistoryFile).string());
  fmt::print("  results  {}\n", run.file(kResultsFile).string());
  if (!text.empty()) fmt::print("  evidence {}\n", run.file(kEvidenceFile).string());
  fmt::print("  repeat   {}\n", repeat_command(plan));
}

}  // namespace faultline::cli

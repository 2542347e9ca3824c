// faultline verify: does the evidence for a verdict hold? Without the search, by a checker of
// proofs.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "checkers/models/models.hpp"
#include "checkers/verify.hpp"
#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/core/utf8.hpp"
#include "harness/store/evidence_file.hpp"
#include "harness/store/history_reader.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamedKeys = 10;  // whose evidence holds

struct VerifyOptions {
  std::optional<std::string> what;
  std::optional<std::string> history;
  std::string results = kResultsRoot;
  bool json = false;
};

struct Outcome {
  fs::path evidence;
  std::string about;  // history, model, initial state
  std::size_t held = 0;
  std::vector<Verification> parts;
  Verdict worst = Verdict::valid;  // invalid if a proof fails, unknown if one is missing
};

fs::path evidence_file(const VerifyOptions& options) {
  if (options.what && options.what->empty()) {
    refuse("verify", "", "a run, or an evidence file");
  }
  std::error_code ignored;
  if (options.what && fs::is_regular_file(*options.what, ignored)) {
    const fs::path file(*options.what);
    return file.filename() == kHistoryFile ? file.parent_path() / kEvidenceFile : file;
  }
  const auto run = RunDirectory::open(options.results, options.what.value_or(""));
  if (!run) throw UsageError(run.error().message);
  fs::path file = run->file(kEvidenceFile);
  if (fs::exists(file, ignored)) return file;
  if (fs::exists(run->file(kResultsFile), ignored)) {
    throw UsageError(fmt::format(
        "{}: there is no evidence to be verified: that is left by the checker linearizable only, "
        "which has not judged this run",
        run->path().string()));
  }
  throw UsageError(fmt::format("{}: it has not been judged; do so with: faultline analyze {}",
                               run->path().string(), shell_word(run->path().string())));
}

// The verdict of the check `linearizable`, if there is one.
std::string linearizable_in(const Json& results) {
  const auto checks = results.find("checks");
  if (checks == results.end() || !checks->is_array()) return {};
  for (const Json& check : *checks) {
    const Json name = check.is_object() ? check.value("checker", Json()) : Json();
    if (name != "linearizable") continue;
    const Json verdict = check.value("verdict", Json());
    return verdict.is_string() ? verdict.get<std::string>() : verdict.dump();
  }
  return {};
}

// If it is a run's evidence: is it for the verdict that the run was given?
void compare_with_results(Outcome& outcome) {
  const auto run = RunDirectory::open({}, fs::absolute(outcome.evidence).parent_path().string());
  if (!run || outcome.evidence.filename() != kEvidenceFile) return;
  const auto results = run->read_json(kResultsFile);
  if (!results || !results->is_object()) return;
  Verdict proved = Verdict::valid;
  for (const Verification& part : outcome.parts) proved = worst(proved, part.verdict);
  const std::string said = linearizable_in(*results);
  if (said.empty() || said == to_string(proved)) return;
  outcome.worst = Verdict::invalid;
  outcome.about += fmt::format("\n{} says {}, but the evidence is for {}", kResultsFile,
                               printable(said), to_string(proved));
}

Outcome verify_file(const VerifyOptions& options) {
  Outcome outcome;
  outcome.evidence = evidence_file(options);
  const auto file = read_evidence(outcome.evidence);
  if (!file) throw UsageError(file.error().message);
  const fs::path history_path =
      options.history ? fs::path(*options.history) : outcome.evidence.parent_path() / file->history;
  const auto history = read_history(history_path, {.independent = file->independent});
  if (!history) throw UsageError(history.error().message);
  if (history->ops.size() != file->events) {
    throw UsageError(fmt::format("{}: it has {}, but the evidence is about a history of {}",
                                 history_path.string(), counted(history->ops.size(), "event"),
                                 file->events));
  }
  const Model* model = find_model(file->evidence.model);
  if (model == nullptr) {
    throw UsageError(fmt::format("{}: there is no model {}", outcome.evidence.string(),
                                 printable(file->evidence.model)));
  }
  outcome.about = fmt::format(
      "history {}, model {}, initially {}{}", history_path.string(), model->name,
      printable(file->evidence.initial.to_string()),
      file->evidence.nil_read_unconstrained ? ", where a read of nil says nothing" : "");
  auto parts = verify(history->ops, *model, file->evidence);
  if (!parts) {
    throw UsageError(fmt::format("{}:{}: {}", history_path.string(),
                                 history->lines[parts.error().op], parts.error().what));
  }
  outcome.parts = std::move(*parts);
  for (const Verification& part : outcome.parts) {
    if (part.proof == Proof::holds) ++outcome.held;
    if (part.proof == Proof::missing) outcome.worst = worst(outcome.worst, Verdict::unknown);
    if (part.proof == Proof::fails) outcome.worst = Verdict::invalid;
  }
  compare_with_results(outcome);
  return outcome;
}

std::string_view name_of(Proof proof) {
  switch (proof) {
    case Proof::holds: return "holds";
    case Proof::missing: return "missing";
    case Proof::fails: return "FAILS";
  }
  return "?";
}

std::string describe(const Verification& part) {
  const bool proved = part.proof == Proof::holds;
  const std::string_view what = part.verdict == Verdict::valid ? "a linearization" : "a core";
  const std::string why =
      proved ? fmt::format("{} of {}", what, counted(part.ops, "operation")) : part.what;
  return fmt::format("{}, evidence {}{}{}", to_string(part.verdict), name_of(part.proof),
                     why.empty() ? "" : ": ", why);
}

void print_text(const Outcome& outcome) {
  fmt::print("{}\n{}\n", outcome.evidence.string(), outcome.about);
  std::size_t named = 0;
  for (const Verification& part : outcome.parts) {
    const bool tell = part.proof != Proof::holds || part.verdict != Verdict::valid;
    if (!tell && named++ >= kNamedKeys) continue;
    const std::string key =
        part.key.is_nothing() ? "" : fmt::format("key {}: ", part.key.to_string());
    fmt::print("  {}{}\n", key, describe(part));
  }
  if (named > kNamedKeys) fmt::print("  ... {} more, valid, hold\n", named - kNamedKeys);
  const std::string_view verdict = outcome.worst == Verdict::valid     ? "VERIFIED"
                                   : outcome.worst == Verdict::unknown ? "NOT VERIFIED"
                                                                       : "REFUTED";
  fmt::print("\n{}: the evidence for {} of {} holds\n", verdict, outcome.held,
             counted(outcome.parts.size(), "verdict"));
}

void print_json(const Outcome& outcome) {
  Json json;
  json["evidence"] = outcome.evidence.string();
  json["about"] = outcome.about;
  json["verified"] = outcome.worst == Verdict::valid;
  json["held"] = outcome.held;
  json["parts"] = Json::array();
  for (const Verification& part : outcome.parts) {
    Json entry;
    if (!part.key.is_nothing()) entry["key"] = to_json(part.key);
    entry["verdict"] = to_string(part.verdict);
    entry["evidence"] = part.proof == Proof::fails ? "fails" : name_of(part.proof);
    entry["ops"] = part.ops;
    if (!part.what.empty()) entry["reason"] = part.what;
    json["parts"].push_back(std::move(entry));
  }
  fmt::print("{}\n", dump_line(json));
}

}  // namespace

void add_verify_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command =
      app.add_subcommand("verify", "Check the evidence for a verdict, without the search");
  add_value(*command, "what", options->what, "RUN|FILE",
            "a run, or a file that check --evidence wrote (default: the latest run)");
  add_value(*command, "--history", options->history, "FILE",
            "the history, if it is no longer where it was");
  add_value(*command, "--results", options->results, "DIR", "where runs are kept")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print one line of JSON");
  command->footer(
      "Exit codes: 0 all evidence holds, 1 some does not, 2 some is missing, 254 bad usage.");
  command->callback([options, &exit_code] {
    const Outcome outcome = verify_file(*options);
    if (options->json) {
      print_json(outcome);
    } else {
      print_text(outcome);
    }
    exit_code = faultline::exit_code(outcome.worst);
  });
}

}  // namespace faultline::cli

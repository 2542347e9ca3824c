// faultline check: judges histories that somebody else recorded.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "checkers/stats.hpp"
#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/progress.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/result_files.hpp"
#include "harness/cli/run_report.hpp"
#include "harness/core/utf8.hpp"
#include "harness/report/run_page.hpp"
#include "harness/store/atomic_file.hpp"
#include "harness/store/evidence_file.hpp"
#include "harness/store/history_reader.hpp"
#include "harness/store/run_directory.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {
namespace {

struct CheckOptions {
  // As they were typed.
  std::vector<std::string> files;
  std::optional<std::string> model;
  std::optional<std::string> initial;
  std::optional<std::string> evidence;
  std::optional<std::string> html;
  bool independent = false;
  bool json = false;
  std::string time_limit = "60";
  std::string memory_limit = "2048";
  ResultFileOptions result_files;

  Limits limits;  // what the last two mean
};

struct Checked {
  RecordedHistory history;
  std::string_view model;
  Report report;
};

std::vector<std::string_view> names_of_models() {
  std::vector<std::string_view> names;
  for (const Model& model : all_models()) names.push_back(model.name);
  return names;
}

// The first model that knows every function of the history.
const Model& fitting_model(const std::string& file, const RecordedHistory& history) {
  std::set<std::string> functions;
  for (std::size_t i = 0; i < history.ops.size(); ++i) {
    const Op& op = history.ops[i];
    if (op.is_nemesis()) continue;
    if (op.f.empty()) {
      throw UsageError(fmt::format("{}:{}: this op has no function, so no model knows it", file,
                                   history.lines[i]));
    }
    functions.insert(op.f.name());
  }
  for (const Model& model : all_models()) {
    const auto known = [&](const std::string& f) {
      return std::find(model.functions.begin(), model.functions.end(), f) != model.functions.end();
    };
    if (std::all_of(functions.begin(), functions.end(), known)) return model;
  }
  throw UsageError(fmt::format("{}: no model knows the functions {}; name one with --model: {}",
                               file, printable(fmt::format("{}", fmt::join(functions, ", "))),
                               fmt::join(names_of_models(), ", ")));
}

const Model& choose_model(const std::string& file, const CheckOptions& options,
                          const RecordedHistory& history) {
  if (!options.model) return fitting_model(file, history);
  return *find_model(*options.model);
}

void refuse_run_directory(const std::string& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(std::filesystem::path(file) / kHistoryFile, ignored))
    return;
  throw UsageError(
      fmt::format("{}: it is the directory of a run; judge it with: faultline analyze "
                  "{}",
                  file, shell_word(file)));
}

Value initial_state(const CheckOptions& options, const Model& model) {
  const auto initial = model.parse_initial(options.initial ? std::string_view(*options.initial)
                                                           : model.default_initial);
  if (!initial) throw UsageError(fmt::format("--initial: {}", initial.error().message));
  return *initial;
}

Checked check_file(const std::string& file, const CheckOptions& options) {
  refuse_run_directory(file);
  auto read = read_history(file, {.independent = options.independent});
  if (!read) throw UsageError(read.error().message);
  watch_signals();  // from here on the first ends the check in order
  Checked checked{std::move(*read), {}, {}};
  const RecordedHistory& history = checked.history;
  const Model& model = choose_model(file, options, history);
  checked.model = model.name;
  const Value initial = initial_state(options, model);
  if (const auto misfit = find_misfit(history.ops, model)) {
    throw UsageError(fmt::format("{}:{}: {}", file, history.lines[misfit->op], misfit->what));
  }
  std::vector<std::unique_ptr<Checker>> checkers;
  checkers.push_back(make_stats(Enough::an_outcome));
  checkers.push_back(make_linearizable(model, initial,
                                       {.nil_read_unconstrained = history.nil_read_unconstrained},
                                       options.limits, history.lines));
  CheckProgress progress;
  checked.report = compose(std::move(checkers))->check(history.ops, progress.watch());
  return checked;
}

// Nothing but older evidence is overwritten.
void refuse_to_overwrite(const std::string& out) {
  std::error_code ignored;
  if (!std::filesystem::exists(out, ignored) || is_evidence(out)) return;
  throw UsageError(fmt::format("--evidence {}: it exists and is no evidence; name another file",
                               printable(out)));
}

// Its history is named as seen from the folder that it is in.
void save_evidence(const std::string& file, const CheckOptions& options, const Checked& checked) {
  namespace fs = std::filesystem;
  for (const Report& part : checked.report.parts) {
    if (!part.evidence) continue;
    const fs::path out(*options.evidence);
    std::error_code error;
    const fs::path history =
        fs::proximate(file, out.parent_path().empty() ? "." : out.parent_path(), error);
    const auto written = write_evidence(out, {error ? file : history.string(), options.independent,
                                              checked.history.ops.size(), *part.evidence});
    if (!written) throw SystemError(written.error().message);
  }
}

std::string check_again(const std::string& file, const CheckOptions& options,
                        const Checked& checked) {
  std::string command = fmt::format("./faultline check --model {}", checked.model);
  if (options.initial) command += " --initial " + shell_word(*options.initial);
  if (options.independent) command += " --independent";
  return command + " " + shell_word(file);
}

// Nothing but an older report is overwritten.
bool is_report(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  const auto source = Source::open(path);
  return source && begins_report(source->text());
}

// Found out before the work: a place that is not to be written, or cannot be.
void require_place_of_report(const CheckOptions& options) {
  const std::string& out = *options.html;
  std::error_code ignored;
  if (out.empty()) refuse("--html", "", "a file to write");
  if (std::filesystem::exists(out, ignored) && !is_report(out)) {
    throw UsageError(
        fmt::format("--html {}: it exists and is no report; name another file", printable(out)));
  }
  const auto file = AtomicFile::create(out, AtomicFile::Existing::replace);
  if (!file) throw UsageError(fmt::format("--html {}", file.error().message));
}

void save_report(const std::string& file, const CheckOptions& options, const Checked& checked) {
  require(
      replace_file(*options.html, report_of({file, checked.history, checked.model, checked.report,
                                             check_again(file, options, checked)})));
}

void print_json(const std::string& file, const Checked& checked) {
  Json json;
  json["faultline"] = kVersion;
  json["file"] = file;
  json["verdict"] = to_string(checked.report.verdict);
  json["reason"] = checked.report.reason;
  json["format"] = checked.history.format;
  json["model"] = checked.model;
  json["events"] = checked.history.ops.size();
  json["notes"] = checked.history.notes;
  json["checks"] = to_json(checked.report).value("parts", Json::array());
  fmt::print("{}\n", dump_line(json));
}

void print_text(const std::string& file, const Checked& checked, bool alone) {
  const Report& report = checked.report;
  const std::string verdict = report.reason.empty()
                                  ? std::string(to_string(report.verdict))
                                  : fmt::format("{}: {}", to_string(report.verdict), report.reason);
  if (alone) {
    for (const std::string& note : checked.history.notes) fmt::print("note: {}\n", note);
    fmt::print("{}: {}, format {}, model {}\n", file, counted(checked.history.ops.size(), "event"),
               checked.history.format, checked.model);
    for (const Report& part : report.parts) {
      if (!part.text.empty()) fmt::print("\n{}\n", part.text);
    }
    fmt::print("{}\n", verdict);
  } else {
    fmt::print("{}: {}\n", file, verdict);
    for (const std::string& note : checked.history.notes) fmt::print("  note: {}\n", note);
  }
}

void print_failure(const std::string& file, const CheckOptions& options, const char* what) {
  if (options.json) {
    fmt::print("{}\n", dump_line(Json{{"file", file}, {"error", what}}));
    flush_output();
  }
  fmt::print(stderr, "faultline: {}\n", what);
}

RunResult result_of(const std::string& file, const CheckOptions& options, const Checked& checked) {
  RunResult result = faultline::result_of(file, checked.report);
  result.facts = {{"events", std::to_string(checked.history.ops.size())},
                  {"format", std::string(checked.history.format)},
                  {"model", std::string(checked.model)}};
  for (const std::string& note : checked.history.notes) result.facts.emplace_back("note", note);
  result.repeat = check_again(file, options, checked);
  return result;
}

// What came of all files. One gives its verdict, several the worst. A file that cannot be read or
// understood does not keep the others from being judged, but it decides the exit code unless one
// is invalid.
class Outcome {
 public:
  explicit Outcome(const CheckOptions& options) : options_(options) {}

  void judged(const std::string& file, const Checked& checked) {
    verdict_ = worst(verdict_, checked.report.verdict);
    results_.push_back(result_of(file, options_, checked));
  }
  void not_judged(const std::string& file, const char* why) {
    verdict_ = worst(verdict_, Verdict::unknown);
    RunResult& result = results_.emplace_back();
    result.name = file;
    result.reason = why;
    print_failure(file, options_, why);
  }
  void bad_input(const std::string& file, const char* why) {
    not_judged(file, why);
    bad_input_ = true;
  }
  int exit_code() const {
    if (bad_input_ && verdict_ != Verdict::invalid) return kExitUsage;
    return faultline::exit_code(verdict_);
  }
  // For the files. The reason is that of the first of the worst.
  Results results() const {
    const auto decisive = std::ranges::find(results_, verdict_, &RunResult::verdict);
    const std::string reason = decisive == results_.end() ? "" : decisive->reason;
    const bool alone = results_.size() == 1 || reason.empty();
    return {"", verdict_, alone ? reason : decisive->name + ": " + reason, results_};
  }

 private:
  const CheckOptions& options_;
  Verdict verdict_ = Verdict::valid;
  bool bad_input_ = false;
  std::vector<RunResult> results_;
};

void check_one(const std::string& file, const CheckOptions& options, Outcome& outcome) {
  try {
    const Checked checked = check_file(file, options);
    if (options.evidence) save_evidence(file, options, checked);
    if (options.html) save_report(file, options, checked);
    outcome.judged(file, checked);
    if (options.json) {
      print_json(file, checked);
    } else {
      print_text(file, checked, options.files.size() == 1);
      if (options.html) fmt::print("  report   {}\n", *options.html);
    }
  } catch (const UsageError& e) {
    outcome.bad_input(file, e.what());
  } catch (const std::bad_alloc&) {
    outcome.not_judged(file, (file + ": out of memory, so there is no verdict").c_str());
  }
  flush_output();
}

int check_all(const CheckOptions& options, const ResultFiles& files) {
  Outcome outcome(options);
  for (const std::string& file : options.files) {
    // What was not looked at is not known to be well.
    if (interrupted()) {
      outcome.not_judged(file, (file + ": interrupted before it was judged").c_str());
    } else {
      check_one(file, options, outcome);
    }
  }
  if (files.wanted()) files.write(outcome.results());
  if (!options.json) files.print_places();
  return outcome.exit_code();
}

// Refuses what is wrong whatever the files are.
void settle(CheckOptions& options) {
  constexpr std::uint64_t kMostMib = 1 << 20;
  if (options.files.empty()) throw UsageError("check needs at least one history file");
  if (options.evidence && options.files.size() > 1) {
    throw UsageError("--evidence is for one history: there is one file to write");
  }
  if (options.evidence) refuse_to_overwrite(*options.evidence);
  if (options.html && options.files.size() > 1) {
    throw UsageError("--html is for one history: there is one file to write");
  }
  if (options.html) require_place_of_report(options);
  if (options.model && find_model(*options.model) == nullptr) {
    throw UsageError(fmt::format("--model {}: there is no such model; there are: {}",
                                 options.model->empty() ? "''" : printable(*options.model),
                                 fmt::join(names_of_models(), ", ")));
  }
  if (options.initial && options.initial->empty()) {
    refuse("--initial", "", "the first state of the model, such as nil or 0");
  }
  options.limits.time = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::nanoseconds(parse_seconds("--time-limit", options.time_limit, kMillisecond)));
  options.limits.memory_bytes = parse_whole("--memory-limit", options.memory_limit, 1, kMostMib)
                                << 20;
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Judge histories that somebody else recorded");
  add_value(*command, "files", options->files, "FILE", "histories; their format is detected");
  add_value(*command, "--model", options->model, "NAME",
            "what the object promises (see list models; default: by the functions)");
  add_value(*command, "--initial", options->initial, "STATE",
            "its first state (default: the model's)");
  add_value(*command, "--evidence", options->evidence, "OUT",
            "write what proves the verdict, for faultline verify");
  add_value(*command, "--html", options->html, "OUT",
            "write a report for a browser: the counterexample, the history, latencies");
  command->add_flag("--independent", options->independent,
                    "values are pairs [key value] of independent keys");
  add_value(*command, "--time-limit", options->time_limit, "SECONDS", "to spend on a file")
      ->capture_default_str();
  add_value(*command, "--memory-limit", options->memory_limit, "MIB", "to spend on a file")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print one line of JSON a file");
  options->result_files.add_to(*command);
  command->callback([options, &exit_code] {
    const ResultFiles files("faultline check", options->result_files);
    exit_code = files.watch([&] {
      settle(*options);
      return check_all(*options, files);
    });
  });
}

}  // namespace faultline::cli

// faultline check: judges histories that somebody else recorded.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/store/history_reader.hpp"

namespace faultline::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  std::string model;
  std::string initial;
  bool independent = false;
  bool json = false;
  double time_limit_s = 60;
  int memory_limit_mib = 2048;
};

// The model named, or the first one that knows every function of the history.
const Model& choose_model(const CheckOptions& options, const RecordedHistory& history) {
  std::vector<std::string_view> names;
  for (const Model& model : all_models()) names.push_back(model.name);
  if (!options.model.empty()) {
    if (const Model* model = find_model(options.model)) return *model;
    throw UsageError(fmt::format("--model {}: there is no such model; there are: {}", options.model,
                                 fmt::join(names, ", ")));
  }
  std::set<std::string> functions;
  for (const Op& op : history.ops) {
    if (!op.is_nemesis()) functions.insert(op.f.name());
  }
  for (const Model& model : all_models()) {
    const auto known = [&](const std::string& f) {
      return std::find(model.functions.begin(), model.functions.end(), f) != model.functions.end();
    };
    if (std::all_of(functions.begin(), functions.end(), known)) return model;
  }
  throw UsageError(fmt::format("no model knows the functions {}; name one with --model: {}",
                               fmt::join(functions, ", "), fmt::join(names, ", ")));
}

Report check_file(const std::string& file, const CheckOptions& options, RecordedHistory& history,
                  std::string_view& model_name) {
  auto read = read_history(file, {.independent = options.independent});
  if (!read) throw UsageError(read.error().message);
  history = std::move(*read);
  const Model& model = choose_model(options, history);
  model_name = model.name;
  const auto initial =
      model.parse_initial(options.initial.empty() ? model.default_initial : options.initial);
  if (!initial) throw UsageError(fmt::format("--initial: {}", initial.error().message));
  ModelOptions model_options;
  model_options.nil_read_unconstrained = history.nil_read_unconstrained;
  Limits limits;
  limits.time = std::chrono::milliseconds(static_cast<std::int64_t>(options.time_limit_s * 1e3));
  limits.memory_bytes = static_cast<std::size_t>(options.memory_limit_mib) << 20;
  return check_safely(*make_linearizable(model, *initial, model_options, limits), history.ops);
}

void print_text(const std::string& file, const RecordedHistory& history,
                std::string_view model_name, const Report& report, bool alone) {
  if (!alone) {
    fmt::print("{}: {}\n", file, to_string(report.verdict));
    return;
  }
  for (const std::string& note : history.notes) fmt::print("note: {}\n", note);
  fmt::print("{}: {} events, format {}, model {}\n", file, history.ops.size(), history.format,
             model_name);
  if (!report.text.empty()) fmt::print("\n{}\n", report.text);
  fmt::print("{}{}{}\n", to_string(report.verdict), report.reason.empty() ? "" : ": ",
             report.reason);
}

// One file gives its verdict, several the worst. A file that cannot be read or understood does not
// keep the others from being judged, but it decides the exit code unless one is invalid.
int check_all(const CheckOptions& options) {
  Verdict verdict = Verdict::valid;
  bool bad_input = false;
  for (const std::string& file : options.files) {
    try {
      RecordedHistory history;
      std::string_view model_name;
      const Report report = check_file(file, options, history, model_name);
      verdict = worst(verdict, report.verdict);
      if (options.json) {
        auto json = to_json(report);
        json["file"] = file;
        json["format"] = history.format;
        json["model"] = model_name;
        json["notes"] = history.notes;
        fmt::print("{}\n", dump_line(json));
      } else {
        print_text(file, history, model_name, report, options.files.size() == 1);
      }
    } catch (const UsageError& e) {
      bad_input = true;
      fmt::print(stderr, "faultline: {}\n", e.what());
    }
  }
  if (bad_input && verdict != Verdict::invalid) return kExitUsage;
  return exit_code(verdict);
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Judge histories that somebody else recorded");
  command->add_option("files", options->files, "history files; their format is detected")
      ->required();
  command->add_option("--model", options->model,
                      "what the object promises (see list models; default: by the functions)");
  command->add_option("--initial", options->initial, "its first state (default: the model's)");
  command->add_flag("--independent", options->independent,
                    "values are pairs [key value] of independent keys");
  command->add_option("--time-limit", options->time_limit_s, "seconds to spend on a file")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 1e6));
  command->add_option("--memory-limit", options->memory_limit_mib, "MiB to spend on a file")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command->add_flag("--json", options->json, "print one line of JSON a file");
  command->callback([options, &exit_code] { exit_code = check_all(*options); });
}

}  // namespace faultline::cli

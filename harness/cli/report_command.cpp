// faultline report: writes report.html and counterexample.svg of a stored run again.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/recorded_run.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/run_report.hpp"
#include "harness/core/utf8.hpp"

namespace faultline::cli {
namespace {

struct ReportOptions {
  std::optional<std::string> run;
  std::string results = kResultsRoot;
  bool json = false;
};

void refuse_history(const std::string& file) {
  const std::filesystem::path path(file);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) || path.filename() == kHistoryFile) return;
  throw UsageError(
      fmt::format("{}: it is no stored run; a report of a history that somebody else recorded is "
                  "made by: faultline check {} --html OUT",
                  printable(file), shell_word(file)));
}

void report(const ReportOptions& options) {
  if (options.run) refuse_history(*options.run);
  const RecordedRun recorded = open_recorded("report", options.results, options.run);
  write_report(recorded, history_of(recorded).ops);
  const std::string file = recorded.run.file(kReportFile).string();
  if (options.json) {
    fmt::print("{}\n", dump_line({{"recorded", recorded.run.path().string()}, {"output", file}}));
  } else {
    fmt::print("{}\n", file);
  }
}

}  // namespace

void add_report_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command =
      app.add_subcommand("report", "Write a stored run's report.html and counterexample.svg again");
  add_value(*command, "run", options->run, "RUN",
            "a run's directory or its history.jsonl, or its name or time below results/ (default: "
            "the latest)");
  add_value(*command, "--results", options->results, "DIR", "where runs are kept")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print one line of JSON");
  command->callback([options, &exit_code] {
    report(*options);
    exit_code = 0;
  });
}

}  // namespace faultline::cli

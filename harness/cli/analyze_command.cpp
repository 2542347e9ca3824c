// faultline analyze: judges a stored run again, as its test would have.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/progress.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/result_files.hpp"

namespace faultline::cli {
namespace {

struct AnalyzeOptions {
  std::optional<std::string> run;
  std::string results = kResultsRoot;
  bool json = false;
  ResultFileOptions files;
};

Judgement judge_again(const TestPlan& plan, const RunDirectory& run) {
  watch_signals();
  CheckProgress progress;
  auto judgement = judge(plan, run, progress.watch());
  progress.clear();
  return require<UsageError>(std::move(judgement));
}

Verdict analyze(const AnalyzeOptions& options, const ResultFiles& files) {
  if (options.run && options.run->empty()) {
    refuse("analyze", "", "a run's directory, or its name below " + options.results);
  }
  const auto run = RunDirectory::open(options.results, options.run.value_or(""));
  if (!run) throw UsageError(run.error().message);
  const auto stored = run->read_json(kTestFile);
  if (!stored) throw UsageError(stored.error().message);
  const auto plan = plan_from_json(*stored);
  if (!plan) {
    throw UsageError(fmt::format("{}: {}", run->file(kTestFile).string(), plan.error().message));
  }
  const Judgement judgement = judge_again(*plan, *run);
  const Report& report = judgement.report;
  if (files.wanted()) {
    files.write({"", report.verdict, report.reason, {result_of(judgement, *plan, *run, 0)}});
  }
  if (options.json) {
    fmt::print("{}\n", dump_line(results_json(judgement, *plan, *run)));
  } else {
    fmt::print("{}: {}\n", run->path().string(), counted(judgement.events, "event"));
    print_judgement(judgement, *plan, *run);
    files.print_places();
  }
  if (!judgement.unsaved.empty()) {
    flush_output();
    fmt::print(stderr, "faultline: warning: {}\n", judgement.unsaved);
  }
  return report.verdict;
}

}  // namespace

void add_analyze_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<AnalyzeOptions>();
  CLI::App* command = app.add_subcommand("analyze", "Judge a stored run again");
  add_value(*command, "run", options->run, "RUN",
            "a run's directory or its history.jsonl, or its name or time below results/ (default: "
            "the latest)");
  add_value(*command, "--results", options->results, "DIR", "where runs are kept")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print the results as JSON");
  options->files.add_to(*command);
  command->callback([options, &exit_code] {
    const ResultFiles files("faultline analyze", options->files);
    exit_code = faultline::exit_code(files.watch([&] { return analyze(*options, files); }));
  });
}

}  // namespace faultline::cli

// faultline analyze: judges a stored run again, as its test would have.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/commands.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/report_json.hpp"

namespace faultline::cli {
namespace {

struct AnalyzeOptions {
  std::string run;
  std::string results = kResultsRoot;
  bool json = false;
};

Verdict analyze(const AnalyzeOptions& options) {
  const auto run = RunDirectory::open(options.results, options.run);
  if (!run) throw UsageError(run.error().message);
  const auto stored = run->read_json(kTestFile);
  if (!stored) throw UsageError(stored.error().message);
  const auto plan = plan_from_json(*stored);
  if (!plan) {
    throw UsageError(fmt::format("{}: {}", run->file(kTestFile).string(), plan.error().message));
  }
  const auto judgement = judge(*plan, *run);
  if (!judgement) throw UsageError(judgement.error().message);
  if (options.json) {
    fmt::print("{}\n", dump_line(results_json(*judgement, *plan, *run)));
  } else {
    fmt::print("{}: {} events\n", run->path().string(), judgement->events);
    print_judgement(*judgement, *plan, *run);
  }
  return judgement->report.verdict;
}

}  // namespace

void add_analyze_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<AnalyzeOptions>();
  CLI::App* command = app.add_subcommand("analyze", "Judge a stored run again");
  command->add_option("run", options->run,
                      "a run's directory, or its name below results/ (default: the latest)");
  command->add_option("--results", options->results, "where runs are kept")->capture_default_str();
  command->add_flag("--json", options->json, "print the results as JSON");
  command->callback([options, &exit_code] { exit_code = faultline::exit_code(analyze(*options)); });
}

}  // namespace faultline::cli

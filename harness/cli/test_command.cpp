// faultline test: runs a test, or several with seeds in a row, and judges each.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/commands.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/plan_options.hpp"
#include "harness/cli/progress.hpp"
#include "harness/cli/registry.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/store/journal.hpp"

namespace faultline::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

struct TestOptions {
  PlanOptions plan;
  int count = 1;
  bool json = false;
  std::string results = kResultsRoot;
};

template <class T>
T require(Result<T> result) {
  if (!result) throw UsageError(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void write_node_logs(Parts& parts, const RunDirectory& run) {
  for (NodeId node = 0; node < parts.environment->size(); ++node) {
    const std::string log = fmt::format("{}\n", fmt::join(parts.environment->node_log(node), "\n"));
    require(run.write_text(node_name(node) + ".log", log));
  }
}

struct Finished {
  RunDirectory run;
  Judgement judgement;
  Tally tally;
  double wall_seconds;
};

Finished run_once(const TestPlan& plan, const TestOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  Parts parts = require(assemble(plan));
  RunDirectory run =
      require(RunDirectory::create(options.results, plan.name(), std::chrono::system_clock::now()));
  require(run.write_json(kTestFile, to_json(plan)));
  Tally tally;
  {
    Journal journal = require(Journal::create(run.file(kHistoryFile)));
    Progress progress;
    RunHooks hooks;
    hooks.record = [&](const Op& op) {
      if (const auto written = journal.append(op); !written) {
        throw std::runtime_error(written.error().message);
      }
      progress.see(op);
    };
    hooks.should_stop = [] { return interrupted != 0; };
    const Result<void> ran = run_test(plan, parts, hooks);
    require(journal.flush());
    write_node_logs(parts, run);
    if (!ran) throw std::runtime_error(ran.error().message);
    tally = progress.tally();
  }
  Judgement judgement = require(judge(plan, run));
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  return {std::move(run), std::move(judgement), tally, wall.count()};
}

void print_heading(const TestPlan& plan) {
  fmt::print("{}{} on {} nodes ({}), workload {}, {} processes, faults {}, {} s\n", plan.target,
             plan.bugs.empty() ? "" : fmt::format(" with {}", fmt::join(plan.bugs, ", ")),
             plan.nodes, plan.environment, plan.workload, plan.concurrency,
             plan.nemeses.empty() ? "none" : fmt::format("{}", fmt::join(plan.nemeses, ", ")),
             seconds_text(plan.time_limit));
}

void print_line(const TestPlan& plan, const Finished& done) {
  fmt::print("seed {}: {} ops (ok {}, fail {}, info {}), {} faults and cures, {:.2f} s", plan.seed,
             done.tally.total(), done.tally.ok, done.tally.fail, done.tally.info, done.tally.faults,
             done.wall_seconds);
}

Verdict run_all(TestPlan plan, const TestOptions& options) {
  require(assemble(plan));  // what does not fit together is said before anything else
  if (!options.json) print_heading(plan);
  Verdict verdict = Verdict::valid;
  for (int i = 0; i < options.count; ++i, ++plan.seed) {
    const Finished done = run_once(plan, options);
    const Verdict now = done.judgement.report.verdict;
    verdict = worst(verdict, now);
    const bool last = i + 1 == options.count || now == Verdict::invalid || interrupted != 0;
    if (options.json) {
      fmt::print("{}\n", dump_line(results_json(done.judgement, plan, done.run)));
    } else {
      print_line(plan, done);
      fmt::print("{}\n", options.count > 1 ? fmt::format(": {}", to_string(now)) : "");
      if (last || now != Verdict::valid) print_judgement(done.judgement, plan, done.run);
    }
    std::fflush(stdout);
    if (last) break;
  }
  return verdict;
}

}  // namespace

void add_test_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<TestOptions>();
  CLI::App* command = app.add_subcommand("test", "Run a test and judge what happened");
  options->plan.add_to(*command);
  command
      ->add_option("--test-count", options->count,
                   "runs, each with the next seed; ends at the first invalid one")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--results", options->results, "where runs are kept")->capture_default_str();
  command->add_flag("--json", options->json, "print the results as JSON, one line a run");
  command->callback([options, &exit_code] {
    std::signal(SIGINT, [](int) { interrupted = 1; });
    exit_code = faultline::exit_code(run_all(options->plan.plan(), *options));
  });
}

}  // namespace faultline::cli

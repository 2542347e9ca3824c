// faultline test: runs a test, or several with seeds in a row, and judges each.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/plan_options.hpp"
#include "harness/cli/registry.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/result_files.hpp"
#include "harness/cli/schedule_file.hpp"
#include "harness/cli/single_run.hpp"

namespace faultline::cli {
namespace {

struct TestOptions {
  PlanOptions plan;
  std::vector<const CLI::Option*> plan_flags;
  std::optional<std::string> schedule;  // a file
  std::string count = "1";
  bool json = false;
  std::string results = kResultsRoot;
  ResultFileOptions files;
};

int parse_count(const TestOptions& options, const TestPlan& plan) {
  constexpr std::uint64_t kMostRuns = 1'000'000;
  const std::uint64_t count = parse_whole("--test-count", options.count, 1, kMostRuns);
  if (plan.seed > UINT64_MAX - (count - 1)) {
    refuse("--seed", std::to_string(plan.seed),
           fmt::format("a seed that {} more can follow", count - 1));
  }
  return static_cast<int>(count);
}

// The plan and, if there is one, the schedule to run it by.
struct Wanted {
  TestPlan plan;
  std::optional<Schedule> schedule;
};

// A schedule brings its plan along.
Wanted wanted(const TestOptions& options) {
  if (!options.schedule) {
    Wanted from_flags{options.plan.plan(), {}};
    check_names(from_flags.plan);
    return from_flags;
  }
  for (const CLI::Option* flag : options.plan_flags) {
    if (flag->count() == 0) continue;
    throw UsageError(fmt::format(
        "{}: with --schedule the plan is that of the file: change it there", flag->get_name()));
  }
  ScheduledTest test = require<UsageError>(read_schedule(*options.schedule));
  return {std::move(test.plan), std::move(test.schedule)};
}

std::string nodes_and_processes(const TestPlan& plan) {
  return fmt::format("{}, {}", counted(static_cast<std::size_t>(plan.nodes), "node"),
                     counted(static_cast<std::size_t>(plan.concurrency), "process"));
}

std::string faults(const TestPlan& plan) {
  return plan.nemeses.empty() ? "none" : fmt::format("{}", fmt::join(plan.nemeses, ", "));
}

// The rest of what a swarm draws.
std::string load(const TestPlan& plan) {
  const std::string settings =
      plan.settings.empty() ? "" : fmt::format(", {}", fmt::join(plan.settings, ", "));
  return fmt::format("{} ops/s, {} on a key, {}, {}, faults every {} s{}", plan.rate,
                     counted(static_cast<std::size_t>(plan.threads_per_key), "process"),
                     counted(static_cast<std::size_t>(plan.ops_per_key), "op"),
                     counted(static_cast<std::size_t>(plan.values), "value"),
                     seconds_text(plan.nemesis_interval), settings);
}

// Of several runs with swarm each has its own mix.
void print_heading(const TestPlan& plan, bool alone) {
  fmt::print("{}{} ({}), workload {}, ", plan.target,
             plan.bugs.empty() ? "" : fmt::format(" with {}", fmt::join(plan.bugs, ", ")),
             plan.environment, plan.workload);
  const std::string limit = seconds_text(plan.time_limit);
  if (plan.swarm && !alone) {
    fmt::print("{} s; what is not given is drawn for each seed\n", limit);
  } else {
    fmt::print("{}, faults {}, {} s\n", nodes_and_processes(plan), faults(plan), limit);
  }
  if (plan.swarm && alone) fmt::print("drawn from the seed, with {}\n", load(plan));
}

// "3 leader changes, 1 node ended by itself, ", as far as there is something to say.
std::string news(const Tally& tally) {
  std::string text;
  if (tally.leaders.count() > 0) {
    const auto changes = static_cast<std::size_t>(tally.leaders.count() - 1);
    text += fmt::format("{}, ", counted(changes, "leader change"));
  }
  if (tally.deaths > 0) {
    const auto deaths = static_cast<std::size_t>(tally.deaths);
    text += fmt::format("{} ended by itself (see the log), ", counted(deaths, "node"));
  }
  return text;
}

void print_line(const TestPlan& plan, const StoredRun& done) {
  fmt::print("seed {}: {} ops (ok {}, fail {}, info {}), {} faults and cures, {}{:.2f} s",
             plan.seed, done.tally.total(), done.tally.ok, done.tally.fail, done.tally.info,
             done.tally.faults, news(done.tally), done.wall_seconds);
}

// What came of several runs.
class Campaign {
 public:
  Campaign(TestPlan first, int planned) : first_(std::move(first)), planned_(planned) {}

  void add(std::uint64_t seed, Verdict verdict) {
    seeds_[verdict].push_back(seed);
    ++done_;
    last_ = seed;
    worst_ = worst(worst_, verdict);
  }
  // The runs that are still to come do not: what they would have shown is not known.
  void cut_short() {
    cut_short_ = true;
    worst_ = worst(worst_, Verdict::unknown);
  }
  Verdict verdict() const { return worst_; }
  // "1 of 3 runs (seed 3)"
  std::string reason() const {
    if (worst_ != Verdict::valid) return summary();
    return fmt::format("all {} runs (seeds {} to {})", done_, first_.seed, last_);
  }

  // `repeat` is the command of the first run.
  void print(const StoredRun& last, const std::string& repeat) const {
    if (cut_short_) fmt::print("\nInterrupted after {} of {} runs\n", done_, planned_);
    fmt::print("\n{}\n", verdict_line(worst_, reason()));
    fmt::print("  results  {}\n", last.run.path().parent_path().string());
    fmt::print("  repeat   {} --test-count {}\n", repeat, planned_);
  }

 private:
  std::string summary() const {
    constexpr std::size_t kMost = 5;
    const auto found = seeds_.find(worst_);
    if (found == seeds_.end()) return "the other runs did not take place";
    const std::vector<std::uint64_t>& seeds = found->second;
    const auto end = seeds.begin() + static_cast<std::ptrdiff_t>(std::min(seeds.size(), kMost));
    return fmt::format("{} of {} runs (seed{} {}{})", seeds.size(), done_,
                       seeds.size() == 1 ? "" : "s", fmt::join(seeds.begin(), end, ", "),
                       seeds.size() > kMost ? ", ..." : "");
  }

  const TestPlan first_;
  const int planned_;
  int done_ = 0;
  bool cut_short_ = false;
  std::uint64_t last_ = 0;
  Verdict worst_ = Verdict::valid;
  std::map<Verdict, std::vector<std::uint64_t>> seeds_;
};

void print_run(const TestPlan& plan, const StoredRun& done, bool alone) {
  const Verdict verdict = done.judgement.report.verdict;
  if (plan.swarm && !alone) {
    fmt::print("{}, faults {}, {}\n  ", nodes_and_processes(plan), faults(plan), load(plan));
  }
  print_line(plan, done);
  fmt::print("{}\n", alone ? "" : fmt::format(": {}", to_string(verdict)));
  if (alone || verdict != Verdict::valid) print_judgement(done.judgement, plan, done.run);
}

// Each run keeps its own schedule, but only that of the first has the first seed. What was given
// holds for every seed, even if the first would have drawn the same.
std::string repeat(const Wanted& wanted, const TestOptions& options, const RunDirectory& run) {
  if (options.schedule) return test_command("--schedule " + shell_word(*options.schedule), run);
  Fields fields = options.plan.given();
  fields.insert("--seed");
  return test_command(arguments(wanted.plan, fields).substr(std::string_view("test ").size()), run);
}

// The next of several.
TestPlan plan_for(const Wanted& wanted, const TestOptions& options, std::uint64_t seed) {
  if (!wanted.schedule) return options.plan.plan(seed);
  TestPlan plan = wanted.plan;
  plan.seed = seed;
  return plan;
}

void show(const TestPlan& plan, const StoredRun& done, const TestOptions& options, bool alone) {
  if (options.json) {
    fmt::print("{}\n", dump_line(results_json(done.judgement, plan, done.run)));
  } else {
    print_run(plan, done, alone);
  }
}

void conclude(const Campaign& campaign, std::vector<RunResult> runs, const ResultFiles& files,
              const TestOptions& options) {
  // Of one run its own reason says more.
  const bool alone = runs.size() == 1 && runs.front().verdict == campaign.verdict();
  const std::string reason = alone ? runs.front().reason : campaign.reason();
  if (files.wanted()) files.write({"", campaign.verdict(), reason, std::move(runs)});
  if (!options.json) files.print_places();
}

Verdict run_all(const Wanted& wanted, const TestOptions& options, int count,
                const ResultFiles& files) {
  const Schedule* schedule = wanted.schedule ? &*wanted.schedule : nullptr;
  if (!options.json) print_heading(wanted.plan, count == 1);
  Campaign campaign(wanted.plan, count);
  std::vector<RunResult> runs;  // for the files
  for (int i = 0; i < count; ++i) {
    const TestPlan plan = plan_for(wanted, options, wanted.plan.seed + static_cast<unsigned>(i));
    const StoredRun done = run_stored(plan, options.results, schedule);
    const Verdict now = done.judgement.report.verdict;
    campaign.add(plan.seed, now);
    if (files.wanted()) {
      runs.push_back(result_of(done.judgement, plan, done.run, done.wall_seconds));
    }
    show(plan, done, options, count == 1);
    const bool all = i + 1 == count || now == Verdict::invalid;
    const bool last = all || interrupted();
    if (last && !all) campaign.cut_short();
    if (last && count > 1 && !options.json) campaign.print(done, repeat(wanted, options, done.run));
    flush_output();
    if (!done.judgement.unsaved.empty()) throw SystemError(done.judgement.unsaved);
    if (last) break;
  }
  conclude(campaign, std::move(runs), files, options);
  return campaign.verdict();
}

Verdict test(const TestOptions& options) {
  const ResultFiles files("faultline test", options.files);
  try {
    return files.watch([&] {
      const Wanted test = wanted(options);
      const int count = parse_count(options, test.plan);
      // What does not fit together is said before anything else.
      require<UsageError>(assemble(test.plan));
      if (test.plan.environment == "sim") watch_signals();
      return run_all(test, options, count, files);
    });
  } catch (const EnvironmentLost& lost) {
    throw SystemError(lost.what());
  }
}

}  // namespace

void add_test_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<TestOptions>();
  CLI::App* command = app.add_subcommand("test", "Run a test and judge what happened");
  options->plan.add_to(*command);
  for (const CLI::Option* flag : command->get_options()) {
    if (flag != command->get_help_ptr()) options->plan_flags.push_back(flag);
  }
  add_value(*command, "--schedule", options->schedule, "FILE",
            "do what a schedule says, on its plan (shrink makes them)");
  add_value(*command, "--test-count", options->count, "N",
            "runs, each with the next seed; ends at the first invalid one")
      ->capture_default_str();
  add_value(*command, "--results", options->results, "DIR", "where runs are kept")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print the results as JSON, one line a run");
  options->files.add_to(*command);
  command->callback([options, &exit_code] { exit_code = faultline::exit_code(test(*options)); });
}

}  // namespace faultline::cli

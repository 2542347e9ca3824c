// faultline shrink: the least that makes a stored run fail, as a schedule that a test can be made
// of.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/recorded_run.hpp"
#include "harness/cli/registry.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/shrink_oracle.hpp"
#include "harness/cli/single_run.hpp"
#include "harness/core/environment.hpp"
#include "harness/store/atomic_file.hpp"

namespace faultline::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct ShrinkOptions {
  std::optional<std::string> run;
  std::optional<std::string> output;
  std::string attempts = "20";
  std::string time_limit = "600";
  std::string results = kResultsRoot;
  bool json = false;
};

std::string extent_text(const Extent& extent) {
  return fmt::format(
      "{}, {}, {}, {:.2f} s", counted(extent.faults, "fault"), counted(extent.ops, "op"),
      counted(static_cast<std::size_t>(extent.nodes), "node"), to_seconds(extent.time));
}

// The live line on a terminal, a line now and then elsewhere.
class ShrinkProgress {
 public:
  ~ShrinkProgress() { clear(); }

  void show(std::string_view what, const ScheduledTest& best, int runs) {
    using namespace std::chrono_literals;
    const auto now = SteadyClock::now();
    if (now < next_) return;
    next_ = now + (terminal_ ? SteadyClock::duration(100ms) : SteadyClock::duration(5s));
    const double spent = std::chrono::duration<double>(now - begin_).count();
    const std::string line = fmt::format("shrinking: {:.0f} s, {}; {} left; now: {}", spent,
                                         counted(static_cast<std::size_t>(runs), "run"),
                                         extent_text(extent_of(best)), what);
    if (terminal_) {
      fmt::print(stderr, "\r\x1b[K{:.110}", line);
      std::fflush(stderr);
    } else {
      fmt::print(stderr, "{}\n", line);
    }
  }
  void clear() const {
    if (terminal_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  SteadyClock::time_point begin_ = SteadyClock::now();
  SteadyClock::time_point next_ = begin_ + std::chrono::seconds(terminal_ ? 0 : 5);
};

// The checker that found the recorded run invalid.
std::string failing_checker(const RecordedRun& recorded, const History& history) {
  const auto checker = require<UsageError>(checker_of(recorded.plan));
  const Report report = check_safely(*checker, history);
  for (const Report& part : report.parts) {
    if (part.verdict == Verdict::invalid) return part.checker;
  }
  throw UsageError(
      fmt::format("{}: expected a run that is invalid; it is {}, so there is nothing "
                  "to shrink",
                  recorded.run.path().string(), to_string(report.verdict)));
}

// The recorded run as schedules, the one that is easiest to shrink first: faults that name what
// they hit, and a final phase that adapts; else what was recorded, exactly.
std::vector<ScheduledTest> beginnings(const RecordedRun& recorded, const History& history) {
  const TestPlan& plan = recorded.plan;
  std::vector<ScheduledTest> tests{{plan, schedule_of(history, Aims::as_hit)},
                                   {plan, schedule_of(history, Aims::as_given)}};
  for (ScheduledTest& test : tests) test.schedule.last.reset();
  if (recorded.schedule) tests.insert(tests.begin(), {plan, *recorded.schedule});
  tests.push_back({plan, schedule_of(history, Aims::as_given)});
  return tests;
}

ScheduledTest beginning(const RecordedRun& recorded, const History& history, ShrinkOracle& oracle) {
  for (ScheduledTest& test : beginnings(recorded, history)) {
    if (oracle.fails(test, Effort::own_seed)) return std::move(test);
    if (interrupted()) throw UsageError("interrupted before anything was found out");
  }
  throw UsageError(fmt::format("{}: the violation does not come back when the run is done again",
                               recorded.run.path().string()));
}

// The nemeses whose ops are left, and the time that they take: what a reader is told.
TestPlan tidied(const ScheduledTest& test) {
  TestPlan plan = test.plan;
  plan.nemeses.clear();
  std::set<std::string> left;
  for (const Op& op : test.schedule.main.ops) {
    if (op.is_nemesis()) left.insert(op.f.name());
  }
  for (const std::string& name : test.plan.nemeses) {
    TestPlan alone = test.plan;
    alone.nemeses = {name};
    const Parts parts = require<UsageError>(assemble(alone));
    for (const Symbol f : parts.nemesis->functions()) {
      if (left.contains(f.name()) && (plan.nemeses.empty() || plan.nemeses.back() != name)) {
        plan.nemeses.push_back(name);
      }
    }
  }
  if (plan.nemeses.empty()) plan.nemeses = {"none"};
  plan.time_limit = (test.schedule.main.end / kSecond + 1) * kSecond;
  return plan;
}

void print_table(const Extent& before, const Extent& after) {
  const auto row = [](std::string_view name, const std::string& a, const std::string& b) {
    fmt::print("  {:<18}{:>10}{:>10}\n", name, a, b);
  };
  const auto number = [](auto n) { return std::to_string(n); };
  const auto seconds = [](Duration time) { return fmt::format("{:.2f}", to_seconds(time)); };
  row("", "before", "after");
  row("faults and cures", number(before.faults), number(after.faults));
  row("client ops", number(before.ops), number(after.ops));
  row("processes", number(before.processes), number(after.processes));
  row("keys", number(before.keys), number(after.keys));
  row("nodes", number(before.nodes), number(after.nodes));
  row("seconds", seconds(before.time), seconds(after.time));
}

Json to_json(const Extent& extent) {
  return {{"faults", extent.faults}, {"ops", extent.ops},     {"processes", extent.processes},
          {"keys", extent.keys},     {"nodes", extent.nodes}, {"seconds", to_seconds(extent.time)}};
}

// What it took to get there.
struct Spent {
  int runs = 0;
  double seconds = 0;
};

struct Conclusion {
  Verdict verdict = Verdict::unknown;
  Extent before;
  Extent after;
  std::string schedule;  // a file
  std::string command;   // that runs it
};

std::vector<std::string> comments(const RecordedRun& recorded, const std::string& checker,
                                  const Shrunk& shrunk, const Judgement& judgement) {
  std::string reason;
  for (const Report& part : judgement.report.parts) {
    if (part.checker == checker) reason = part.reason;
  }
  return {fmt::format("What is left of {} by faultline shrink: {}.", recorded.run.path().string(),
                      extent_text(extent_of(shrunk.test))),
          fmt::format("{}: {}", checker, reason),
          "faultline test --schedule THIS-FILE exits with 1 as long as that is so."};
}

void write_file(const std::string& path, const std::string& text) {
  AtomicFile file = require(AtomicFile::create(path, AtomicFile::Existing::replace));
  require(file.write(text));
  require(file.commit());
}

void print_text(const Conclusion& end, const std::string& checker, const Shrunk& shrunk,
                const StoredRun& last) {
  print_judgement(last.judgement, shrunk.test.plan, last.run);
  fmt::print("\n");
  print_table(end.before, end.after);
  if (!shrunk.test.schedule.last) {
    fmt::print("  and the workload's final reads, when all is healed\n");
  }
  fmt::print("\n{}\n", shrunk.minimal
                           ? "1-minimal: without any one of these faults or ops it does not fail"
                           : "Stopped early: it may be possible to leave out more");
  fmt::print("  schedule {}\n", end.schedule);
  fmt::print("  for CI   {}\n", end.command);
  if (says_invalid(last.judgement.report, checker)) return;
  fmt::print("When it was run for the last time, {} did not say invalid\n", checker);
}

void print_json(const Conclusion& end, const std::string& checker, const RecordedRun& recorded,
                const Shrunk& shrunk, const StoredRun& last, const Spent& spent) {
  Json json{{"verdict", to_string(end.verdict)}, {"checker", checker}};
  json["recorded"] = recorded.run.path().string();
  json["run"] = last.run.path().string();
  json["schedule"] = end.schedule;
  json["repeat"] = end.command;
  json["minimal"] = shrunk.minimal;
  json["runs"] = spent.runs;
  json["seconds"] = spent.seconds;
  json["before"] = to_json(end.before);
  json["after"] = to_json(end.after);
  fmt::print("{}\n", dump_line(json));
}

// Runs the result once more, to be kept, and says what came of it all.
Verdict conclude(const RecordedRun& recorded, const ShrinkOptions& options,
                 const std::string& checker, int most_runs, const Extent& before,
                 const Shrunk& shrunk, const Spent& spent) {
  forget_interruption();
  const ScheduledTest& test = shrunk.test;
  StoredRun last = run_stored(test.plan, options.results, &test.schedule);
  for (int i = 1; i < most_runs && !says_invalid(last.judgement.report, checker); ++i) {
    if (interrupted()) break;
    last = run_stored(test.plan, options.results, &test.schedule);
  }
  const std::string text = schedule_text(test, comments(recorded, checker, shrunk, last.judgement));
  require(last.run.write_text(kScheduleFile, text));
  const std::string file = options.output.value_or(last.run.file(kScheduleFile).string());
  if (options.output) write_file(file, text);
  const bool failed = says_invalid(last.judgement.report, checker);
  const std::string often = most_runs == 1 ? "" : fmt::format(" --test-count {}", most_runs);
  const Conclusion end{
      failed ? Verdict::invalid : worst(Verdict::unknown, last.judgement.report.verdict), before,
      extent_of(test), file,
      fmt::format("./faultline test --schedule {}{}", shell_word(file), often)};
  if (options.json) {
    print_json(end, checker, recorded, shrunk, last, spent);
  } else {
    print_text(end, checker, shrunk, last);
  }
  return end.verdict;
}

Verdict shrink_run(const ShrinkOptions& options) {
  constexpr std::uint64_t kMostAttempts = 1000;
  const auto attempts =
      static_cast<int>(parse_whole("--attempts", options.attempts, 1, kMostAttempts));
  const Duration limit = parse_seconds("--time-limit", options.time_limit);
  const RecordedRun recorded = open_recorded("shrink", options.results, options.run);
  const History history = history_of(recorded).ops;
  watch_signals();
  const std::string checker = failing_checker(recorded, history);
  const bool virtual_time = recorded.plan.environment == "sim";
  const auto oracle =
      virtual_time ? make_exact_oracle(checker, attempts)
                   : make_sampling_oracle(checker, beginnings(recorded, history).front(), attempts);
  const ScheduledTest first =
      virtual_time ? beginning(recorded, history, *oracle) : beginnings(recorded, history).front();
  if (!options.json) {
    fmt::print("{}: {}, as long as {} says invalid; {}\n", recorded.run.path().string(),
               extent_text(extent_of(first)), checker, oracle->rule());
  }
  flush_output();

  const auto begin = SteadyClock::now();
  ShrinkProgress progress;
  ShrinkHooks hooks;
  hooks.fails = [&](const ScheduledTest& test, Effort effort) -> std::optional<std::uint64_t> {
    try {
      return oracle->fails(test, effort);
    } catch (const UsageError&) {
      return std::nullopt;  // it cannot be run at all: on fewer nodes than the target needs
    }
  };
  hooks.should_stop = [&] {
    return interrupted() || SteadyClock::now() - begin > std::chrono::nanoseconds(limit);
  };
  hooks.progress = [&](std::string_view what, const ScheduledTest& best) {
    progress.show(what, best, oracle->runs());
  };
  Shrunk shrunk = shrink(first, hooks);
  progress.clear();
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  const Spent spent{oracle->runs(), seconds};
  if (!options.json) {
    fmt::print("{} in {:.1f} s\n", counted(static_cast<std::size_t>(spent.runs), "run"), seconds);
  }
  ScheduledTest tidy{tidied(shrunk.test), shrunk.test.schedule};
  if (!virtual_time || oracle->fails(tidy, Effort::own_seed)) shrunk.test = std::move(tidy);
  return conclude(recorded, options, checker, oracle->runs_to_fail(), extent_of(first), shrunk,
                  spent);
}

}  // namespace

void add_shrink_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ShrinkOptions>();
  CLI::App* command =
      app.add_subcommand("shrink", "Leave out of a stored run whatever its failure can do without");
  add_value(*command, "run", options->run, "RUN",
            "a run's directory or its history.jsonl, or its name or time below results/ (default: "
            "the latest)");
  add_value(*command, "--output", options->output, "FILE",
            "where the schedule goes (default: schedule.jsonl in the last run's directory)");
  add_value(*command, "--attempts", options->attempts, "N",
            "of each candidate at most: with different seeds in sim, else runs")
      ->capture_default_str();
  add_value(*command, "--time-limit", options->time_limit, "SECONDS",
            "then the best so far is the result")
      ->capture_default_str();
  add_value(*command, "--results", options->results, "DIR", "where runs are kept")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print one line of JSON");
  command->callback([options, &exit_code] {
    try {
      exit_code = faultline::exit_code(shrink_run(*options));
    } catch (const EnvironmentLost& lost) {
      throw SystemError(lost.what());
    }
  });
}

}  // namespace faultline::cli

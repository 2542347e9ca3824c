// faultline replay: does a stored run again. In virtual time that gives the same history byte for
// byte; in real time the same ops meet the same faults, and may meet the same bug.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/recorded_run.hpp"
#include "harness/cli/registry.hpp"
#include "harness/cli/single_run.hpp"
#include "harness/core/environment.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {
namespace {

struct ReplayOptions {
  std::optional<std::string> run;
  bool from_schedule = false;
  std::optional<std::string> attempts;
  std::string results = kResultsRoot;
};

// Where two histories part, as a person looks for it; nothing: they do not.
struct Difference {
  std::size_t line = 0;
  std::string recorded;
  std::string replayed;
};

std::optional<Difference> compare(std::string_view recorded, std::string_view replayed) {
  if (recorded == replayed) return std::nullopt;
  Lines before(recorded);
  Lines now(replayed);
  for (std::size_t number = 1;; ++number) {
    Line a;
    Line b;
    const bool more_before = before.next(a);
    const bool more_now = now.next(b);
    if (!more_before && !more_now) return Difference{number, "no line feed", "no line feed"};
    if (more_before && more_now && a.text == b.text && a.terminated == b.terminated) continue;
    return Difference{number, more_before ? excerpt(a.text) : "nothing",
                      more_now ? excerpt(b.text) : "nothing"};
  }
}

// As much of the texts as must be the same. A run that was killed recorded a part of its history;
// one that was interrupted says so at its end, and why it ends no schedule can tell.
struct Comparable {
  std::string_view recorded;
  std::string_view replayed;
  std::string note;
};

std::string_view without_last_line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text.substr(0, text.rfind('\n') + 1);
}

Comparable comparable(const History& history, std::string_view recorded,
                      std::string_view replayed) {
  if (!is_whole(history)) {
    const std::size_t whole_lines = recorded.rfind('\n') + 1;
    return {recorded.substr(0, whole_lines), replayed.substr(0, whole_lines),
            ", as far as it was recorded"};
  }
  if (stop_reason(history) == kInterrupted) {
    return {without_last_line(recorded), without_last_line(replayed),
            ", but that it was not interrupted"};
  }
  return {recorded, replayed, ""};
}

// In virtual time.
Verdict replay_exactly(const RecordedRun& recorded, const ReplayOptions& options) {
  const History history = history_of(recorded).ops;
  const bool interrupted_then = stop_reason(history) == kInterrupted;
  const bool by_schedule = options.from_schedule || interrupted_then;
  std::optional<Schedule> schedule = recorded.schedule;
  if (by_schedule) schedule = schedule_of(history, Aims::as_given);
  const StoredRun done =
      run_stored(recorded.plan, options.results, schedule ? &*schedule : nullptr);
  const Source before = require<UsageError>(Source::open(recorded.run.file(kHistoryFile)));
  const Source now = require(Source::open(done.run.file(kHistoryFile)));
  const Comparable texts = comparable(history, before.text(), now.text());
  if (interrupted()) {
    fmt::print("{}: the replay was interrupted\n", recorded.run.path().string());
    print_judgement(done.judgement, recorded.plan, done.run);
    return worst(Verdict::unknown, done.judgement.report.verdict);
  }
  if (const auto difference = compare(texts.recorded, texts.replayed)) {
    throw SystemError(fmt::format(
        "{}:{}: the replay differs: recorded was {}, now it is {}; the replay is in {}. The run is "
        "that of another version of faultline, or its history was changed",
        recorded.run.file(kHistoryFile).string(), difference->line, difference->recorded,
        difference->replayed, done.run.path().string()));
  }
  fmt::print("{}: {}, replayed from {}: the same history byte for byte{}\n",
             recorded.run.path().string(), counted(history.size(), "event"),
             by_schedule         ? "its ops and faults"
             : recorded.schedule ? "its schedule"
                                 : fmt::format("seed {}", recorded.plan.seed),
             texts.note);
  print_judgement(done.judgement, recorded.plan, done.run);
  if (!interrupted_then) return done.judgement.report.verdict;
  fmt::print("That is all of it that was recorded: the run was interrupted then\n");
  return worst(Verdict::unknown, done.judgement.report.verdict);
}

// The reasons of the parts that are invalid.
std::vector<std::string> violations(const Report& report) {
  std::vector<std::string> all;
  for (const Report& part : report.parts) {
    if (part.verdict == Verdict::invalid) all.push_back(part.checker + ": " + part.reason);
  }
  return all;
}

std::string attempt_line(int attempt, int attempts, const StoredRun& done) {
  std::string line = fmt::format("attempt {} of {}: {} ops, {} faults and cures, {:.1f} s: {}",
                                 attempt, attempts, done.tally.total(), done.tally.faults,
                                 done.wall_seconds, to_string(done.judgement.report.verdict));
  for (const std::string& violation : violations(done.judgement.report)) {
    line += "\n  " + violation;
  }
  return line;
}

// What came of the attempts in real time.
struct Attempts {
  int planned = 0;
  int done = 0;
  int violated = 0;
  Verdict verdict = Verdict::valid;  // the worst
  std::optional<StoredRun> shown;    // the last one, or the last that violated

  void see(StoredRun now) {
    const Verdict its = now.judgement.report.verdict;
    ++done;
    verdict = worst(verdict, its);
    if (its == Verdict::invalid) ++violated;
    if (!shown || its == Verdict::invalid) shown = std::move(now);
  }
};

Attempts attempt(const RecordedRun& recorded, const ReplayOptions& options,
                 const Schedule& schedule, int planned) {
  Attempts attempts{.planned = planned, .shown = {}};
  while (attempts.done < planned && !interrupted()) {
    StoredRun now = run_stored(recorded.plan, options.results, &schedule);
    fmt::print("{}\n", attempt_line(attempts.done + 1, planned, now));
    flush_output();
    attempts.see(std::move(now));
  }
  return attempts;
}

// That a violation does not come back in real time proves nothing, so it is not called valid; nor
// is what was not known of the recorded run.
Verdict conclude(const Attempts& attempts, Verdict recorded) {
  const std::string of = fmt::format("{} of {}{}", attempts.violated,
                                     counted(static_cast<std::size_t>(attempts.done), "attempt"),
                                     attempts.done < attempts.planned ? " (interrupted)" : "");
  const bool all_done = attempts.done == attempts.planned;
  if (recorded == Verdict::valid) {
    fmt::print("\nThe recorded run is valid; there was a violation in {}\n", of);
    return all_done ? attempts.verdict : worst(attempts.verdict, Verdict::unknown);
  }
  if (recorded == Verdict::unknown) {
    fmt::print("\nThe recorded run is unknown; there was a violation in {}\n", of);
  } else if (attempts.violated > 0) {
    fmt::print("\nThe violation came back in {}\n", of);
  } else {
    fmt::print("\nThe violation came back in {}: that says nothing about the bug being gone\n", of);
  }
  return worst(attempts.verdict, Verdict::unknown);
}

// As its checkers judge it now.
Verdict verdict_of(const RecordedRun& recorded, const History& history) {
  const auto checker = require<UsageError>(checker_of(recorded.plan));
  Watch watch;
  watch.should_stop = interrupted;
  return check_safely(*checker, history, watch).verdict;
}

// In real time: the recorded ops and faults against fresh clusters.
Verdict replay_often(const RecordedRun& recorded, const ReplayOptions& options, int attempts) {
  const History history = history_of(recorded).ops;
  Schedule schedule = recorded.schedule ? *recorded.schedule : schedule_of(history, Aims::as_hit);
  if (!recorded.schedule) schedule.last.reset();  // how long recovery takes now is not known
  const auto faults = static_cast<std::size_t>(
      std::ranges::count_if(schedule.main.ops, [](const Op& op) { return op.is_nemesis(); }));
  fmt::print("{}: {} and {} on {}, up to {}\n", recorded.run.path().string(),
             counted(schedule.main.ops.size() - faults, "op"), counted(faults, "fault"),
             "fresh clusters", counted(static_cast<std::size_t>(attempts), "attempt"));
  flush_output();
  const Verdict before = verdict_of(recorded, history);
  const Attempts made = attempt(recorded, options, schedule, attempts);
  if (made.shown) print_judgement(made.shown->judgement, recorded.plan, made.shown->run);
  return conclude(made, before);
}

Verdict replay(const ReplayOptions& options) {
  constexpr std::uint64_t kMostAttempts = 1000;
  const RecordedRun recorded = open_recorded("replay", options.results, options.run);
  const bool virtual_time = recorded.plan.environment == "sim";
  if (virtual_time && options.attempts) {
    throw UsageError("--attempts: in virtual time one replay is enough, it is exact");
  }
  const auto attempts = parse_whole("--attempts", options.attempts.value_or("5"), 1, kMostAttempts);
  watch_signals();
  return virtual_time ? replay_exactly(recorded, options)
                      : replay_often(recorded, options, static_cast<int>(attempts));
}

}  // namespace

void add_replay_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand(
      "replay", "Do a stored run again: exactly in sim, else the same ops and faults");
  add_value(*command, "run", options->run, "RUN",
            "a run's directory or its history.jsonl, or its name or time below results/ (default: "
            "the latest)");
  command->add_flag("--from-schedule", options->from_schedule,
                    "from the ops and faults that were recorded, not from the seed (sim)");
  add_value(*command, "--attempts", options->attempts, "N",
            "how often, where a run is not exact (local; default: 5)");
  add_value(*command, "--results", options->results, "DIR", "where runs are kept")
      ->capture_default_str();
  command->callback([options, &exit_code] {
    try {
      exit_code = faultline::exit_code(replay(*options));
    } catch (const EnvironmentLost& lost) {
      throw SystemError(lost.what());
    }
  });
}

}  // namespace faultline::cli

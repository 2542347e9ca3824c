// faultline replay: does a stored run again. In virtual time that gives the same history byte for
// byte; in real time the same ops meet the same faults, and may meet the same bug.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
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
#include "harness/cli/report_json.hpp"
#include "harness/cli/result_files.hpp"
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
  bool json = false;
  ResultFileOptions files;
};

// Tells what comes of a replay: as text or as JSON, at the end also to the files.
class Teller {
 public:
  Teller(const RecordedRun& recorded, const ReplayOptions& options, const ResultFiles& files)
      : recorded_(recorded), json_(options.json), files_(files) {}

  // In text alone.
  void say(const std::string& line) const {
    if (!json_) fmt::print("{}\n", line);
  }
  void show(const StoredRun& done) const {
    if (!json_) print_judgement(done.judgement, recorded_.plan, done.run);
  }
  // A run that was done.
  void add(const StoredRun& done) {
    const TestPlan& plan = recorded_.plan;
    runs_.push_back(result_of(done.judgement, plan, done.run, done.wall_seconds));
    if (json_) fmt::print("{}\n", dump_line(results_json(done.judgement, plan, done.run)));
    flush_output();
  }
  // What it means for the recorded run, in a sentence.
  Verdict conclude(Verdict verdict, const std::string& meaning, std::size_t planned) {
    const auto violated = std::ranges::count(runs_, Verdict::invalid, &RunResult::verdict);
    if (json_) {
      const Json summary{{"verdict", to_string(verdict)},  {"reason", meaning},
                         {"recorded", path_of_recorded()}, {"attempts", planned},
                         {"done", runs_.size()},           {"violated", violated}};
      fmt::print("{}\n", dump_line({{"summary", summary}}));
    }
    if (files_.wanted()) files_.write({"", verdict, meaning, std::move(runs_)});
    if (!json_) files_.print_places();
    return verdict;
  }
  std::string path_of_recorded() const { return recorded_.run.path().string(); }

 private:
  const RecordedRun& recorded_;
  const bool json_;
  const ResultFiles& files_;
  std::vector<RunResult> runs_;
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
Verdict replay_exactly(const RecordedRun& recorded, const ReplayOptions& options, Teller& teller) {
  const History history = history_of(recorded).ops;
  const bool interrupted_then = stop_reason(history) == kInterrupted;
  const bool by_schedule = options.from_schedule || interrupted_then;
  std::optional<Schedule> schedule = recorded.schedule;
  if (by_schedule) schedule = schedule_of(history, Aims::as_given);
  const StoredRun done =
      run_stored(recorded.plan, options.results, schedule ? &*schedule : nullptr);
  const Verdict verdict = done.judgement.report.verdict;
  const Source before = require<UsageError>(Source::open(recorded.run.file(kHistoryFile)));
  const Source now = require(Source::open(done.run.file(kHistoryFile)));
  const Comparable texts = comparable(history, before.text(), now.text());
  if (interrupted()) {
    teller.say(teller.path_of_recorded() + ": the replay was interrupted");
    teller.add(done);
    teller.show(done);
    return teller.conclude(worst(Verdict::unknown, verdict), "the replay was interrupted", 1);
  }
  if (const auto difference = compare(texts.recorded, texts.replayed)) {
    throw SystemError(fmt::format(
        "{}:{}: the replay differs: recorded was {}, now it is {}; the replay is in {}. The run is "
        "that of another version of faultline, or its history was changed",
        recorded.run.file(kHistoryFile).string(), difference->line, difference->recorded,
        difference->replayed, done.run.path().string()));
  }
  const std::string same = fmt::format(
      "{}, replayed from {}: the same history byte for byte{}", counted(history.size(), "event"),
      by_schedule         ? "its ops and faults"
      : recorded.schedule ? "its schedule"
                          : fmt::format("seed {}", recorded.plan.seed),
      texts.note);
  teller.say(teller.path_of_recorded() + ": " + same);
  teller.add(done);
  teller.show(done);
  if (!interrupted_then) return teller.conclude(verdict, same, 1);
  const std::string all = "That is all of it that was recorded: the run was interrupted then";
  teller.say(all);
  return teller.conclude(worst(Verdict::unknown, verdict), all, 1);
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
                 const Schedule& schedule, int planned, Teller& teller) {
  Attempts attempts{.planned = planned, .shown = {}};
  while (attempts.done < planned && !interrupted()) {
    StoredRun now = run_stored(recorded.plan, options.results, &schedule);
    teller.say(attempt_line(attempts.done + 1, planned, now));
    teller.add(now);
    attempts.see(std::move(now));
  }
  return attempts;
}

// That a violation does not come back in real time proves nothing, so it is not called valid; nor
// is what was not known of the recorded run.
Verdict conclude(const Attempts& attempts, Verdict recorded, Teller& teller) {
  const std::string of = fmt::format("{} of {}{}", attempts.violated,
                                     counted(static_cast<std::size_t>(attempts.done), "attempt"),
                                     attempts.done < attempts.planned ? " (interrupted)" : "");
  std::string meaning;
  if (recorded != Verdict::invalid) {
    meaning =
        fmt::format("The recorded run is {}; there was a violation in {}", to_string(recorded), of);
  } else {
    meaning =
        fmt::format("The violation came back in {}{}", of,
                    attempts.violated > 0 ? "" : ": that says nothing about the bug being gone");
  }
  const bool known = recorded == Verdict::valid && attempts.done == attempts.planned;
  const Verdict verdict = known ? attempts.verdict : worst(attempts.verdict, Verdict::unknown);
  teller.say("\n" + meaning);
  return teller.conclude(verdict, meaning, static_cast<std::size_t>(attempts.planned));
}

// As its checkers judge it now.
Verdict verdict_of(const RecordedRun& recorded, const History& history) {
  const auto checker = require<UsageError>(checker_of(recorded.plan));
  Watch watch;
  watch.should_stop = interrupted;
  return check_safely(*checker, history, watch).verdict;
}

// In real time: the recorded ops and faults against fresh clusters.
Verdict replay_often(const RecordedRun& recorded, const ReplayOptions& options, int attempts,
                     Teller& teller) {
  const History history = history_of(recorded).ops;
  Schedule schedule = recorded.schedule ? *recorded.schedule : schedule_of(history, Aims::as_hit);
  if (!recorded.schedule) schedule.last.reset();  // how long recovery takes now is not known
  const auto faults = static_cast<std::size_t>(
      std::ranges::count_if(schedule.main.ops, [](const Op& op) { return op.is_nemesis(); }));
  teller.say(fmt::format("{}: {} and {} on {}, up to {}", teller.path_of_recorded(),
                         counted(schedule.main.ops.size() - faults, "op"), counted(faults, "fault"),
                         "fresh clusters", counted(static_cast<std::size_t>(attempts), "attempt")));
  flush_output();
  const Verdict before = verdict_of(recorded, history);
  const Attempts made = attempt(recorded, options, schedule, attempts, teller);
  if (made.shown) teller.show(*made.shown);
  return conclude(made, before, teller);
}

Verdict replay(const ReplayOptions& options, const ResultFiles& files) {
  constexpr std::uint64_t kMostAttempts = 1000;
  const RecordedRun recorded = open_recorded("replay", options.results, options.run);
  const bool virtual_time = recorded.plan.environment == "sim";
  if (virtual_time && options.attempts) {
    throw UsageError("--attempts: in virtual time one replay is enough, it is exact");
  }
  const auto attempts = parse_whole("--attempts", options.attempts.value_or("5"), 1, kMostAttempts);
  Teller teller(recorded, options, files);
  watch_signals();
  return virtual_time ? replay_exactly(recorded, options, teller)
                      : replay_often(recorded, options, static_cast<int>(attempts), teller);
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
  command->add_flag("--json", options->json,
                    "print the results as JSON, one line a run, then the summary");
  options->files.add_to(*command);
  command->callback([options, &exit_code] {
    try {
      const ResultFiles files("faultline replay", options->files);
      exit_code = faultline::exit_code(files.watch([&] { return replay(*options, files); }));
    } catch (const EnvironmentLost& lost) {
      throw SystemError(lost.what());
    }
  });
}

}  // namespace faultline::cli

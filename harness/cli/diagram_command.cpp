// faultline diagram: draws what happened inside a simulated cluster, as a space-time diagram.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/recorded_run.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/run_diagram.hpp"
#include "harness/cli/run_report.hpp"
#include "harness/cli/single_run.hpp"
#include "harness/environments/sim/trace.hpp"
#include "harness/report/space_time.hpp"
#include "harness/store/atomic_file.hpp"
#include "harness/store/evidence_file.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {
namespace {

constexpr const char* kSpaceTimeFile = "space-time.svg";

struct DiagramOptions {
  std::optional<std::string> run;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> output;
  std::string results = kResultsRoot;
  bool json = false;
};

std::vector<SpaceTime::Operation> operations(const RecordedRun& recorded, const History& history) {
  const std::filesystem::path path = recorded.run.file(kEvidenceFile);
  if (!is_evidence(path)) {
    const auto results = recorded.run.read_json(kResultsFile);
    const auto failing = results ? failing_op_in(*results, history) : std::nullopt;
    if (!failing) return {};
    return {operation_at(history, *failing)};
  }
  return violating_operations(history, require<UsageError>(read_evidence(path)).evidence,
                              path.string());
}

// What was asked for; by default the end of the counterexample.
SpaceTime::Window window(const DiagramOptions& options,
                         const std::vector<SpaceTime::Operation>& operations,
                         const RecordedRun& recorded) {
  const auto around = window_around(operations);
  if (!around && (!options.from || !options.to)) {
    throw UsageError(
        fmt::format("{}: there is no counterexample whose time could be shown; say --from and --to",
                    recorded.run.path().string()));
  }
  SpaceTime::Window window = around.value_or(SpaceTime::Window{});
  if (options.from) window.from = *options.from == "0" ? 0 : parse_seconds("--from", *options.from);
  if (options.to) window.to = parse_seconds("--to", *options.to);
  if (window.from >= window.to) {
    throw UsageError(fmt::format("--from and --to: {} s is not before {} s",
                                 to_seconds(window.from), to_seconds(window.to)));
  }
  return window;
}

std::string_view without_end(std::string_view text) {
  return text.substr(0, text.rfind('\n', text.empty() ? 0 : text.size() - 2) + 1);
}

// Runs the stored plan again, with a trace, and keeps that: in virtual time it is the same run.
void make_trace(const RecordedRun& recorded, const History& history) {
  const std::filesystem::path scratch = recorded.run.file("again");
  const bool interrupted_then = stop_reason(history) == kInterrupted || !is_whole(history);
  std::optional<Schedule> schedule = recorded.schedule;
  if (interrupted_then) schedule = schedule_of(history, Aims::as_given);
  TestPlan plan = recorded.plan;
  plan.trace = true;
  watch_signals();
  {
    const StoredRun again = run_stored(plan, scratch.string(), schedule ? &*schedule : nullptr);
    const Source before = require<UsageError>(Source::open(recorded.run.file(kHistoryFile)));
    const Source now = require(Source::open(again.run.file(kHistoryFile)));
    // The mark at the end says why it ended, if it has one.
    const std::string_view expected = interrupted_then ? without_end(before.text()) : before.text();
    const bool same = interrupted_then ? now.text().starts_with(expected) : now.text() == expected;
    if (same && !interrupted()) {
      std::filesystem::rename(again.run.file(sim::kTraceFile), recorded.run.file(sim::kTraceFile));
    }
    std::filesystem::remove_all(scratch);
    if (interrupted()) throw SystemError("the run with a trace was interrupted");
    if (!same) {
      throw UsageError(
          fmt::format("{}: done again, the run goes differently, so its messages cannot be shown; "
                      "was it made by another version of the program?",
                      recorded.run.path().string()));
    }
  }
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file = require(AtomicFile::create(path, AtomicFile::Existing::replace));
  require(file.write(text));
  require(file.commit());
}

void draw(const DiagramOptions& options) {
  const RecordedRun recorded = open_recorded("diagram", options.results, options.run);
  if (recorded.plan.environment != "sim") {
    throw UsageError(fmt::format(
        "{}: only runs in the environment sim have a trace of their messages; this one is of {}",
        recorded.run.path().string(), recorded.plan.environment));
  }
  const History history = history_of(recorded).ops;
  const auto ops = operations(recorded, history);
  const SpaceTime::Window shown = window(options, ops, recorded);
  const std::filesystem::path trace = recorded.run.file(sim::kTraceFile);
  if (!std::filesystem::exists(trace)) make_trace(recorded, history);
  const Source source = require<UsageError>(Source::open(trace));
  const SpaceTime diagram =
      require<UsageError>(run_diagram(source, recorded.plan, history, ops, shown));
  const std::filesystem::path output =
      options.output ? std::filesystem::path(*options.output) : recorded.run.file(kSpaceTimeFile);
  write_file(output, space_time_svg(diagram));
  if (!options.output && std::filesystem::exists(recorded.run.file(kResultsFile))) {
    write_report(recorded, history);  // which has messages and leaders now that there is a trace
  }
  if (options.json) {
    fmt::print("{}\n", dump_line({{"recorded", recorded.run.path().string()},
                                  {"output", output.string()},
                                  {"from-seconds", to_seconds(shown.from)},
                                  {"to-seconds", to_seconds(shown.to)},
                                  {"messages", diagram.messages.size()}}));
    return;
  }
  fmt::print("{}: {:.3f} s to {:.3f} s, {} messages\n", output.string(), to_seconds(shown.from),
             to_seconds(shown.to), diagram.messages.size());
}

}  // namespace

void add_diagram_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<DiagramOptions>();
  CLI::App* command = app.add_subcommand(
      "diagram", "Draw the messages, leaders, commits and faults around a violation (sim)");
  add_value(*command, "run", options->run, "RUN",
            "a run's directory or its history.jsonl, or its name or time below results/ (default: "
            "the latest)");
  add_value(*command, "--from", options->from, "SECONDS",
            "where it begins (default: at most 0.3 s before the end of the counterexample)");
  add_value(*command, "--to", options->to, "SECONDS",
            "where it ends (default: with the counterexample)");
  add_value(*command, "--output", options->output, "FILE",
            "the image (default: space-time.svg in the run's directory)");
  add_value(*command, "--results", options->results, "DIR", "where runs are kept")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print one line of JSON");
  command->callback([options, &exit_code] {
    draw(*options);
    exit_code = 0;
  });
}

}  // namespace faultline::cli

// faultline diagram: draws what happened inside a simulated cluster, as a space-time diagram.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/recorded_run.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/run_events.hpp"
#include "harness/cli/run_report.hpp"
#include "harness/cli/single_run.hpp"
#include "harness/core/utf8.hpp"
#include "harness/environments/sim/trace.hpp"
#include "harness/report/space_time.hpp"
#include "harness/store/atomic_file.hpp"
#include "harness/store/evidence_file.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {
namespace {

struct DiagramOptions {
  std::optional<std::string> run;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> output;
  std::string results = kResultsRoot;
  bool json = false;
};

// The operations that show the violation, as their positions in the history.
std::vector<std::size_t> counterexample(const RecordedRun& recorded, const History& history) {
  const std::filesystem::path path = recorded.run.file(kEvidenceFile);
  if (!is_evidence(path)) return {};
  const EvidenceFile file = require<UsageError>(read_evidence(path));
  for (const Evidence::Part& part : file.evidence.parts) {
    if (part.verdict != Verdict::invalid || !part.core) continue;
    const bool fits = std::all_of(part.core->ops.begin(), part.core->ops.end(),
                                  [&](std::size_t op) { return op < history.size(); });
    if (fits) return part.core->ops;
    throw UsageError(fmt::format("{}: names events that the history has not: it is of another run",
                                 path.string()));
  }
  return {};
}

// "cas [1 2], key 3: ok"
std::string text_of(const Op& invoked, const Op* completed) {
  const Op& op = completed != nullptr && completed->type == OpType::ok ? *completed : invoked;
  std::string text = printable(op.f.name());
  if (!op.value.is_nothing() || op.f == f::kRead) text += " " + op.value.to_string();
  if (!op.key.is_nothing()) text += ", key " + op.key.to_string();
  return text + ": " + (completed != nullptr ? to_string(completed->type) : "no end");
}

const Op* completion_of(const History& history, std::size_t invocation) {
  for (std::size_t i = invocation + 1; i < history.size(); ++i) {
    if (history[i].process == history[invocation].process) return &history[i];
  }
  return nullptr;
}

std::vector<SpaceTime::Operation> operations(const History& history,
                                             const std::vector<std::size_t>& core) {
  std::vector<SpaceTime::Operation> operations;
  for (const std::size_t position : core) {
    const Op& invoked = history[position];
    const Op* completed = completion_of(history, position);
    const bool is_known = completed != nullptr && completed->type != OpType::info;
    operations.push_back({invoked.process, invoked.time, is_known ? completed->time : kNever,
                          text_of(invoked, completed)});
  }
  return operations;
}

// What was asked for; by default the end of the counterexample, where it can be seen, and as much
// of what led there as one can take in.
SpaceTime::Window window(const DiagramOptions& options,
                         const std::vector<SpaceTime::Operation>& operations,
                         const RecordedRun& recorded) {
  constexpr Duration kMost = 300 * kMillisecond;
  constexpr Duration kMargin = 10 * kMillisecond;
  SpaceTime::Window window;
  if (!operations.empty()) {
    window.from = kNever;
    for (const SpaceTime::Operation& op : operations) {
      window.from = std::min(window.from, op.invoked);
      window.to = std::max(window.to, op.completed != kNever ? op.completed : op.invoked);
    }
    window.from = std::max<Time>(0, std::max(window.from, window.to - kMost) - kMargin);
    window.to += kMargin;
  } else if (!options.from || !options.to) {
    throw UsageError(
        fmt::format("{}: there is no counterexample whose time could be shown; say --from and --to",
                    recorded.run.path().string()));
  }
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
  const std::vector<std::size_t> core = counterexample(recorded, history);
  const auto ops = operations(history, core);
  const SpaceTime::Window shown = window(options, ops, recorded);
  const std::filesystem::path trace = recorded.run.file(sim::kTraceFile);
  if (!std::filesystem::exists(trace)) make_trace(recorded, history);
  const Source source = require<UsageError>(Source::open(trace));
  SpaceTime diagram = require<UsageError>(read_trace(source, shown));
  diagram.title = fmt::format("{} on {} nodes, seed {}", recorded.plan.name(), diagram.nodes,
                              recorded.plan.seed);
  diagram.operations = ops;
  for (const RunPage::Fault& fault : faults_of(history)) {
    if (fault.from > shown.to || fault.to < shown.from) continue;
    diagram.faults.push_back({fault.from, fault.to, fault.name + " " + fault.what});
  }
  const std::filesystem::path output =
      options.output ? std::filesystem::path(*options.output) : recorded.run.file(kSpaceTimeFile);
  write_file(output, space_time_svg(diagram));
  if (!options.output && std::filesystem::exists(recorded.run.file(kResultsFile))) {
    write_report(recorded, history);  // it shows the diagram
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

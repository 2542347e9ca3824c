#include "tests/bench/finding_search.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/plan_options.hpp"
#include "harness/cli/single_run.hpp"

namespace faultline::bench {
namespace {

// The plan that `faultline test` makes of the defaults, the target, the bug and the seed.
TestPlan plan_of(const Search& what, std::uint64_t seed) {
  CLI::App app;
  cli::PlanOptions options;
  options.add_to(*app.add_subcommand("test"));
  std::string arguments = fmt::format("test --target {} --seed {}", what.quarry.target, seed);
  if (!what.quarry.bug.empty()) arguments += " --bug " + what.quarry.bug;
  arguments += " " + what.options;
  app.parse(arguments);
  return options.plan();
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Of the ops of a core the one that completed last: without it there is no contradiction yet.
const Op* last_to_complete(const History& history, const Core& core) {
  const Op* last = nullptr;
  for (const std::size_t position : core.ops) {
    const Op* const done = completion_of(history, position);
    if (done == nullptr || done->type == OpType::info || done >= history.data() + core.to) continue;
    last = std::max(last, done);
  }
  return last;
}

// Did anybody try to write `value` to the key of `read` before it completed?
bool was_written(const History& history, const Op& read, const Value& value) {
  return std::any_of(history.data(), &read, [&](const Op& op) {
    if (op.type != OpType::invoke || op.key != read.key) return false;
    if (op.f == f::kWrite) return op.value == value;
    return op.f == f::kCas && op.value.is_pair() && Value(op.value.pair().second) == value;
  });
}

std::string describe(const History& history, const Op& op) {
  if (op.f == f::kRead) {
    if (op.value.is_nothing()) return "read of nothing after a write";
    return was_written(history, op, op.value) ? "read of an old value" : "read of no written value";
  }
  if (op.f == f::kCas) {
    return op.type == OpType::fail ? "cas that should have succeeded" : "cas on an old value";
  }
  return op.f.name();
}

}  // namespace

std::string anomaly(const Report& report, const History& history) {
  for (const Report& part : report.parts) {
    if (part.verdict != Verdict::invalid) continue;
    if (part.evidence) {
      for (const Evidence::Part& of_key : part.evidence->parts) {
        if (!of_key.core) continue;
        const Op* const op = last_to_complete(history, *of_key.core);
        if (op != nullptr) return part.checker + ": " + describe(history, *op);
      }
    }
    return part.checker;
  }
  return report.checker;
}

Found search(const Search& what) {
  Found found;
  const auto begin = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  for (int i = 0; i < what.most_runs && !found.caught; ++i) {
    const TestPlan plan = plan_of(what, what.first_seed + static_cast<std::uint64_t>(i));
    const cli::RunInMemory run = cli::run_in_memory(plan);
    ++found.runs;
    if (!run.history.empty()) found.virtual_seconds += to_seconds(run.history.back().time);
    if (run.report.verdict == Verdict::valid) continue;
    const std::string repeat = "./faultline " + cli::repeat_arguments(plan);
    if (run.report.verdict == Verdict::unknown) {
      ++found.unknown;
      found.unknown_last = run.report.reason + ": " + repeat;
      continue;
    }
    found.caught = true;
    found.anomaly = anomaly(run.report, run.history);
    found.repeat = repeat;
  }
  found.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  found.cpu_seconds = cpu_seconds() - cpu;
  return found;
}

nlohmann::ordered_json to_json(const Found& found) {
  return {{"caught", found.caught},
          {"anomaly", found.anomaly},
          {"repeat", found.repeat},
          {"runs", found.runs},
          {"unknown", found.unknown},
          {"unknown-last", found.unknown_last},
          {"virtual-s", found.virtual_seconds},
          {"wall-s", found.wall_seconds},
          {"cpu-s", found.cpu_seconds}};
}

Found found_from_json(const nlohmann::ordered_json& json) {
  Found found;
  json.at("caught").get_to(found.caught);
  json.at("anomaly").get_to(found.anomaly);
  json.at("repeat").get_to(found.repeat);
  json.at("runs").get_to(found.runs);
  json.at("unknown").get_to(found.unknown);
  json.at("unknown-last").get_to(found.unknown_last);
  json.at("virtual-s").get_to(found.virtual_seconds);
  json.at("wall-s").get_to(found.wall_seconds);
  json.at("cpu-s").get_to(found.cpu_seconds);
  return found;
}

}  // namespace faultline::bench

// The finding benchmark: how soon each bug that a target can be told to have is caught by the
// default options of `faultline test`, and whether anything is said of targets without bugs.
// `./faultline bench finding` builds and runs this program; kMethod says how it measures.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/cli/registry.hpp"
#include "tests/bench/finding_search.hpp"
#include "tests/bench/finding_table.hpp"
#include "tests/bench/workers.hpp"

namespace faultline::bench {
namespace {

constexpr const char* kMethod =
    R"(A search is what a user does who runs `faultline test --target T --bug B` with one seed after
the other until a run is invalid, on default options, in sim. Each bug is searched for several
times, each time with seeds of its own; figures are the median and the 90th percentile of those
searches ("-": so many found nothing in --most-runs runs). "Runs" counts the one that caught it.
"Virtual s" is the simulated time of all runs of a search, "Wall s" and "CPU s" what it took in one
process: making the plan, running, checking, finding the core. Runs are kept in memory only.
"Shown by": the checker that says invalid and, if it gives a core, which op of the core was the
last to complete: the one that cannot be explained.

With --correct N every target is run N times without bugs. A false alarm is a run that is invalid.
)";

// The searches of different repetitions have no seeds in common.
constexpr std::uint64_t kSeedsApart = 1'000'000;
constexpr std::uint64_t kSeedsOfCorrect = 1'000'000'000;
constexpr int kChunk = 100;  // runs of a correct target in one process

struct Options {
  std::vector<std::string> targets;
  std::vector<std::string> bugs;
  int repetitions = 5;
  int most_runs = 2'000;
  int correct = 0;
  int jobs = 2;
  bool plain = false;
  std::string with;
  bool method = false;
  std::string file;
};

bool wanted(const std::vector<std::string>& chosen, std::string_view name) {
  return chosen.empty() || std::find(chosen.begin(), chosen.end(), name) != chosen.end();
}

// Of each target that runs in sim.
std::vector<Search> searches(const Options& options) {
  std::vector<Search> all;
  for (const cli::TargetEntry& target : cli::targets()) {
    if (target.program == nullptr || !wanted(options.targets, target.name)) continue;
    for (const Bug& bug : target.bugs) {
      if (!wanted(options.bugs, bug.name)) continue;
      for (int i = 0; i < options.repetitions; ++i) {
        const std::uint64_t seed = static_cast<std::uint64_t>(i) * kSeedsApart + 1;
        all.push_back({{std::string(target.name), std::string(bug.name)},
                       seed,
                       options.most_runs,
                       options.with});
      }
    }
  }
  return all;
}

// Every run is a search of its own, so that an alarm does not end them.
std::vector<Search> correct_runs(const Options& options) {
  std::vector<Search> all;
  for (const cli::TargetEntry& target : cli::targets()) {
    if (target.program == nullptr || !wanted(options.targets, target.name)) continue;
    for (int i = 0; i < options.correct; ++i) {
      all.push_back({{std::string(target.name), ""},
                     kSeedsOfCorrect + static_cast<std::uint64_t>(i),
                     1,
                     options.with});
    }
  }
  return all;
}

// Carries them out, `chunk` in a process, and gives each result to `done`.
void carry_out(const std::vector<Search>& all, std::size_t chunk, int jobs,
               const std::function<void(const Search&, const Found&)>& done) {
  const auto end_of = [&](std::size_t i) { return std::min((i + 1) * chunk, all.size()); };
  const auto work = [&](std::size_t i) {
    auto list = nlohmann::ordered_json::array();
    for (std::size_t at = i * chunk; at < end_of(i); ++at) list.push_back(to_json(search(all[at])));
    return list.dump();
  };
  work_apart(jobs, (all.size() + chunk - 1) / chunk, work,
             [&](std::size_t i, const std::optional<std::string>& text) {
               const Search& first = all[i * chunk];
               if (!text) {
                 throw std::runtime_error(fmt::format("{} {}: a process of seeds from {} broke",
                                                      first.quarry.target, first.quarry.bug,
                                                      first.first_seed));
               }
               const auto list = nlohmann::ordered_json::parse(*text);
               for (std::size_t at = 0; at < list.size(); ++at) {
                 done(all[i * chunk + at], found_from_json(list[at]));
               }
             });
}

std::vector<BugRow> find_bugs(const Options& options) {
  std::vector<BugRow> rows;
  const std::vector<Search> all = searches(options);
  for (const Search& each : all) {
    const bool is_new = rows.empty() || rows.back().quarry.bug != each.quarry.bug ||
                        rows.back().quarry.target != each.quarry.target;
    if (is_new) rows.push_back({each.quarry, {}});
  }
  carry_out(all, 1, options.jobs, [&](const Search& each, const Found& found) {
    const auto row = std::ranges::find_if(rows, [&](const BugRow& candidate) {
      return candidate.quarry.bug == each.quarry.bug &&
             candidate.quarry.target == each.quarry.target;
    });
    row->searches.push_back(found);
    fmt::print("{} {} from seed {}: {} {} runs, {:.1f} s ({:.1f} s CPU){}{}\n", each.quarry.target,
               each.quarry.bug, each.first_seed, found.caught ? "caught in" : "NOT caught in",
               found.runs, found.wall_seconds, found.cpu_seconds, found.caught ? ": " : "",
               found.anomaly);
    std::fflush(stdout);
  });
  return rows;
}

std::vector<CorrectRow> run_correct(const Options& options) {
  std::vector<CorrectRow> rows;
  carry_out(correct_runs(options), kChunk, options.jobs,
            [&](const Search& each, const Found& found) {
              auto row = std::ranges::find(rows, each.quarry.target, &CorrectRow::target);
              if (row == rows.end()) row = rows.insert(rows.end(), {each.quarry.target, 0, 0, {}});
              ++row->runs;
              row->unknown += found.unknown;
              if (found.unknown > 0) fmt::print("undecided: {}\n", found.unknown_last);
              if (!found.caught) return;
              row->alarms.push_back(found);
              fmt::print("FALSE ALARM: {}: {}\n", found.anomaly, found.repeat);
              std::fflush(stdout);
            });
  return rows;
}

int run(int argc, char** argv) {
  CLI::App app("Measures how soon bugs are caught on default options.", "faultline bench finding");
  Options options;
  app.add_option("--target", options.targets, "only these targets")->delimiter(',');
  app.add_option("--bugs", options.bugs, "only these bugs")->delimiter(',');
  app.add_option("--repetitions", options.repetitions, "searches for each bug; 0: none")
      ->check(CLI::Range(0, 1'000))
      ->capture_default_str();
  app.add_option("--most-runs", options.most_runs, "of a search")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--correct", options.correct, "runs of each target without bugs")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--jobs", options.jobs, "processes at a time")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_flag("--plain", options.plain, "without swarm: the same mix for every seed");
  app.add_option("--with", options.with, "more options of faultline test: '--nodes 3'");
  app.add_option("--markdown", options.file, "also write the table to this file");
  app.add_flag("--method", options.method, "say what is measured, and how");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 254;
  }
  if (options.method) {
    fmt::print("{}", kMethod);
    return 0;
  }
  if (options.plain) options.with += " --no-swarm";
  const std::vector<BugRow> bugs = find_bugs(options);
  const std::vector<CorrectRow> correct = run_correct(options);
  const std::string table = markdown(bugs, correct);
  fmt::print("\n{}", table);
  if (!options.file.empty() && !(std::ofstream(options.file) << table)) {
    fmt::print(stderr, "cannot write {}\n", options.file);
    return 255;
  }
  const bool sound =
      std::ranges::all_of(correct, [](const auto& row) { return row.alarms.empty(); });
  return sound ? 0 : 1;
}

}  // namespace
}  // namespace faultline::bench

int main(int argc, char** argv) {
  try {
    return faultline::bench::run(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}\n", failure.what());
    return 255;
  }
}

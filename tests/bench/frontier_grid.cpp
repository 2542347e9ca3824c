// The tables `grid` and `stale`: closed-loop histories of a CAS register, cell by cell.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "checkers/verify.hpp"
#include "tests/bench/apart.hpp"
#include "tests/bench/frontier_tables.hpp"
#include "tests/checkers/closed_loop.hpp"

namespace faultline::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMemoryLimit = std::size_t{8} << 30;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// What is known of one check.
struct Measured {
  Verdict verdict = Verdict::unknown;
  double verdict_seconds = 0;  // without evidence; only of stale reads
  double check_seconds = 0;
  double megabytes = 0;
  std::size_t core_ops = 0;
  Proof proof = Proof::missing;
};

double decide_only(const History& history, const Limits& limits) {
  const Model& model = *find_model("cas-register");
  const auto start = SteadyClock::now();
  const auto partitions = split_by_key(history);
  const auto object = read_object(history, partitions->front(), model, Value(), {});
  search(*object, model, limits);
  return seconds_since(start);
}

// Tells what it knows as soon as it does, so that it is not lost if the rest takes too long.
void measure(const ClosedLoopShape& shape, std::chrono::seconds limit,
             const std::function<void(const Measured&)>& tell) {
  History history = closed_loop(shape);
  history.shrink_to_fit();
  const Model& model = *find_model("cas-register");
  const Limits limits{.time = limit, .memory_bytes = kMemoryLimit};
  Measured measured;
  reset_peak();
  const auto checker = make_linearizable(model, Value(), {}, limits);
  const auto start = SteadyClock::now();
  const Report report = checker->check(history);
  measured.check_seconds = seconds_since(start);
  measured.megabytes = peak_megabytes();
  measured.verdict = report.verdict;
  const Evidence::Part& part = report.evidence->parts.front();
  if (part.core) measured.core_ops = part.core->ops.size();
  tell(measured);
  if (report.verdict != Verdict::unknown) {
    measured.proof = verify(history, model, *report.evidence)->front().proof;
    tell(measured);
  }
  if (!shape.stale_read) return;
  measured.verdict_seconds = decide_only(history, limits);
  tell(measured);
}

struct Cell {
  ClosedLoopShape shape;
  std::vector<Measured> runs;

  int count(Verdict verdict) const {
    return static_cast<int>(std::count_if(
        runs.begin(), runs.end(), [&](const Measured& run) { return run.verdict == verdict; }));
  }
  int count(Proof proof) const {
    return static_cast<int>(std::count_if(runs.begin(), runs.end(),
                                          [&](const Measured& run) { return run.proof == proof; }));
  }
  bool decided() const { return count(Verdict::unknown) == 0; }
  bool sound() const {
    return count(Proof::fails) == 0 && (shape.stale_read || count(Verdict::invalid) == 0);
  }
  double median(double Measured::*figure) const {
    std::vector<double> figures;
    for (const Measured& run : runs) figures.push_back(run.*figure);
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 2];
  }
  // Of the seeds with a core; nothing if none has.
  std::optional<std::size_t> median_core() const {
    std::vector<std::size_t> sizes;
    for (const Measured& run : runs) {
      if (run.core_ops > 0) sizes.push_back(run.core_ops);
    }
    if (sizes.empty()) return std::nullopt;
    std::sort(sizes.begin(), sizes.end());
    return sizes[sizes.size() / 2];
  }
  double megabytes() const {
    double most = 0;
    for (const Measured& run : runs) most = std::max(most, run.megabytes);
    return most;
  }
  // "valid", or with the numbers of seeds if they differ: "invalid 2, valid 1".
  std::string verdict() const {
    std::string text;
    for (const Verdict verdict : {Verdict::invalid, Verdict::unknown, Verdict::valid}) {
      const auto seeds = static_cast<std::size_t>(count(verdict));
      if (seeds == 0) continue;
      if (seeds == runs.size()) return std::string(to_string(verdict));
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", to_string(verdict), seeds);
    }
    return text;
  }
};

Cell run_cell(ClosedLoopShape shape, const Scale& scale) {
  Cell cell{shape, {}};
  for (const std::uint64_t seed : scale.seeds) {
    shape.seed = seed;
    const auto work = [&](const std::function<void(const Measured&)>& tell) {
      measure(shape, scale.limit, tell);
    };
    // Beyond its own limits only if those failed.
    const auto measured = apart<Measured>(work, 4 * scale.limit + std::chrono::seconds(60));
    Measured lost;  // it was killed, or out of memory
    lost.check_seconds = lost.verdict_seconds = std::chrono::duration<double>(scale.limit).count();
    cell.runs.push_back(measured.value_or(lost));
  }
  return cell;
}

std::string show_seconds(double seconds) {
  if (seconds < 0.01) return fmt::format("{:.2f} ms", seconds * 1e3);
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

std::string show_shape(const ClosedLoopShape& shape) {
  return fmt::format("{:<8} {:>7} {:>5.0f} % {:>8}", shape.unique_values ? "unique" : "5 values",
                     shape.clients, shape.crashed * 100, shape.ops);
}
constexpr const char* kShapeColumns = "values   clients crashed      ops";

void print_valid(const Cell& cell) {
  const double seconds = cell.median(&Measured::check_seconds);
  fmt::print("{} {:>10} {:>8.0f} {:>7.0f} {:>9}  {}\n", show_shape(cell.shape),
             show_seconds(seconds), seconds * 1e9 / static_cast<double>(cell.shape.ops),
             cell.megabytes(), fmt::format("{}/{}", cell.count(Proof::holds), cell.runs.size()),
             cell.verdict());
}

void print_stale(const Cell& cell) {
  const auto core = cell.median_core();
  fmt::print("{} {:>10} {:>10} {:>9} {:>7.0f} {:>9}  {}\n", show_shape(cell.shape),
             show_seconds(cell.median(&Measured::verdict_seconds)),
             show_seconds(cell.median(&Measured::check_seconds)),
             core ? fmt::format("{}", *core) : "-", cell.megabytes(),
             fmt::format("{}/{}", cell.count(Proof::holds), cell.runs.size()), cell.verdict());
}

double median_seconds(const std::vector<Cell>& cells, std::int64_t ops) {
  std::vector<double> figures;
  for (const Cell& cell : cells) {
    if (cell.shape.ops == ops) figures.push_back(cell.median(&Measured::check_seconds));
  }
  if (figures.empty()) return 0;
  std::sort(figures.begin(), figures.end());
  return figures[figures.size() / 2];
}

void summarize(const std::vector<Cell>& cells, const Scale& scale) {
  const auto decided =
      std::count_if(cells.begin(), cells.end(), [](const Cell& cell) { return cell.decided(); });
  const auto slowest =
      std::max_element(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
        return a.median(&Measured::check_seconds) < b.median(&Measured::check_seconds);
      });
  double most = 0;
  for (const Cell& cell : cells) most = std::max(most, cell.megabytes());
  fmt::print("\ndecided {} of {} cells; most memory {:.0f} MB\n", decided, cells.size(), most);
  fmt::print("slowest cell: {}, {}\n", show_shape(slowest->shape),
             show_seconds(slowest->median(&Measured::check_seconds)));
  for (const std::int64_t ops : scale.ops) {
    fmt::print("median cell at {:>7} ops: {}\n", ops, show_seconds(median_seconds(cells, ops)));
  }
}

bool run_grid(const Scale& scale, bool stale_read, void (*print)(const Cell&)) {
  std::vector<Cell> cells;
  for (const bool unique : {false, true}) {
    for (const int clients : scale.clients) {
      for (const int percent : scale.crashed_percent) {
        for (const std::int64_t ops : scale.ops) {
          cells.push_back(run_cell({.ops = ops,
                                    .clients = clients,
                                    .unique_values = unique,
                                    .crashed = percent / 100.0,
                                    .stale_read = stale_read},
                                   scale));
          print(cells.back());
          std::fflush(stdout);
        }
      }
    }
  }
  summarize(cells, scale);
  return std::all_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.sound(); });
}

}  // namespace

bool print_grid(const Scale& scale) {
  fmt::print("{} {:>10} {:>8} {:>7} {:>9}  {}\n", kShapeColumns, "check", "ns/op", "MB", "verified",
             "verdict");
  return run_grid(scale, false, print_valid);
}

bool print_stale_reads(const Scale& scale) {
  constexpr std::int64_t kLongest = 100'000;
  Scale shorter = scale;
  std::erase_if(shorter.ops, [](std::int64_t ops) { return ops > kLongest; });
  fmt::print("{} {:>10} {:>10} {:>9} {:>7} {:>9}  {}\n", kShapeColumns, "verdict", "check",
             "core ops", "MB", "verified", "verdict");
  return run_grid(shorter, true, print_stale);
}

}  // namespace faultline::bench

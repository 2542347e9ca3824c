#include "tests/bench/frontier_cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "tests/bench/apart.hpp"

namespace faultline::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMemoryLimit = std::size_t{8} << 30;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double median_of(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  return figures[figures.size() / 2];
}

double decide_only(const History& history, const Model& model, const Value& initial,
                   const Limits& limits) {
  const auto start = SteadyClock::now();
  const auto partitions = split_by_key(history);
  const auto object = read_object(history, partitions->front(), model, initial, {});
  search(*object, model, limits);
  return seconds_since(start);
}

// Tells what it knows as soon as it does, so that it is not lost if the rest takes too long.
void measure(const Subject& subject, std::uint64_t seed, std::chrono::seconds limit,
             const std::function<void(const Measured&)>& tell) {
  History history = subject.history(seed);
  history.shrink_to_fit();
  const Model& model = *find_model(subject.model);
  const Value initial = *model.parse_initial(model.default_initial);
  const Limits limits{.time = limit, .memory_bytes = kMemoryLimit};
  Measured measured;
  reset_peak();
  const auto checker = make_linearizable(model, initial, {}, limits);
  const auto start = SteadyClock::now();
  const Report report = checker->check(history);
  measured.check_seconds = seconds_since(start);
  measured.megabytes = peak_megabytes();
  measured.verdict = report.verdict;
  const Evidence::Part& part = report.evidence->parts.front();
  if (part.core) measured.core_ops = part.core->ops.size();
  tell(measured);
  measured.verdict_seconds = decide_only(history, model, initial, limits);
  tell(measured);
  if (report.verdict == Verdict::unknown) return;
  measured.proof = verify(history, model, *report.evidence)->front().proof;
  tell(measured);
}

Cell run_cell(const Subject& subject, const Scale& scale) {
  Cell cell{subject, {}};
  for (const std::uint64_t seed : scale.seeds) {
    const auto work = [&](const std::function<void(const Measured&)>& tell) {
      measure(subject, seed, scale.limit, tell);
    };
    Measured lost;  // it was killed, or ran out of memory
    lost.check_seconds = lost.verdict_seconds = std::chrono::duration<double>(scale.limit).count();
    // Longer than the check itself may take, twice, and time to verify.
    const auto patience = 4 * scale.limit + std::chrono::seconds(60);
    cell.runs.push_back(apart<Measured>(work, patience).value_or(lost));
  }
  return cell;
}

std::string show_seconds(double seconds) {
  if (seconds < 0.01) return fmt::format("{:.2f} ms", seconds * 1e3);
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

// The columns behind the shape; both heading and rows.
void print_columns(const std::string& shape, const std::array<std::string, 7>& columns) {
  fmt::print("{} {:>10} {:>10} {:>7} {:>6} {:>5} {:>9}  {}\n", shape, columns[0], columns[1],
             columns[2], columns[3], columns[4], columns[5], columns[6]);
  std::fflush(stdout);
}

void print_row(const Cell& cell) {
  const double seconds = cell.median(&Measured::check_seconds);
  const double ns = seconds * 1e9 / static_cast<double>(cell.subject.ops);
  const auto core = cell.median_core();
  print_columns(fmt::format("{} {:>8}", cell.subject.shape, cell.subject.ops),
                {show_seconds(cell.median(&Measured::verdict_seconds)), show_seconds(seconds),
                 fmt::format("{:.0f}", ns), fmt::format("{:.0f}", cell.megabytes()),
                 core ? fmt::format("{}", *core) : "-",
                 fmt::format("{}/{}", cell.count(Proof::holds), cell.runs.size()), cell.verdict()});
}

void summarize(const std::vector<Cell>& cells) {
  const auto slower = [](const Cell& a, const Cell& b) {
    return a.median(&Measured::check_seconds) < b.median(&Measured::check_seconds);
  };
  const auto decided = std::count_if(cells.begin(), cells.end(), [](const Cell& cell) {
    return cell.count(Verdict::unknown) == 0;
  });
  const Cell& slowest = *std::max_element(cells.begin(), cells.end(), slower);
  double most = 0;
  std::map<std::int64_t, std::vector<double>> by_ops;
  std::vector<double> cores;
  for (const Cell& cell : cells) {
    most = std::max(most, cell.megabytes());
    by_ops[cell.subject.ops].push_back(cell.median(&Measured::check_seconds));
    if (const auto core = cell.median_core()) cores.push_back(static_cast<double>(*core));
  }
  fmt::print("\ndecided: {} of {} cells; slowest {}; most memory {:.0f} MB\n", decided,
             cells.size(), show_seconds(slowest.median(&Measured::check_seconds)), most);
  for (const auto& [ops, seconds] : by_ops) {
    fmt::print("median cell at {} ops: {}\n", ops, show_seconds(median_of(seconds)));
  }
  if (!cores.empty()) fmt::print("median core: {:.0f} ops\n", median_of(cores));
}

}  // namespace

int Cell::count(Verdict verdict) const {
  return static_cast<int>(std::count_if(
      runs.begin(), runs.end(), [&](const Measured& run) { return run.verdict == verdict; }));
}

int Cell::count(Proof proof) const {
  return static_cast<int>(std::count_if(runs.begin(), runs.end(),
                                        [&](const Measured& run) { return run.proof == proof; }));
}

bool Cell::sound() const {
  return count(Proof::fails) == 0 &&
         std::all_of(runs.begin(), runs.end(), [&](const Measured& run) {
           return run.verdict == Verdict::unknown ||
                  run.verdict == subject.expected.value_or(run.verdict);
         });
}

double Cell::median(double Measured::*figure) const {
  std::vector<double> figures;
  for (const Measured& run : runs) figures.push_back(run.*figure);
  return median_of(std::move(figures));
}

std::optional<std::size_t> Cell::median_core() const {
  std::vector<std::size_t> sizes;
  for (const Measured& run : runs) {
    if (run.core_ops > 0) sizes.push_back(run.core_ops);
  }
  if (sizes.empty()) return std::nullopt;
  std::sort(sizes.begin(), sizes.end());
  return sizes[sizes.size() / 2];
}

double Cell::megabytes() const {
  double most = 0;
  for (const Measured& run : runs) most = std::max(most, run.megabytes);
  return most;
}

std::string Cell::verdict() const {
  std::string text;
  for (const Verdict verdict : {Verdict::invalid, Verdict::unknown, Verdict::valid}) {
    const auto seeds = static_cast<std::size_t>(count(verdict));
    if (seeds == 0) continue;
    if (seeds == runs.size()) return std::string(to_string(verdict));
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", to_string(verdict), seeds);
  }
  return text;
}

bool print_cells(const std::string& shape_columns, const std::vector<Subject>& subjects,
                 const Scale& scale) {
  print_columns(fmt::format("{} {:>8}", shape_columns, "ops"),
                {"verdict", "check", "ns/op", "MB", "core", "verified", "is"});
  std::vector<Cell> cells;
  for (const Subject& subject : subjects) {
    cells.push_back(run_cell(subject, scale));
    print_row(cells.back());
  }
  summarize(cells);
  return std::all_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.sound(); });
}

}  // namespace faultline::bench

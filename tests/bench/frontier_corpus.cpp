// The table `etcd`: the recorded logs of Jepsen's etcd test, which every checker is measured by.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "harness/store/history_reader.hpp"
#include "tests/bench/apart.hpp"
#include "tests/bench/frontier_tables.hpp"

namespace faultline::bench {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kAllLogs = 103;  // that were published
constexpr int kRounds = 50;

fs::path logs_folder() {
  const char* named = std::getenv("FAULTLINE_DATA");
  const fs::path data =
      named != nullptr ? fs::path(named) : fs::path(FAULTLINE_SOURCE_DIR) / "../shared/data";
  return (data / "etcd-logs").lexically_normal();
}

std::set<fs::path> find_logs() {
  std::set<fs::path> logs;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(logs_folder(), none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("etcd_") && name.ends_with(".log")) logs.insert(entry.path());
  }
  return logs;
}

// Those of even number: the 52 that are handed out with Faultline's shared data.
bool in_the_half(const fs::path& log) {
  const std::string stem = log.stem().string();
  return (stem.back() - '0') % 2 == 0;
}

struct Totals {
  double verdict_seconds = 0;
  double check_seconds = 0;
  std::size_t ops = 0;  // invocations and completions
  int valid = 0;
  int invalid = 0;
};

double median_seconds(const std::function<void()>& work) {
  std::vector<double> all;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = SteadyClock::now();
    work();
    all.push_back(std::chrono::duration<double>(SteadyClock::now() - start).count());
  }
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

Verdict decide_only(const History& history, const Model& model) {
  const auto partitions = split_by_key(history);
  const auto object = read_object(history, partitions->front(), model, Value(), {});
  return search(*object, model).verdict;
}

Totals measure(const std::vector<History>& logs) {
  const Model& model = *find_model("cas-register");
  const auto checker = make_linearizable(model, Value());
  Totals totals;
  for (const History& log : logs) {
    totals.ops += log.size();
    const Verdict verdict = decide_only(log, model);
    if (verdict == Verdict::valid) ++totals.valid;
    if (verdict == Verdict::invalid) ++totals.invalid;
  }
  totals.verdict_seconds = median_seconds([&] {
    for (const History& log : logs) decide_only(log, model);
  });
  totals.check_seconds = median_seconds([&] {
    for (const History& log : logs) checker->check(log);
  });
  return totals;
}

void print_row(const std::vector<fs::path>& paths) {
  const auto work = [&](const std::function<void(const Totals&)>& tell) {
    std::vector<History> logs;
    for (const fs::path& path : paths) {
      auto history = read_history(path);
      if (!history) {
        fmt::print(stderr, "{}\n", history.error().message);
        continue;
      }
      logs.push_back(std::move(history->ops));
    }
    tell(measure(logs));
  };
  const auto totals = apart<Totals>(work, std::chrono::seconds(600)).value_or(Totals{});
  fmt::print("{:>4} {:>8} {:>6} {:>8} {:>9.2f} ms {:>9.2f} ms\n", paths.size(), totals.ops,
             totals.valid, totals.invalid, totals.verdict_seconds * 1e3,
             totals.check_seconds * 1e3);
}

}  // namespace

bool print_etcd_logs(const Scale&) {
  const std::set<fs::path> logs = find_logs();
  if (logs.empty()) {
    fmt::print("no logs in {}; name the folder that etcd-logs/ is in by FAULTLINE_DATA\n",
               logs_folder().string());
    return true;
  }
  fmt::print("logs   events  valid  invalid      verdict        check\n");
  std::vector<fs::path> half;
  std::copy_if(logs.begin(), logs.end(), std::back_inserter(half), in_the_half);
  if (!half.empty()) print_row(half);
  if (logs.size() > half.size()) print_row({logs.begin(), logs.end()});
  if (logs.size() < kAllLogs) {
    fmt::print("({} of the {} logs are in {})\n", logs.size(), kAllLogs, logs_folder().string());
  }
  return true;
}

}  // namespace faultline::bench

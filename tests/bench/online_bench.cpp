// How far the online monitor is behind: from see() of the completion that makes a history invalid
// to violated(). Events arrive as in a test of 5,000 ops/s, by the real clock; those of
// `ops_before` as fast as they can be taken, with a pause afterwards for the monitor to catch up,
// so that five minutes of a single key need not be waited for. The time is that from the violating
// completion on, in which events go on arriving.
//   one_key    10 clients that always have an op open, on a register with cas; unique values, or 5;
//              `whole`: as if there were no last part that can be judged on its own;
//   many_keys  the same, but a new key every 400 ops;
//   one_queue  an item once; a model for which the monitor judges all that there is of a key.
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <thread>

#include "checkers/linearizability/decide.hpp"
#include "checkers/models/models.hpp"
#include "checkers/online.hpp"
#include "tests/checkers/closed_loop.hpp"
#include "tests/checkers/unique_histories.hpp"

namespace faultline {
namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kEvent = 100us;           // 5,000 ops of two events a second
constexpr std::size_t kPaced = 100'000;  // events, in 10 s; the violation is among the last
constexpr auto kLongest = 60s;

// A history, and where it turns invalid.
struct Planted {
  History history;
  std::size_t violation = 0;
};

Planted planted(const History& right, History wrong) {
  std::size_t at = 0;
  while (at < right.size() && right[at] == wrong[at]) ++at;
  return {std::move(wrong), at};
}

// Of few values most stale reads may be right, for all that anybody can tell; with crashed writes
// all of them, soon.
Planted stale_read(ClosedLoopShape shape) {
  const Model& model = *find_model("cas-register");
  for (;; ++shape.seed) {
    shape.stale_read = false;
    const History right = closed_loop(shape);
    shape.stale_read = true;
    Planted wrong = planted(right, closed_loop(shape));
    const auto keys = split_by_key(wrong.history);
    const auto decided = decide(wrong.history, keys->front(), model, Value());
    if (decided && decided->verdict == Verdict::invalid) return wrong;
  }
}

void feed(Monitor& monitor, const Planted& planted, benchmark::State& state) {
  monitor.start();
  // Some come after the violation; as many as there are.
  const std::size_t first = planted.violation - std::min(planted.violation, kPaced);
  for (std::size_t i = 0; i < first; ++i) monitor.see(planted.history[i]);
  std::this_thread::sleep_for(first > 0 ? 8s : 0s);
  const auto start = SteadyClock::now();
  SteadyClock::time_point seen;
  for (std::size_t i = first; i < planted.history.size() && !monitor.violated(); ++i) {
    std::this_thread::sleep_until(start + kEvent * (i - first));
    monitor.see(planted.history[i]);
    if (i == planted.violation) seen = SteadyClock::now();
  }
  if (seen == SteadyClock::time_point()) return state.SkipWithError("found too early");
  while (!monitor.violated() && SteadyClock::now() < seen + kLongest) {
    std::this_thread::sleep_for(1ms);
  }
  if (!monitor.violated()) return state.SkipWithError("not found");
  state.SetIterationTime(std::chrono::duration<double>(SteadyClock::now() - seen).count());
}

void one_key(benchmark::State& state) {
  ClosedLoopShape shape{.ops = state.range(0), .clients = 10, .unique_values = state.range(1) == 0};
  shape.crashed = static_cast<double>(state.range(2)) / 100;
  const Planted history = stale_read(shape);
  for (auto _ : state) {
    const std::size_t context = state.range(3) == 0 ? kContext : SIZE_MAX / 4;
    feed(*make_online(*find_model("cas-register"), Value(), {}, context), history, state);
  }
}

void many_keys(benchmark::State& state) {
  constexpr std::int64_t kOpsOfKey = 400;
  Planted all;
  for (std::int64_t key = 0; key < state.range(0) / kOpsOfKey; ++key) {
    ClosedLoopShape shape{.ops = kOpsOfKey, .clients = 10, .unique_values = true};
    shape.seed = static_cast<std::uint64_t>(key + 1);
    History part = closed_loop(shape);
    if (key == state.range(0) / kOpsOfKey * 9 / 10) {
      shape.stale_read = true;
      Planted wrong = planted(part, closed_loop(shape));
      all.violation = all.history.size() + wrong.violation;
      part = std::move(wrong.history);
    }
    for (Op& op : part) {
      op.key = Value(key);
      all.history.push_back(std::move(op));
    }
  }
  for (auto _ : state) {
    feed(*make_online(*find_model("cas-register"), Value()), all, state);
  }
}

void one_queue(benchmark::State& state) {
  UniqueShape shape{.ops = state.range(0), .clients = 10};
  const History right = unique_history(shape);
  shape.wrong = Wrong::twice;
  const Planted history = planted(right, unique_history(shape));
  for (auto _ : state) {
    feed(*make_online(*find_model("fifo-queue"), Value(Value::List{})), history, state);
  }
}

BENCHMARK(one_key)
    ->ArgNames({"ops", "few_values", "crashed_percent", "whole"})
    ->ArgsProduct({{100'000, 1'500'000}, {0, 1}, {0}, {0}})
    ->Args({1'500'000, 0, 1, 0})
    ->Args({1'500'000, 0, 0, 1})
    ->Args({1'500'000, 1, 0, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK(many_keys)
    ->ArgNames({"ops"})
    ->Arg(100'000)
    ->Arg(1'500'000)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK(one_queue)
    ->ArgNames({"ops"})
    ->Arg(100'000)
    ->Arg(500'000)
    ->Arg(1'500'000)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(1);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();

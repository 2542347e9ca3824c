// How long the linearizability engine takes, on closed-loop CAS register histories
// (closed_loop.hpp). The table to watch is the grid: which cells are decided, how the cost an op
// grows with the length of the history, with the clients, and with crashed ops. Only checking is
// timed. A cell that is not decided in 60 s is an error.
#include <benchmark/benchmark.h>

#include "checkers/linearizability/decide.hpp"
#include "checkers/models/models.hpp"
#include "tests/checkers/closed_loop.hpp"

namespace faultline {
namespace {

enum class Expect : std::uint8_t { valid, decided };

void decide_shape(benchmark::State& state, const ClosedLoopShape& shape, Expect expect) {
  const History history = closed_loop(shape);
  const Model& model = *find_model("cas-register");
  Limits limits;
  limits.memory_bytes = std::size_t{8} << 30;
  std::uint64_t configurations = 0;
  for (auto _ : state) {
    const auto partitions = split_by_key(history);
    const auto decision = decide(history, partitions->front(), model, Value(), {}, limits);
    if (decision->verdict == Verdict::unknown) state.SkipWithError("undecided");
    if (expect == Expect::valid && decision->verdict == Verdict::invalid) {
      state.SkipWithError("it is valid");
    }
    configurations = decision->configurations;
  }
  const auto ops = static_cast<double>(shape.ops);
  state.counters["configurations/op"] = static_cast<double>(configurations) / ops;
  state.counters["s/op"] = benchmark::Counter(
      ops, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

ClosedLoopShape shape_of(const benchmark::State& state) {
  return {.ops = state.range(0),
          .clients = static_cast<int>(state.range(1)),
          .unique_values = state.range(2) != 0,
          .crashed = static_cast<double>(state.range(3)) / 100,
          .seed = 1};
}

void grid(benchmark::State& state) {
  decide_shape(state, shape_of(state), Expect::valid);
}
BENCHMARK(grid)
    ->ArgNames({"ops", "clients", "unique", "crashed_percent"})
    ->ArgsProduct({{1'000, 10'000, 100'000}, {5, 10, 20, 50}, {0, 1}, {0, 1, 5}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(grid)
    ->ArgNames({"ops", "clients", "unique", "crashed_percent"})
    ->ArgsProduct({{1'000'000}, {5, 10, 20, 50}, {0, 1}, {0, 1, 5}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void stale_read(benchmark::State& state) {
  ClosedLoopShape shape = shape_of(state);
  shape.stale_read = true;
  decide_shape(state, shape, Expect::decided);
}
BENCHMARK(stale_read)
    ->ArgNames({"ops", "clients", "unique", "crashed_percent"})
    ->ArgsProduct({{10'000, 100'000}, {5, 10, 20, 50}, {1}, {0, 1, 5}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();

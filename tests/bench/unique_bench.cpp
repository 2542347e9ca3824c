// Queues, stacks, sets and priority queues to which every item is added once: how long it takes to
// decide, without a search. The histories are those of a really atomic object in a closed loop, of
// the kind that PolyLin was measured with (shared/tools/gen_unique.py): the same mix of ops, one
// client at a time taking its next step. Generating them is not timed. What is:
//   decide  from an ObjectHistory to a verdict with a linearization;
//   wrong   the same with a wrong result at 99 %: to a verdict with the ops that prove it;
//   read    from a history, split by key, to the ObjectHistory.
#include <benchmark/benchmark.h>

#include <array>

#include "checkers/linearizability/decide.hpp"
#include "checkers/models/models.hpp"
#include "checkers/unique/decide_unique.hpp"
#include "tests/checkers/unique_histories.hpp"

namespace faultline {
namespace {

constexpr std::array<const char*, 4> kModels = {"fifo-queue", "stack", "set", "priority-queue"};

UniqueShape shape_of(const benchmark::State& state) {
  return {.model = kModels.at(static_cast<std::size_t>(state.range(0))),
          .ops = state.range(1),
          .clients = static_cast<int>(state.range(2)),
          .crashed = static_cast<double>(state.range(3)) / 100};
}

ObjectHistory read(const History& history, const std::vector<Partition>& partitions,
                   const Model& model) {
  return *read_object(history, partitions.front(), model, Value(Value::List{}), {});
}

void count(benchmark::State& state) {
  state.SetLabel(kModels.at(static_cast<std::size_t>(state.range(0))));
  state.counters["s/op"] = benchmark::Counter(
      static_cast<double>(state.range(1)),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void decide_shape(benchmark::State& state, const UniqueShape& shape, bool valid) {
  const History history = unique_history(shape);
  const auto partitions = split_by_key(history);
  const Model& model = *find_model(shape.model);
  const ObjectHistory object = read(history, *partitions, model);
  std::size_t ops = 0;
  for (auto _ : state) {
    const auto decided = decide_unique(object, model);
    if (!decided) {
      state.SkipWithError("left to the search");
      break;
    }
    if (decided->valid != valid) state.SkipWithError(valid ? "it is valid" : "it became valid");
    ops = decided->ops.size();
  }
  if (!valid) state.counters["core"] = static_cast<double>(ops);
  count(state);
}

void decide(benchmark::State& state) {
  decide_shape(state, shape_of(state), true);
}

void wrong(benchmark::State& state) {
  UniqueShape shape = shape_of(state);
  shape.wrong = Wrong::order;
  decide_shape(state, shape, false);
}

void read(benchmark::State& state) {
  const UniqueShape shape = shape_of(state);
  const History history = unique_history(shape);
  const auto partitions = split_by_key(history);
  const Model& model = *find_model(shape.model);
  for (auto _ : state) benchmark::DoNotOptimize(read(history, *partitions, model));
  count(state);
}

void grid(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"model", "ops", "clients", "crashed_percent"})->Unit(benchmark::kMillisecond);
  for (int model = 0; model < 4; ++model) {
    for (int ops : {1'000, 10'000, 100'000, 1'000'000}) {
      for (int clients : {1, 10, 50}) bench->Args({model, ops, clients, 0});
    }
  }
}

BENCHMARK(decide)->Apply(grid);
BENCHMARK(decide)
    ->ArgNames({"model", "ops", "clients", "crashed_percent"})
    ->ArgsProduct({{0, 1, 2, 3}, {100'000}, {10}, {1, 5}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(wrong)
    ->ArgNames({"model", "ops", "clients", "crashed_percent"})
    ->ArgsProduct({{0, 1, 2, 3}, {100'000, 1'000'000}, {10}, {0}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(read)
    ->ArgNames({"model", "ops", "clients", "crashed_percent"})
    ->ArgsProduct({{0, 1, 2, 3}, {1'000'000}, {10}, {0}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();

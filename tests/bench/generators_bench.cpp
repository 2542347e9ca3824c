// Generators alone, each op completed at once. One core must drive 200,000 ops a second through
// generator, interpreter and journal together, so a generator has a fraction of 5 us for an op.
#include <benchmark/benchmark.h>

#include <numeric>
#include <vector>

#include "harness/generators/generators.hpp"

namespace faultline {
namespace {

// Asks for `n` ops, with updates as an interpreter sends them: every op completes before the next.
void drive(Gen gen, int concurrency, std::int64_t n) {
  Rng rng(1);
  std::vector<Process> processes(static_cast<std::size_t>(concurrency) + 1);
  std::iota(processes.begin(), processes.end(), 0);
  processes.back() = kNemesis;
  Context context(processes, rng);
  while (n > 0) {
    Next next_op = next(gen, context);
    if (next_op.kind != Next::Kind::op) {
      context.time = next_op.wake;
      gen = std::move(next_op.rest);
      continue;
    }
    if (next_op.op.time > context.time) {
      context.time = next_op.op.time;
      continue;
    }
    const int thread = context.thread_of(next_op.op.process);
    context.set_busy(thread);
    gen = update(next_op.rest, context, next_op.op);
    context.set_free(thread);
    gen = update(gen, context, completion(next_op.op, OpType::ok));
    --n;
  }
}

Gen register_ops(int threads_per_key) {
  const auto make = [](const Value&) {
    const auto write = [](const Context& c) {
      return invocation(f::kWrite, static_cast<std::int64_t>(c.rng().below(5)));
    };
    return gen::limit(
        100, gen::weighted_mix({{2, gen::repeat(invocation(f::kRead))}, {1, gen::each(write)}}));
  };
  return gen::concurrent_keys(threads_per_key, gen::integer_keys(), make);
}

constexpr std::int64_t kOps = 100'000;

void run(benchmark::State& state, const Gen& gen, int concurrency) {
  for (auto _ : state) drive(gen, concurrency, kOps);
  state.SetItemsProcessed(state.iterations() * kOps);
}

void repeat(benchmark::State& state) {
  run(state, gen::clients(gen::repeat(invocation(f::kRead))), 10);
}

void register_workload(benchmark::State& state) {
  const auto concurrency = static_cast<int>(state.range(0));
  const Gen ops = gen::stagger(0, gen::limit(kOps, register_ops(5)));
  const Gen faults = gen::cycle(gen::sequence({gen::sleep(1000), gen::once(invocation(f::kCas))}));
  run(state, gen::time_limit(kSecond, gen::clients(ops, faults)), concurrency);
}

// Every op is asked for twice: when it is not due yet, and when it is.
void staggered(benchmark::State& state) {
  run(state, gen::stagger(10, register_ops(5)), 20);
}

void each_thread(benchmark::State& state) {
  const auto concurrency = static_cast<int>(state.range(0));
  run(state, gen::clients(gen::each_thread(gen::limit(kOps, gen::repeat(invocation(f::kRead))))),
      concurrency);
}

BENCHMARK(repeat);
BENCHMARK(register_workload)->Arg(10)->Arg(100)->Arg(1000);
BENCHMARK(staggered);
BENCHMARK(each_thread)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();

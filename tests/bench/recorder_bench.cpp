// What recording an op costs the thread that carries it out: two ticks of the recorder's clock and
// an entry in its own buffer. The op does nothing, so that all of it is overhead; beside it stand
// the same op unrecorded, and a recorded one on a queue with a lock. With more threads than one all
// record at once, so that the clock is as contended as it can be.
#include <benchmark/benchmark.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "checkers/recorder.hpp"

namespace faultline {
namespace {

// Entries are kept as long as the recorder, so the ops of a recorder are limited.
constexpr int kOps = 100'000;

void per_op(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * kOps);
  state.counters["time/op"] = benchmark::Counter(
      kOps, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kAvgThreads |
                benchmark::Counter::kInvert);
}

void unrecorded(benchmark::State& state) {
  for (auto _ : state) {
    for (int i = 0; i < kOps; ++i) benchmark::DoNotOptimize(i);
  }
  per_op(state);
}
BENCHMARK(unrecorded);

// An op of the recorder that all threads share: each takes a client of it.
template <class Operation>
void record(benchmark::State& state, const Operation& operation) {
  static Recorder recorder;
  for (auto _ : state) {
    RecordingClient client = recorder.client();
    for (int i = 0; i < kOps; ++i) operation(client, i);
  }
  per_op(state);
}

void write_of_nothing(benchmark::State& state) {
  record(state, [](RecordingClient& client, int i) {
    client.record("write", i, [&] { benchmark::DoNotOptimize(i); });
  });
}
BENCHMARK(write_of_nothing)->ThreadRange(1, 4)->Iterations(20)->UseRealTime();

void read_of_nothing(benchmark::State& state) {
  record(state, [](RecordingClient& client, int i) { client.record("read", [&] { return i; }); });
}
BENCHMARK(read_of_nothing)->ThreadRange(1, 4)->Iterations(20)->UseRealTime();

void put_under_a_key(benchmark::State& state) {
  record(state, [](RecordingClient& client, int i) { client.at(i % 10).record("put", i, [] {}); });
}
BENCHMARK(put_under_a_key)->ThreadRange(1, 4)->Iterations(20)->UseRealTime();

std::mutex mutex;
std::deque<int> items;

void enqueue(int item) {
  const std::lock_guard lock(mutex);
  items.push_back(item);
  if (items.size() > 1000) items.pop_front();
}

void queue_with_a_lock(benchmark::State& state) {
  for (auto _ : state) {
    for (int i = 0; i < kOps; ++i) enqueue(i);
  }
  per_op(state);
}
BENCHMARK(queue_with_a_lock)->ThreadRange(1, 4)->Iterations(20)->UseRealTime();

void recorded_queue_with_a_lock(benchmark::State& state) {
  record(state, [](RecordingClient& client, int i) {
    client.record("enqueue", i, [&] { enqueue(i); });
  });
}
BENCHMARK(recorded_queue_with_a_lock)->ThreadRange(1, 4)->Iterations(20)->UseRealTime();

// What comes after the threads.
void history(benchmark::State& state) {
  Recorder recorder;
  for (int thread = 0; thread < 4; ++thread) {
    RecordingClient client = recorder.client();
    for (int i = 0; i < kOps; ++i) client.record("write", i, [] {});
  }
  for (auto _ : state) benchmark::DoNotOptimize(recorder.history().data());
  state.counters["time/op"] = benchmark::Counter(
      4.0 * kOps, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(history)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();

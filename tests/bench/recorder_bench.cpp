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

// The columns are microseconds for a thousand ops of a thread, so nanoseconds an op.
constexpr int kOps = 1000;
constexpr int kIterations = 500;  // a recorder keeps all ops, so there must not be too many

void unrecorded(benchmark::State& state) {
  for (auto _ : state) {
    for (int i = 0; i < kOps; ++i) benchmark::DoNotOptimize(i);
  }
}
BENCHMARK(unrecorded)->Unit(benchmark::kMicrosecond);

// An op of the recorder that all threads share: each takes a client of it.
template <class Operation>
void record(benchmark::State& state, const Operation& operation) {
  static Recorder recorder;
  for (auto _ : state) {
    RecordingClient client = recorder.client();
    for (int i = 0; i < kOps; ++i) operation(client, i);
  }
}

void write_of_nothing(benchmark::State& state) {
  record(state, [](RecordingClient& client, int i) {
    client.record("write", i, [&] { benchmark::DoNotOptimize(i); });
  });
}
BENCHMARK(write_of_nothing)
    ->ThreadRange(1, 4)
    ->Iterations(kIterations)
    ->Unit(benchmark::kMicrosecond);

void read_of_nothing(benchmark::State& state) {
  record(state, [](RecordingClient& client, int i) { client.record("read", [&] { return i; }); });
}
BENCHMARK(read_of_nothing)
    ->ThreadRange(1, 4)
    ->Iterations(kIterations)
    ->Unit(benchmark::kMicrosecond);

void put_under_a_key(benchmark::State& state) {
  record(state, [](RecordingClient& client, int i) { client.at(i % 10).record("put", i, [] {}); });
}
BENCHMARK(put_under_a_key)
    ->ThreadRange(1, 4)
    ->Iterations(kIterations)
    ->Unit(benchmark::kMicrosecond);

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
}
BENCHMARK(queue_with_a_lock)
    ->ThreadRange(1, 4)
    ->Iterations(kIterations)
    ->Unit(benchmark::kMicrosecond);

void recorded_queue_with_a_lock(benchmark::State& state) {
  record(state,
         [](RecordingClient& client, int i) { client.record("enqueue", i, [&] { enqueue(i); }); });
}
BENCHMARK(recorded_queue_with_a_lock)
    ->ThreadRange(1, 4)
    ->Iterations(kIterations)
    ->Unit(benchmark::kMicrosecond);

// What comes after the threads: putting their ops in order. A thousand ops, too.
void history(benchmark::State& state) {
  Recorder recorder;
  for (int thread = 0; thread < 4; ++thread) {
    RecordingClient client = recorder.client();
    for (int i = 0; i < kOps / 4; ++i) client.record("write", i, [] {});
  }
  for (auto _ : state) benchmark::DoNotOptimize(recorder.history().data());
}
BENCHMARK(history)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();

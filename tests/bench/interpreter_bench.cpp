// What a run costs when the system under test costs nothing: generator, interpreter and journal
// against a client that answers at once, on one thread. An op is an invocation and its completion,
// so two events and two lines of the journal.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "harness/core/noop.hpp"
#include "harness/environments/sim/sim_environment.hpp"
#include "harness/generators/generators.hpp"
#include "harness/run/interpreter.hpp"
#include "harness/store/history_reader.hpp"
#include "harness/store/journal.hpp"
#include "workloads/register.hpp"

namespace faultline {
namespace {

constexpr int kConcurrency = 10;
constexpr std::uint64_t kSeed = 1;
// The clock of `sim` stands still while everything answers at once. Times late in a minute have as
// many digits as those of a default run, so the journal is not made smaller than it would be.
constexpr Time kBegin = 50 * kSecond;

template <class T>
T take(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

// A folder of its own under the system's temporary one, removed with all that is in it.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "faultline-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::filesystem::path journal() const { return folder_ / "history.jsonl"; }

 private:
  std::filesystem::path folder_;
};

class AtOnce final : public Client {
 public:
  Task<Op> invoke(Op op) override {
    Op done = completion(op, OpType::ok);
    if (op.f == f::kRead) done.value = 3;
    co_return done;
  }
};

Task<> life(Clock& clock, Interpreter& interpreter, Gen gen) {
  co_await sleep_until(clock, kBegin);
  co_await interpreter.run(std::move(gen));
}

// Records `ops` operations of the register workload in a new journal.
// Returns its size in bytes.
std::uint64_t record(std::int64_t ops, const std::filesystem::path& path) {
  const Rng rng(kSeed);
  sim::SimEnvironment environment(5, sim::LinkBehaviour{}, rng.split("environment"));
  const auto nemesis = noop_nemesis();
  const auto workload = make_register_workload({});
  Journal journal = take(Journal::create(path));

  InterpreterSetup setup;
  setup.clock = &environment.clock();
  setup.nemesis = nemesis.get();
  setup.concurrency = kConcurrency;
  setup.connect = [](Process) { return std::make_unique<AtOnce>(); };
  std::int64_t recorded = 0;
  setup.record = [&](const Op& op) {
    ++recorded;
    if (!journal.append(op)) throw std::runtime_error("cannot write the journal");
  };
  Interpreter interpreter(setup, rng.split("ops"));
  Gen gen = gen::limit(ops, gen::clients(workload->generator()));
  environment.run(life(environment.clock(), interpreter, std::move(gen)));

  if (!journal.flush()) throw std::runtime_error("cannot write the journal");
  if (recorded != 2 * ops) throw std::runtime_error("ops lost");
  return std::filesystem::file_size(path);
}

void drive_register(benchmark::State& state) {
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto scratch = std::make_unique<Scratch>();
    state.ResumeTiming();
    bytes = record(state.range(0), scratch->journal());
    state.PauseTiming();
    scratch.reset();
    state.ResumeTiming();
  }
  const auto ops = static_cast<double>(state.range(0));
  state.counters["ops/s"] = benchmark::Counter(ops, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["journal_bytes/op"] = static_cast<double>(bytes) / ops;
}
BENCHMARK(drive_register)
    ->ArgName("ops")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);

std::size_t heap_in_use() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;  // small blocks, and those mapped for themselves
}

// What a checker is handed: the stored history, read back. All that the reader keeps is counted,
// the vector's spare room included; hence sizes on both sides of a power of two.
void read_back(benchmark::State& state) {
  const Scratch scratch;
  record(state.range(0), scratch.journal());
  std::size_t memory = 0;
  for (auto _ : state) {
    const std::size_t before = heap_in_use();
    const RecordedHistory history = take(read_history(scratch.journal()));
    memory = heap_in_use() - before;
    benchmark::DoNotOptimize(history.ops.data());
  }
  const auto ops = static_cast<double>(state.range(0));
  state.counters["ops/s"] = benchmark::Counter(ops, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["memory_bytes/op"] = static_cast<double>(memory) / ops;
  state.counters["sizeof(Op)"] = sizeof(Op);
}
BENCHMARK(read_back)->ArgName("ops")->Arg(100'000)->Arg(270'000)->Arg(1'000'000)->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();

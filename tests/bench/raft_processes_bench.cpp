// What a cluster of three Raft processes does on the loopback interface: `clients` that ask its
// leader one thing after the other, each write a new key's first. On a disk, and in memory, where
// syncing costs nothing. The arguments: clients, and 1 for the disk.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <stdexcept>

#include "tests/harness/environments/local/raft_cluster.hpp"
#include "tests/harness/environments/local/scratch_directory.hpp"

namespace faultline::local {
namespace {

using Kind = kv::Command::Kind;

struct Load {
  NodeConnection& leader;
  Kind kind;
  bool over = false;
  int running = 0;
  std::int64_t answered = 0;
};

Task<> ask_on(Load& load, std::int64_t session) {
  ++load.running;
  for (std::uint64_t sequence = 1; !load.over; ++sequence) {
    const kv::Command command{session, sequence, load.kind, session, 0, 1};
    Bytes request = encode(command);
    const Answer answer = co_await load.leader.request(std::move(request), 10 * kSecond);
    if (answer.kind != Answer::Kind::answered) throw std::runtime_error("no answer");
    const auto response = kv::decode_response(answer.bytes);
    if (!response || response->kind != kv::Response::Kind::ok) {
      throw std::runtime_error("the leader leads no longer");
    }
    ++load.answered;
  }
  --load.running;
}

Task<> watch(Load& load, Clock& clock, Duration length) {
  co_await sleep_until(clock, clock.now() + length);
  load.over = true;
  while (load.running > 0) co_await sleep_until(clock, clock.now() + kMillisecond);
}

void measure(benchmark::State& state, Kind kind) {
  const ScratchDirectory directory(state.range(1) == 1 ? "/var/tmp" : "/dev/shm");
  RaftCluster cluster(3, directory.path());
  cluster.carry_out({0, 1, Kind::write, 0, 0, 1});
  Load load{cluster.link(cluster.wait_for_leader()), kind};
  Loop& loop = cluster.loop();
  Duration measured = 0;
  std::int64_t session = 1;
  for (auto _ : state) {
    load.over = false;
    for (int i = 0; i < state.range(0); ++i) {
      asio::co_spawn(loop.io(), ask_on(load, session++), [](std::exception_ptr failed) {
        if (failed) std::rethrow_exception(failed);
      });
    }
    const Time begin = loop.clock().now();
    loop.run(watch(load, loop.clock(), 2 * kSecond));
    const Duration length = loop.clock().now() - begin;
    state.SetIterationTime(to_seconds(length));
    measured += length;
  }
  const double seconds = to_seconds(measured);
  const auto answered = static_cast<double>(load.answered);
  state.counters["requests/s"] = answered / seconds;
  state.counters["latency_ms"] = seconds * 1000 * static_cast<double>(state.range(0)) / answered;
}

void writes(benchmark::State& state) {
  measure(state, Kind::write);
}
void reads(benchmark::State& state) {
  measure(state, Kind::read);
}

const std::vector<std::vector<std::int64_t>> kArguments{{1, 10, 100}, {0, 1}};
BENCHMARK(writes)->ArgsProduct(kArguments)->UseManualTime()->Iterations(1);
BENCHMARK(reads)->ArgsProduct(kArguments)->UseManualTime()->Iterations(1);

}  // namespace
}  // namespace faultline::local

BENCHMARK_MAIN();

// How long the linearizability engine takes an op, on closed-loop CAS register histories: every
// client always has an op open, which is harsher than most recorded tests.
#include <benchmark/benchmark.h>

#include "checkers/linearizability/decide.hpp"
#include "checkers/models/models.hpp"
#include "harness/core/rng.hpp"

namespace faultline {
namespace {

// A really atomic register and clients that invoke, take effect and return, whichever is picked.
class ClosedLoop {
 public:
  ClosedLoop(std::int64_t ops, std::int64_t clients, std::uint64_t seed)
      : ops_(ops), clients_(static_cast<std::size_t>(clients)), rng_(seed) {}

  History run() {
    std::size_t busy = 0;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      if (invoke(i)) ++busy;
    }
    while (busy > 0) {
      const std::size_t i = rng_.below(clients_.size());
      Client& client = clients_[i];
      if (!client.busy) continue;
      if (!client.done) {
        client.completion = take_effect(client.invocation);
        client.done = true;
      } else {
        history_.push_back(client.completion);
        if (!invoke(i)) --busy;
      }
    }
    return std::move(history_);
  }

 private:
  static constexpr std::uint64_t kValues = 5;
  struct Client {
    bool busy = false;
    bool done = false;
    Op invocation;
    Op completion;
  };

  bool invoke(std::size_t index) {
    Client& client = clients_[index];
    client.busy = invoked_ < ops_;
    if (!client.busy) return false;
    ++invoked_;
    client.invocation = some_op();
    client.invocation.process = static_cast<Process>(index);
    client.done = false;
    history_.push_back(client.invocation);
    return true;
  }

  Op some_op() {
    const std::uint64_t choice = rng_.below(3);
    if (choice == 0) return invocation(f::kRead);
    const auto first = static_cast<std::int64_t>(rng_.below(kValues));
    if (choice == 1) return invocation(f::kWrite, first);
    const auto second = static_cast<std::int64_t>(rng_.below(kValues));
    return invocation(f::kCas, Value(first, second));
  }

  Op take_effect(const Op& op) {
    Op done = completion(op, OpType::ok);
    if (op.f == f::kRead) {
      done.value = value_;
    } else if (op.f == f::kWrite) {
      value_ = op.value;
    } else if (value_ == Value(op.value.pair().first)) {
      value_ = Value(op.value.pair().second);
    } else {
      return completion(op, OpType::fail, kMismatch);
    }
    return done;
  }

  std::int64_t ops_;
  std::int64_t invoked_ = 0;
  std::vector<Client> clients_;
  Rng rng_;
  Value value_;
  History history_;
};

void decide_closed_loop(benchmark::State& state) {
  const History history = ClosedLoop(state.range(0), state.range(1), 5).run();
  const Model& model = *find_model("cas-register");
  std::uint64_t configurations = 0;
  for (auto _ : state) {
    const auto partitions = split_by_key(history);
    const auto decision = decide(history, partitions->front(), model, Value());
    if (decision->verdict != Verdict::valid) state.SkipWithError("it is valid");
    configurations = decision->configurations;
  }
  const auto ops = static_cast<double>(state.range(0));
  state.counters["configurations/op"] = static_cast<double>(configurations) / ops;
  state.counters["s/op"] = benchmark::Counter(
      ops, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(decide_closed_loop)
    ->ArgNames({"ops", "clients"})
    ->ArgsProduct({{1'000, 10'000, 100'000}, {5, 10}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();

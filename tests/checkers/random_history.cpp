#include "tests/checkers/random_history.hpp"

#include <algorithm>

#include "tests/checkers/client.hpp"
#include "tests/checkers/naive.hpp"
#include "tests/checkers/random_calls.hpp"

namespace faultline {
namespace {

class Simulation {
 public:
  Simulation(const std::string& model, const HistoryShape& shape, Rng& rng)
      : model_(model), shape_(shape), rng_(rng), state_(naive::initial_state(model)) {}

  History run() {
    const auto ops = rng_.between(shape_.min_ops, shape_.max_ops);
    clients_.resize(static_cast<std::size_t>(rng_.between(2, shape_.max_processes)));
    for (std::size_t i = 0; i < clients_.size(); ++i) clients_[i].process = static_cast<Process>(i);
    for (std::int64_t invoked = 0; invoked < ops || busy();) {
      if (rng_.chance(1, 5)) take_late_effect();
      Client& client = clients_[rng_.below(clients_.size())];
      if (client.phase == Phase::idle) {
        if (invoked == ops) continue;
        ++invoked;
        invoke(client);
      } else if (client.phase == Phase::invoked) {
        take_effect(client);
      } else {
        finish(client);
      }
    }
    return std::move(history_);
  }

 private:
  bool busy() const {
    return std::any_of(clients_.begin(), clients_.end(),
                       [](const Client& client) { return client.phase != Phase::idle; });
  }

  void invoke(Client& client) {
    Op op = random_call(model_, shape_, rng_);
    op.process = client.process;
    client.invocation = op;
    client.phase = Phase::invoked;
    history_.push_back(op);
  }

  void take_effect(Client& client) {
    if (rng_.chance(static_cast<std::uint32_t>(shape_.crashes_percent), 100)) {
      crash(client);
      return;
    }
    client.completion = carry_out(client.invocation);
    client.phase = Phase::done;
  }

  void crash(Client& client) {
    const std::uint64_t fate = rng_.below(4);
    if (fate == 0) carry_out(client.invocation);
    if (fate == 1) late_.push_back(client.invocation);
    client.completion = completion(client.invocation, OpType::info, kTimeout);
    client.phase = Phase::done;
  }

  void take_late_effect() {
    if (late_.empty()) return;
    const std::size_t which = rng_.below(late_.size());
    carry_out(late_[which]);
    late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  void finish(Client& client) {
    const bool info = client.completion.type == OpType::info;
    // Some crashed ops have no completion at all.
    if (!info || rng_.chance(2, 3)) history_.push_back(client.completion);
    if (info) client.process += static_cast<Process>(clients_.size());
    client.phase = Phase::idle;
  }

  // Applies the op to the object as it is now and says how it ends.
  Op carry_out(const Op& op) {
    Op done = completion(op, OpType::ok);
    if (rng_.chance(1, 15)) return completion(op, OpType::fail, kTimeout);
    done.value = answer(model_, op, state_, shape_, rng_);
    const auto next = naive::successors(model_, {0, &op, &done, 0}, state_);
    if (!next.empty()) {
      state_ = rng_.pick(next);
      return done;
    }
    return completion(op, OpType::fail, op.f == f::kCas ? kMismatch : Symbol());
  }

  const std::string& model_;
  const HistoryShape& shape_;
  Rng& rng_;
  naive::State state_;
  std::vector<Client> clients_;
  std::vector<Op> late_;
  History history_;
};

}  // namespace

History random_history(const std::string& model, const HistoryShape& shape, Rng& rng) {
  return Simulation(model, shape, rng).run();
}

void corrupt(const std::string& model, const HistoryShape& shape, History& history, Rng& rng) {
  std::vector<std::size_t> completions;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].type != OpType::invoke) completions.push_back(i);
  }
  if (completions.empty()) return;
  Op& op = history[rng.pick(completions)];
  const bool reads = is_query(model, op);
  if (op.type == OpType::ok && reads) {
    op.value = other_result(model, op, shape, rng);
  } else if (op.type == OpType::ok) {
    op.type = OpType::fail;
    op.error = op.f == f::kCas && rng.chance(1, 2) ? kMismatch : Symbol();
  } else if (!reads) {
    op.type = OpType::ok;
    op.error = Symbol();
  }
}

}  // namespace faultline

#include "tests/checkers/random_history.hpp"

#include "tests/checkers/naive.hpp"

namespace faultline {
namespace {

Value letter(std::uint64_t number) {
  return Value(std::string(1, static_cast<char>('a' + number)));
}

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
  enum class Phase { idle, invoked, done };
  struct Client {
    Phase phase = Phase::idle;
    Process process = 0;
    Op invocation;
    Op completion;
  };

  bool busy() const {
    for (const Client& client : clients_) {
      if (client.phase == Phase::invoked || client.phase == Phase::done) return true;
    }
    return false;
  }

  void invoke(Client& client) {
    Op op = some_op();
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
    if (op.f.name() == "read" || op.f.name() == "get") {
      done.value = state_[Value()];
      return done;
    }
    if (op.f.name() == "txn") done.value = answers_to(op.value);
    naive::State next = state_;
    if (naive::apply(model_, {0, &op, &done, 0}, next)) {
      state_ = next;
      return done;
    }
    return completion(op, OpType::fail, op.f == f::kCas ? kMismatch : Symbol());
  }

  Value answers_to(const Value& actions) {
    naive::State state = state_;
    Value::List answers;
    for (const Value& action : actions.list()) {
      const Value::List& parts = action.list();
      if (parts[0] == Value("write")) state[parts[1]] = parts[2];
      answers.push_back(Value::List{parts[0], parts[1], state[parts[1]]});
    }
    return answers;
  }

  Op some_op() {
    const Value value = value_of(rng_.below(static_cast<std::uint64_t>(shape_.values)));
    const std::uint64_t choice = rng_.below(3);
    if (model_ == "mutex") return invocation(Symbol::of(rng_.chance(1, 2) ? "acquire" : "release"));
    if (model_ == "multi-register") return invocation(Symbol::of("txn"), some_txn());
    if (model_ == "kv-append") {
      if (choice == 0) return invocation(Symbol::of("get"));
      return invocation(Symbol::of(choice == 1 ? "put" : "append"), value);
    }
    if (choice == 0) return invocation(f::kRead);
    if (choice == 1 || model_ == "register") return invocation(f::kWrite, value);
    const auto wanted = static_cast<int>(rng_.below(static_cast<std::uint64_t>(shape_.values)));
    return invocation(f::kCas, Value(value.integer(), wanted));
  }

  Value value_of(std::uint64_t number) const {
    if (model_ == "kv-append") return letter(number);
    return Value(static_cast<std::int64_t>(number));
  }

  Value some_txn() {
    Value::List actions;
    for (const char* name : {"x", "y"}) {
      if (rng_.chance(1, 4)) continue;
      const bool reads = rng_.chance(1, 2);
      const auto value =
          static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(shape_.values)));
      actions.push_back(reads ? Value::List{"read", name, Value()}
                              : Value::List{"write", name, Value(value)});
    }
    return actions;
  }

  const std::string& model_;
  const HistoryShape& shape_;
  Rng& rng_;
  naive::State state_;
  std::vector<Client> clients_;
  std::vector<Op> late_;
  History history_;
};

Value other_result(const std::string& model, const Op& op, const HistoryShape& shape, Rng& rng) {
  const std::uint64_t number = rng.below(static_cast<std::uint64_t>(shape.values));
  if (model == "kv-append") {
    const Value text = letter(number);
    return rng.chance(1, 2) ? text : Value(op.value.text() + text.text());
  }
  if (model != "multi-register") return Value(static_cast<std::int64_t>(number));
  Value::List actions = op.value.list();
  if (actions.empty()) return op.value;
  const std::size_t which = rng.below(actions.size());
  Value::List parts = actions[which].list();
  if (parts[0] == Value("read")) parts[2] = Value(static_cast<std::int64_t>(number));
  actions[which] = parts;
  return actions;
}

}  // namespace

History random_history(const std::string& model, const HistoryShape& shape, Rng& rng) {
  return Simulation(model, shape, rng).run();
}

void corrupt(const std::string& model, const HistoryShape& shape, History& history, Rng& rng) {
  Op& op = history[rng.below(history.size())];
  if (op.type == OpType::invoke) return;
  const std::string& name = op.f.name();
  const bool reads = name == "read" || name == "get" || name == "txn";
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

#include "tests/checkers/closed_loop.hpp"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "harness/core/rng.hpp"
#include "tests/checkers/client.hpp"

namespace faultline {
namespace {

class ClosedLoop {
 public:
  explicit ClosedLoop(const ClosedLoopShape& shape)
      : shape_(shape), rng_(shape.seed), clients_(static_cast<std::size_t>(shape.clients)) {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      clients_[i].process = static_cast<Process>(i);
      active_.push_back(i);
    }
  }

  History run() {
    while (!active_.empty()) {
      ++turn_;
      take_late_effects();
      const auto which = static_cast<std::ptrdiff_t>(rng_.below(active_.size()));
      if (!take_turn(clients_[active_[static_cast<std::size_t>(which)]])) {
        active_.erase(active_.begin() + which);
      }
    }
    if (shape_.stale_read) make_a_read_stale();
    return std::move(history_);
  }

 private:
  static constexpr std::uint64_t kFewValues = 5;
  static constexpr std::size_t kRecent = 5;
  struct Late {
    std::int64_t turn;
    Op op;
  };

  // False: no ops are left for it.
  bool take_turn(Client& client) {
    if (client.phase == Phase::idle) return invoke(client);
    if (client.phase == Phase::invoked) {
      if (shape_.crashed > 0 && chance(shape_.crashed)) {
        crash(client);
      } else {
        client.completion = take_effect(client.invocation);
        client.phase = Phase::done;
      }
      return true;
    }
    if (client.completion.f == f::kRead) reads_.push_back(history_.size());
    history_.push_back(client.completion);
    client.phase = Phase::idle;
    return invoke(client);
  }

  bool invoke(Client& client) {
    if (issued_ == shape_.ops) return false;
    ++issued_;
    client.invocation = some_op();
    client.invocation.process = client.process;
    client.phase = Phase::invoked;
    history_.push_back(client.invocation);
    return true;
  }

  void crash(Client& client) {
    client.phase = Phase::idle;
    if (client.invocation.f == f::kRead) {
      history_.push_back(completion(client.invocation, OpType::fail, kTimeout));
      return;
    }
    const std::uint64_t fate = rng_.below(4);
    const auto later = static_cast<std::int64_t>(rng_.below(30 * clients_.size()));
    if (fate == 0) take_effect(client.invocation);
    if (fate == 1) late_.push_back({turn_ + 1 + later, client.invocation});
    history_.push_back(completion(client.invocation, OpType::info, kTimeout));
    client.process += shape_.clients;
  }

  void take_late_effects() {
    for (std::size_t i = 0; i < late_.size();) {
      if (late_[i].turn > turn_) {
        ++i;
        continue;
      }
      take_effect(late_[i].op);
      late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  Op some_op() {
    const std::uint64_t choice = rng_.below(3);
    if (choice == 0) return invocation(f::kRead);
    if (shape_.unique_values) {
      const Value fresh(++last_value_);
      if (choice == 1) return invocation(f::kWrite, fresh);
      return invocation(f::kCas, Value::List{expected(), fresh});
    }
    const auto first = static_cast<std::int64_t>(rng_.below(kFewValues));
    if (choice == 1) return invocation(f::kWrite, first);
    const auto second = static_cast<std::int64_t>(rng_.below(kFewValues));
    return invocation(f::kCas, Value(first, second));
  }

  Value expected() {
    if (!value_.is_nothing() && rng_.chance(1, 2)) return value_;
    return recent_.empty() ? Value(0) : recent_[rng_.below(recent_.size())];
  }

  Op take_effect(const Op& op) {
    Op done = completion(op, OpType::ok);
    if (op.f == f::kRead) {
      done.value = value_;
    } else if (op.f == f::kWrite) {
      become(op.value);
    } else if (value_ == op.value.items()[0]) {
      become(op.value.items()[1]);
    } else {
      return completion(op, OpType::fail, kMismatch);
    }
    return done;
  }

  void become(const Value& value) {
    value_ = value;
    recent_.push_back(value);
    if (recent_.size() > kRecent) recent_.pop_front();
  }

  void make_a_read_stale() {
    if (reads_.empty()) return;
    Value& result = history_[reads_[reads_.size() * 99 / 100]].value;
    if (shape_.unique_values) {
      result = history_[reads_[reads_.size() / 2]].value;
    } else {
      const std::int64_t old = result.is_nothing() ? 0 : result.integer();
      const auto other = static_cast<std::int64_t>(1 + rng_.below(kFewValues - 1));
      result = Value((old + other) % static_cast<std::int64_t>(kFewValues));
    }
  }

  bool chance(double probability) {
    constexpr std::uint32_t kMillion = 1'000'000;
    return rng_.chance(static_cast<std::uint32_t>(probability * kMillion), kMillion);
  }

  const ClosedLoopShape shape_;
  Rng rng_;
  std::vector<Client> clients_;
  std::vector<std::size_t> active_;
  std::vector<Late> late_;
  std::vector<std::size_t> reads_;  // positions of completions
  std::deque<Value> recent_;
  Value value_;
  std::int64_t last_value_ = 0;
  std::int64_t issued_ = 0;
  std::int64_t turn_ = 0;
  History history_;
};

}  // namespace

History closed_loop(const ClosedLoopShape& shape) {
  return ClosedLoop(shape).run();
}

}  // namespace faultline

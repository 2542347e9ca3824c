#include "tests/checkers/unique_histories.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>
#include <vector>

#include "harness/core/rng.hpp"
#include "tests/checkers/client.hpp"

namespace faultline {
namespace {

class ClosedLoop {
 public:
  explicit ClosedLoop(const UniqueShape& shape)
      : shape_(shape),
        is_set_(shape.model == "set"),
        add_(Symbol::of(is_set_                  ? "add"
                        : shape.model == "stack" ? "push"
                                                 : "enqueue")),
        remove_(Symbol::of(is_set_                  ? "remove"
                           : shape.model == "stack" ? "pop"
                                                    : "dequeue")),
        look_(Symbol::of(is_set_ ? "contains" : "peek")),
        rng_(shape.seed),
        clients_(static_cast<std::size_t>(shape.clients)) {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      clients_[i].process = static_cast<Process>(i);
      active_.push_back(i);
    }
  }

  History run() {
    while (!active_.empty()) {
      if (!late_.empty() && rng_.chance(1, 5)) take_late_effect();
      const std::size_t which = rng_.below(active_.size());
      if (!take_turn(clients_[active_[which]])) {
        active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
    if (shape_.wrong != Wrong::nothing) make_wrong();
    return std::move(history_);
  }

 private:
  // False: no ops are left for it.
  bool take_turn(Client& client) {
    if (client.phase == Phase::idle) {
      if (issued_ == shape_.ops) return false;
      ++issued_;
      client.invocation = some_op();
      client.invocation.process = client.process;
      history_.push_back(client.invocation);
      client.phase = Phase::invoked;
    } else if (client.phase == Phase::done) {
      if (client.completion.f == remove_ || (is_set_ && client.completion.f == look_)) {
        removes_.push_back(history_.size());
      }
      history_.push_back(client.completion);
      client.phase = Phase::idle;
    } else if (client.invocation.f != look_ && crashes()) {
      crash(client);
    } else {
      client.completion = take_effect(client.invocation);
      client.phase = Phase::done;
    }
    return true;
  }

  bool crashes() {
    constexpr std::uint32_t kMillion = 1'000'000;
    return shape_.crashed > 0 &&
           rng_.chance(static_cast<std::uint32_t>(shape_.crashed * kMillion), kMillion);
  }

  void crash(Client& client) {
    const std::uint64_t fate = rng_.below(4);
    if (fate == 0) take_effect(client.invocation);
    if (fate == 1) late_.push_back(client.invocation);
    history_.push_back(completion(client.invocation, OpType::info, kTimeout));
    client.process += shape_.clients;
    client.phase = Phase::idle;
  }

  void take_late_effect() {
    const std::size_t which = rng_.below(late_.size());
    take_effect(late_[which]);
    late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  Op some_op() {
    const std::uint64_t choice = rng_.below(20);
    const std::uint64_t looks = shape_.many_looks ? 5 : shape_.model == "fifo-queue" ? 0 : 2;
    if (is_set_) {
      if (choice < 8 || added_.empty()) return invocation(add_, new_item());
      return invocation(choice < 14 ? look_ : remove_, recent_item());
    }
    if (choice < 10) return invocation(add_, new_item());
    return invocation(choice < 10 + looks ? look_ : remove_);
  }

  Value new_item() {
    const std::int64_t number = ++last_item_;
    Value item(number);
    if (shape_.model == "priority-queue") {
      const auto high = static_cast<std::int64_t>(rng_.below(1U << 20U));
      item = Value(shape_.random_priorities ? high * (shape_.ops + 1) + number : -number);
    }
    if (is_set_) added_.push_back(item);
    return item;
  }

  // One of the last 20 or so.
  Value recent_item() {
    std::size_t back = 0;
    while (back + 1 < added_.size() && rng_.chance(19, 20)) ++back;
    return added_[added_.size() - 1 - back];
  }

  Op take_effect(const Op& op) {
    Op done = completion(op, OpType::ok);
    if (is_set_) {
      const bool there = items_.count(op.value) == 1;
      if (op.f == add_) items_.insert(op.value);
      if (op.f == remove_) items_.erase(op.value);
      done.value = Value((op.f == add_) != there ? "true" : "false");
      return done;
    }
    if (op.f == add_) {
      line_.push_back(op.value);
      if (shape_.model == "priority-queue") items_.insert(op.value);
      return done;
    }
    done.value = next();
    if (op.f == remove_ && !done.value.is_nothing()) take_out(done.value);
    return done;
  }

  Value next() const {
    if (shape_.model == "priority-queue") return items_.empty() ? Value() : *items_.begin();
    if (line_.empty()) return {};
    return shape_.model == "stack" ? line_.back() : line_.front();
  }

  void take_out(const Value& item) {
    if (shape_.model == "priority-queue") {
      items_.erase(item);
    } else if (shape_.model == "stack") {
      line_.pop_back();
    } else {
      line_.pop_front();
    }
  }

  void make_wrong() {
    if (removes_.size() < 2) return;
    const auto share = static_cast<double>(removes_.size()) * shape_.where;
    const std::size_t late = std::min(removes_.size() - 1, static_cast<std::size_t>(share));
    Value& result = history_[removes_[late]].value;
    if (is_set_) {
      result = Value(result == Value("true") ? "false" : "true");
      return;
    }
    // Of those shortly before, so that it was likely added by then.
    const std::size_t back = std::min<std::size_t>(late, 10 + rng_.below(20));
    Value& other = history_[removes_[late - back]].value;
    switch (shape_.wrong) {
      case Wrong::order: std::swap(result, other); break;
      case Wrong::twice: result = other; break;
      case Wrong::invented: result = Value(last_item_ + 1'000'000'000); break;
      case Wrong::empty: result = Value(); break;
      case Wrong::nothing: break;
    }
  }

  const UniqueShape shape_;
  const bool is_set_;
  const Symbol add_;
  const Symbol remove_;
  const Symbol look_;
  Rng rng_;
  std::vector<Client> clients_;
  std::vector<std::size_t> active_;
  std::vector<Op> late_;
  std::vector<std::size_t> removes_;  // positions of completions
  std::vector<Value> added_;
  std::deque<Value> line_;
  std::set<Value> items_;
  std::int64_t last_item_ = 0;
  std::int64_t issued_ = 0;
  History history_;
};

}  // namespace

History unique_history(const UniqueShape& shape) {
  return ClosedLoop(shape).run();
}

}  // namespace faultline

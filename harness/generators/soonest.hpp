// Soonest: chooses between the answers of several generators. Used only inside this folder.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "harness/core/generator.hpp"

namespace faultline::gen {

// The soonest op of those offered; a later one of the same time does not displace it, so the
// generators must be asked in random order. Once an op is due at once, nobody else need be asked.
class Soonest {
 public:
  explicit Soonest(Time now) : now_(now) {}

  // The answer of generator `i`. What remains of a pending one is for the caller to keep.
  void offer(std::size_t i, Next answer) {
    if (answer.kind == Next::Kind::pending) {
      pending_ = true;
      wake_ = std::min(wake_, answer.wake);
    } else if (answer.kind == Next::Kind::op) {
      if (found_ && answer.op.time >= best_.op.time) return;
      found_ = true;
      index_ = i;
      best_ = std::move(answer);
    }
  }

  bool is_settled() const { return found_ && best_.op.time <= now_; }

  // True if there is an op to emit: one that is not later than the moment at which some pending
  // generator wants to be asked again (it might then have a sooner one).
  bool has_op() const { return found_ && (is_settled() || best_.op.time <= wake_); }
  bool is_pending() const { return !has_op() && (pending_ || found_); }
  Time wake() const { return wake_; }
  std::size_t index() const { return index_; }
  Next& best() { return best_; }

 private:
  Time now_;
  bool found_ = false;
  bool pending_ = false;
  std::size_t index_ = 0;
  Time wake_ = kNever;
  Next best_;
};

}  // namespace faultline::gen

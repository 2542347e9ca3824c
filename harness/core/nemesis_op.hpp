// What the ops of the nemesis's process stand for: faults and cures, waits, marks of the
// controller. Whoever shows or counts them asks here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/op.hpp"

namespace faultline {

inline const Symbol kAwaitElection = Symbol::of("await-election");  // it breaks nothing

// Whether `f` marks something that nobody did: leader, died, healed, finished.
bool is_mark(Symbol f);

// Whether a completion is that of a fault or a cure that was done, or may have been: its error is
// empty, or begins with "unknown".
bool is_fault_or_cure(const Op& completion);

// What f::kLeader marks: a node by its name, and its term if that is known. Its value in a history
// is "n1" or ["n1", 3].
struct LeaderMark {
  std::string node;
  std::optional<std::uint64_t> term;

  Value value() const;
  // Of whatever stands there: what is no such value is a node's name as it is printed.
  static LeaderMark of(const Value& value);
  std::string text() const;  // "n1", "n1, term 3"
};

// How many led one after the other, whatever their terms: the same node again is no other leader.
class LeaderCount {
 public:
  void see(const Value& mark);  // that of f::kLeader, once each
  std::int64_t count() const { return count_; }

 private:
  std::string last_;
  std::int64_t count_ = 0;
};

// Where an op of the nemesis, or a mark, begins and ends in a history.
struct NemesisOp {
  std::size_t invocation = 0;
  std::optional<std::size_t> completion;  // nothing: the history has none
};

// In the order of their invocations. Recorders write an invocation as invoke (ours) or as info
// (Jepsen's); so of the same function every second event is a completion.
std::vector<NemesisOp> nemesis_ops(const History& history);

}  // namespace faultline

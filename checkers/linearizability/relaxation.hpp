// Relaxation: a history with less to it than an object's, such that if the object's history is
// linearizable, so is the relaxed one. What is not linearizable relaxed is not linearizable at all:
// so a violation can be proved, and shown, by the few ops that matter.
//
// Of any object:
//   cut: ops invoked at or after `to` are gone, those that returned later are open. A prefix of a
//     linearizable history is linearizable.
//   pure: pure ops may be left out. Nothing else depends on them.
//   items: if the model has `item` and the object begins empty, all ops of an item may be left out,
//     unless an op is kept that tells of all items.
// If every op has a ValueEffect, so that the state is a value:
//   window: ops that returned before `from` are gone, and the state at `from` may be any that was
//     made by then, or the initial one. Ops open at `from` may be left out: they may have been
//     linearized before it.
//   effects: any op may be left out if the state may turn to the value that it makes at any time
//   and
//     any number of times. Values that no op kept needs or excludes cannot be told apart.
//
// So what a relaxation is follows from the object, the part of it in view, and the ops kept.
// Immutable.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/linearizability/object_history.hpp"

namespace faultline {

// A part of a history, as positions in it: from `from` up to, but without, `to`.
struct View {
  std::uint32_t from = 0;
  std::uint32_t to = ObjectHistory::kNever;
};

class Relaxation {
 public:
  Relaxation(const ObjectHistory& object, const Model& model, View view);  // both must outlive it

  // The ops in view, as numbers of the object's, in the order of invocation.
  const std::vector<std::uint32_t>& ops() const { return ops_; }

  // Sets of ops (as indices of ops()) each of which may be left out, whatever else of them is.
  // Items may be if nothing that is kept tells of all.
  std::vector<std::vector<std::uint32_t>> removable_items(const std::vector<bool>& kept) const;
  std::vector<std::vector<std::uint32_t>> removable_ops() const;

  // Which of ops() to keep at first: all, but of the crashed ones from before the view only those
  // that make a value that others need, and of these a few: more of them are as good as a value
  // that may come at any time.
  std::vector<bool> most() const;

  // The relaxed history: `kept` says which of ops() are. Its ops carry the object's positions.
  ObjectHistory keep(const std::vector<bool>& kept) const;

 private:
  void free_values(const std::vector<bool>& kept, ObjectHistory& relaxed) const;

  const ObjectHistory& object_;
  const Model& model_;
  const View view_;
  std::vector<std::uint32_t> ops_;
  std::vector<bool> made_;  // by value, before the view
};

}  // namespace faultline

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
//   takers: if the model has `item_effect`, too, a crashed remove that may have taken any item may
//     be left out if every item that is kept is used up: if at some place at or after `to` as many
//     completed removes of it have returned as adds of it have been invoked, crashed ones included.
//     Take a linearization of the whole, and of it what comes up to the last of the ops that have
//     returned before that place. Whatever is in there was invoked before the place, so of the item
//     it has no more adds than that; all the completed removes of it are in there, and each of them
//     has taken one. So nothing is left for the crashed one, there or in the part of it that
//     belongs to `to`: what it took there, if anything, is an item that is left out, and it is one
//     of the ops about that. (Removes that return after the place do not count: what they take may
//     be added after it. The place need not be the same for all items.)
// If every op has a ValueEffect, so that the state is a value:
//   window: ops that returned before `from` are gone, and the state at `from` may be any that was
//     made by then, or the initial one. Ops open at `from` may be left out: they may have been
//     linearized before it.
//   effects: any op may be left out if the state may turn to the value that it makes at any time
//     and any number of times. Values that no op kept needs or excludes cannot be told apart.
//
// So what a relaxation is follows from the object, the part of it in view, and the ops kept.
// Immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
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
  // Items may be if nothing that is kept tells of all, takers if all items that are kept are used
  // up.
  std::vector<std::vector<std::uint32_t>> removable_items(const std::vector<bool>& kept) const;
  std::vector<std::vector<std::uint32_t>> removable_takers(const std::vector<bool>& kept) const;
  std::vector<std::vector<std::uint32_t>> removable_ops() const;

  // Without all takers, and without the items that stand in the way of that; nothing if there is
  // no taker, or another obstacle.
  std::optional<std::vector<bool>> without_takers(std::vector<bool> kept) const;

  // Which of ops() to keep at first: all, but of the crashed ones from before the view only those
  // that make a value that others need, and of these a few: more of them are as good as a value
  // that may come at any time.
  std::vector<bool> most() const;

  // The relaxed history: `kept` says which of ops() are. Its ops carry the object's positions.
  ObjectHistory keep(const std::vector<bool>& kept) const;

 private:
  bool has_items() const;
  bool is_taker(const ObjectHistory::Op& op) const;
  bool is_clear(const ObjectHistory::Op& op) const;
  void find_left_over();
  void free_values(const std::vector<bool>& kept, ObjectHistory& relaxed) const;

  const ObjectHistory& object_;
  const Model& model_;
  const View view_;
  std::vector<std::uint32_t> ops_;
  std::vector<bool> made_;             // by value, before the view
  std::vector<std::uint32_t> takers_;  // as indices of ops_; none if they have to be kept
  std::set<Value> left_over_;          // the items that are not used up, if there are takers
};

}  // namespace faultline

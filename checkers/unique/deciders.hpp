// The deciders: is a collection to which every item is added at most once linearizable? Each takes
// time linear, or nearly, in the number of ops, and finds a linearization, or a few items whose
// ops alone have none. Pure functions; the argument for each is at the head of its source.
//
// All rest on this: a history of a collection stays linearizable when all ops on an item are left
// out (with it leaves whoever removed it), so items whose ops alone are not linearizable are a
// proof; and on what is known in the field of each collection:
// * Gibbons and Korach, Testing Shared Memories, 1997; Gibbons, Bruno and Phillips, Black-Box
//   Correctness Tests for Basic Parallel Data Structures, 2002;
// * Henzinger, Sezgin and Vafeiadis, Aspect-Oriented Linearizability Proofs, 2013; Bouajjani, Emmi,
//   Enea and Hamza, On Reducing Linearizability to State Reachability, 2015;
// * Abdulla et al., Efficient Linearizability Monitoring, 2025; Lee and Mathur, Efficient
//   Decrease-and-Conquer Linearizability Monitoring, 2025.
//
// An add that crashed and was never observed is left out: a linearization without it is one, and
// one with it stays one without. One that was observed happened before its observer returned.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "checkers/unique/item_history.hpp"

namespace faultline::unique {

// The ops on these items, and these ops, which found nothing, are not linearizable.
struct Conflict {
  std::vector<ItemIndex> items;
  std::vector<OpIndex> empties = {};
};

struct Finding {
  bool valid = false;
  std::vector<OpIndex> order =
      {};  // if valid: a linearization of all ops but crashed ones left out
  std::vector<Conflict> conflicts = {};  // otherwise: one at least
};

// The history's items must have been measured, and each must fit alone. Of an invalid history they
// find up to `max_conflicts` conflicts; each is proof enough.
Finding decide_queue(const ItemHistory& history, std::size_t max_conflicts = 1);
Finding decide_stack(const ItemHistory& history, std::size_t max_conflicts = 1);
Finding decide_priority_queue(const ItemHistory& history, std::size_t max_conflicts = 1);

// Nothing if an item was added twice, or too many ops may have removed it. Needs no measuring.
std::optional<Finding> decide_set(const ItemHistory& history);

}  // namespace faultline::unique

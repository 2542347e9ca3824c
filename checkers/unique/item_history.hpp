// ItemHistory: the history of a collection to which every item is added at most once, item by item.
// It is what the deciders of checkers/unique work on. Made from an object once, then a value: a
// decider that gives an item away to a crashed op works on a copy of it.
//
// Times are the positions of events, moved together; an op may be linearized in any gap between
// its invocation and its return, where gap t is what lies between the events t and t + 1. Items
// that are there at the beginning were added, one after the other, before the first event.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checkers/linearizability/object_history.hpp"

namespace faultline::unique {

using Time = std::uint32_t;
using OpIndex = std::uint32_t;  // in the object
using ItemIndex = std::uint32_t;

inline constexpr Time kForever = UINT32_MAX;  // it never returns, or never happens
inline constexpr OpIndex kNoOp = UINT32_MAX;
using Kind = ItemEffect::Kind;

// What is known of an item from the ops on it alone. Whatever the linearization, it is added after
// `added_after` and no later than `there_from`, and removed after `there_until` and before
// `gone_by`. So if there_from < there_until it is certainly there in the gaps from there_from to
// there_until - 1: it is *lasting*. Otherwise all its ops have a gap in common: it is *momentary*.
struct Item {
  OpIndex add = kNoOp;     // kNoOp: it was there at the beginning
  OpIndex remove = kNoOp;  // kNoOp: it stays to the end
  Time added_after = 0;    // the invocation of its add
  Time there_from = 0;     // the first return of an op on it
  Time seen_by = 0;        // the first return of an op that found it there
  Time there_until = 0;    // the last invocation of an op on it, kForever if it stays
  Time gone_by = 0;        // the return of its remove, kForever if it stays
  bool counts = false;     // otherwise nobody can tell whether it ever was there

  bool stays() const { return remove == kNoOp; }
  bool lasting() const { return there_from < there_until; }
};

struct ItemHistory {
  const ObjectHistory* object = nullptr;
  std::vector<Time> invoked;   // by op
  std::vector<Time> returned;  // kForever: it crashed
  std::vector<Kind> kinds;
  std::vector<const Value*> values;  // by item
  std::vector<Item> items;           // the same, of collections with an order only
  std::vector<OpIndex> empties;      // ops that found nothing, in the order of invocation
  std::vector<OpIndex> takers;       // crashed ops that may have removed whatever was next
  Time times = 0;                    // how many
  Value::List initial;
  ItemIndex initial_items = 0;  // the first ones

  // The ops on an item, in the order of invocation.
  std::span<const OpIndex> ops_of(ItemIndex item) const {
    return std::span(by_item).subspan(first_of[item], first_of[item + 1] - first_of[item]);
  }

  std::vector<OpIndex> by_item;
  std::vector<std::uint32_t> first_of;
};

// Nothing if the calls say more than their ItemEffect, or if it is not known what a completed op
// removed.
std::optional<ItemHistory> read_items(const ObjectHistory& object, const Model& model);

// Fills in `items`. Nothing if one was added twice; otherwise the item whose ops alone fit nowhere,
// or values.size() if there is none.
std::optional<ItemIndex> measure_items(ItemHistory& history);

// The items that count and of which this holds, in the order in which they were certainly there.
std::vector<ItemIndex> items_that(const ItemHistory& history, bool (Item::*holds)() const);

// Has `item`, which stays, removed by a crashed op.
void give_away(ItemHistory& history, ItemIndex index, OpIndex taker);

}  // namespace faultline::unique

// StackLeaves: the events at which the lasting items of a stack begin or cease to be certainly
// there, in a row. Immutable.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/unique/item_history.hpp"

namespace faultline::unique {

// Counted from 1, by time; 0 is the beginning of time. Those of items that stay come last.
using Leaf = std::uint32_t;

struct StackLeaves {
  explicit StackLeaves(const ItemHistory& history);

  Leaf count() const { return static_cast<Leaf>(item.size() - 1); }
  bool is_begin(Leaf leaf) const { return begins[item[leaf]] == leaf; }
  std::uint32_t ended(Leaf leaf) const { return leaf - 1 - begun[leaf]; }  // before it

  std::vector<ItemIndex> item = {0};         // by leaf
  std::vector<std::int32_t> change = {0};    // by leaf: of how many are certainly there
  std::vector<std::uint32_t> begun = {0};    // by leaf: how many begin before it
  std::vector<Leaf> begins, ends;            // by item; 0 if it is momentary
  std::vector<Leaf> before;                  // by time: the last leaf up to then
  std::vector<ItemIndex> momentary;          // by time
  std::vector<ItemIndex> beginning, ending;  // those that do, by leaf
  std::vector<std::uint32_t> add_keys;       // of those that begin: when the add was invoked
  std::vector<std::uint32_t> remove_keys;    // of those that end: the later it returns, the smaller

 private:
  void note(const Item& known, ItemIndex index, Time time);
  void end(const Item& known, ItemIndex index);
  void add_leaf(ItemIndex index, std::int32_t by);
};

}  // namespace faultline::unique

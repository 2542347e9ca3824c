// Closed-loop histories of a really atomic queue, stack, set or priority queue to which every item
// is added at most once. At every turn one client, drawn at random, takes its next step: invoke,
// take effect, return. Half the ops add a new item; the others remove one or, of some, only look.
#pragma once

#include <cstdint>
#include <string>

#include "harness/core/op.hpp"

namespace faultline {

// Which result is wrong, in a history that is right otherwise.
enum class Wrong : std::uint8_t {
  nothing,
  order,     // two removes return each other's items; of a set: a true that is false, or reversed
  twice,     // a remove returns what an earlier one returned
  invented,  // a remove returns what nobody added
  empty,     // a remove returns nothing though there was something
};

struct UniqueShape {
  std::string model = "fifo-queue";  // stack, set, priority-queue
  std::int64_t ops = 1000;
  int clients = 5;
  // Of those that only look: none in a queue, a tenth elsewhere, as in the histories that PolyLin
  // was measured with; or a quarter.
  bool many_looks = false;
  double crashed = 0;  // of adds and removes; half of them take effect, at once or later on
  // The new items of a priority queue are the smallest so far, as in PolyLin's; or are drawn.
  bool random_priorities = false;
  Wrong wrong = Wrong::nothing;
  double where = 0.99;  // in the history the wrong result is, more or less
  std::uint64_t seed = 1;
};

// Without anything wrong it is linearizable, starting empty.
History unique_history(const UniqueShape& shape);

}  // namespace faultline

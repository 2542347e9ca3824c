// FIFO queues, in linear time.
//
// Items leave in the order in which they came, so a linearization is an order of the items: they
// are added in this order, and found and removed in it, all finds of one before those of the next.
// That a goes before b is forced if (1) some op on a returned before b's add was invoked, since it
// was added by then; or (2) an op that found a returned before one that finds (or removes) b was
// invoked; an item that stays is "removed at the end of time". A gap in which an op finds nothing
// is a barrier: one more element of the order, added and removed in that gap.
//
// Complete: if no order of all elements obeys these, there is none. Sound: take any order that
// does. Put each add into the first gap that is not before the one of its predecessor in the
// order, each find into the last one not after its successor's. Then all are within their
// intervals: by (1) and (2), no predecessor forces one beyond its return, or before its
// invocation. And each item is added before it is found, and no two of one gap are in the wrong
// order: were it found before, an op on it or on one that follows in the order returned before
// the add of it or of one that precedes was invoked, which (1) excludes.
//
// An order is found greedily. What forces v to wait is always the same few: the item not yet taken
// of which an op returned first, or the one (or, for this one itself, the next) that was first
// found. So v may be taken as soon as its invocations are before these returns, and if nothing may
// be taken, the predecessors of these three are among them: at most three items form a cycle.
//
// A barrier can go into a gap unless an item is certainly there in it. It adds no cycle. Such a
// cycle has at most three elements, as above. With one item, there_from <= t < there_until. With
// two items, or two barriers, one pair is not ordered both ways by (1) or (2) alone: say a <2 b <2
// c <1 a, where b is found before *and* after something else happens. If c is a barrier, b was
// found before it and, as it waits for a (which waits for the barrier), after: b is there in that
// gap. If a is, the same; and if b is, it is found in one gap only, and a <2 c follows.
//
// A crashed op that may have removed an item (a taker): see takers.hpp.
#include <algorithm>
#include <array>
#include <cassert>

#include "checkers/unique/deciders.hpp"
#include "checkers/unique/interval_cover.hpp"

namespace faultline::unique {
namespace {

constexpr ItemIndex kBarrier = UINT32_MAX;

class Queue {
 public:
  Queue(const ItemHistory& history, std::size_t max_conflicts)
      : history_(history),
        max_conflicts_(max_conflicts),
        items_(history.items),
        marks_(items_.size(), 0) {}

  Finding decide() {
    place_barriers();
    if (!hopeless_.empty()) return no_gaps();
    sort_items();
    find_order();
    if (taken_ < by_add_.size()) return cycle();
    return {.valid = true, .order = linearization()};
  }

 private:
  static constexpr std::uint8_t kMayBeAdded = 1;
  static constexpr std::uint8_t kMayBeFound = 2;
  static constexpr std::uint8_t kTaken = 4;
  using Sorted = std::vector<ItemIndex>;

  struct Placed {
    OpIndex op;  // kNoOp: a barrier
    Time gap;
  };

  // The first gap of each that is free; those that find nothing are in the order of invocation.
  void place_barriers() {
    if (history_.empties.empty()) return;
    std::vector<std::int32_t> change(history_.times + 1, 0);
    for (const Item& item : items_) {
      if (!item.counts || !item.lasting()) continue;
      ++change[item.there_from];
      if (item.there_until != kForever) --change[item.there_until];
    }
    Time gap = 0;
    std::int32_t there = change[0];
    for (OpIndex op : history_.empties) {
      while (gap < history_.invoked[op] || (there > 0 && gap < history_.times)) {
        there += change[++gap];
      }
      if (gap >= history_.returned[op]) {
        hopeless_.push_back(op);
        if (hopeless_.size() == max_conflicts_) return;
      }
      barriers_.push_back(gap);
    }
  }

  Finding no_gaps() const {
    const std::vector<ItemIndex> lasting = items_that(history_, &Item::lasting);
    Finding finding;
    for (OpIndex op : hopeless_) {
      if (finding.conflicts.size() >= max_conflicts_) break;
      finding.conflicts.push_back(
          {cover(history_, lasting, history_.invoked[op], history_.returned[op]), {op}});
      for (Conflict& conflict :
           lone_covers(history_, lasting, op, max_conflicts_ - finding.conflicts.size())) {
        finding.conflicts.push_back(std::move(conflict));
      }
    }
    return finding;
  }

  // Times of events are distinct, but for those that never come: they go last, or nowhere.
  void sort_by(Time Item::*time, Sorted& sorted, bool with_never) {
    std::fill(at_.begin(), at_.end(), kBarrier);
    sorted.reserve(items_.size());
    for (ItemIndex i = 0; i < items_.size(); ++i) {
      if (items_[i].counts && items_[i].*time < history_.times) at_[items_[i].*time] = i;
    }
    for (ItemIndex item : at_) {
      if (item != kBarrier) sorted.push_back(item);
    }
    for (ItemIndex i = 0; i < items_.size(); ++i) {
      const Time late = items_[i].*time;
      const bool never = late == kForever;
      if (items_[i].counts && late >= history_.times && (with_never || !never)) sorted.push_back(i);
    }
  }

  void sort_items() {
    at_.resize(history_.times);
    sort_by(&Item::added_after, by_add_, false);
    sort_by(&Item::there_from, by_return_, false);
    sort_by(&Item::there_until, by_last_find_, true);
    sort_by(&Item::seen_by, by_first_find_, false);
    order_.reserve(by_add_.size() + barriers_.size());
  }

  bool taken(ItemIndex item) const { return (marks_[item] & kTaken) != 0; }

  // The first one at or after `from` that was not taken yet.
  ItemIndex first_left(const Sorted& sorted, std::size_t& from) const {
    while (from < sorted.size() && taken(sorted[from])) ++from;
    return from < sorted.size() ? sorted[from] : kBarrier;
  }

  Time time_of(ItemIndex item, Time Item::*time) const {
    return item == kBarrier ? kForever : items_[item].*time;
  }

  void mark(ItemIndex item, std::uint8_t what) {
    const bool was_ready = marks_[item] == (kMayBeAdded | kMayBeFound);
    marks_[item] |= what;
    if (!was_ready && marks_[item] == (kMayBeAdded | kMayBeFound)) order_.push_back(item);
  }

  void find_order() {
    std::size_t next = 0;
    std::size_t barrier = 0;
    for (;;) {
      const ItemIndex first = first_left(by_return_, return_);
      const ItemIndex found = first_left(by_first_find_, first_find_);
      second_find_ = std::max(second_find_, first_find_ + 1);
      const ItemIndex second = first_left(by_first_find_, second_find_);
      const Time wall = barrier < barriers_.size() ? barriers_[barrier] + 1 : kForever;
      const Time add_limit = std::min(wall, time_of(first, &Item::there_from));
      const Time find_limit = time_of(found, &Item::seen_by);
      while (add_ < by_add_.size() && items_[by_add_[add_]].added_after < add_limit) {
        mark(by_add_[add_++], kMayBeAdded);
      }
      while (last_find_ < by_last_find_.size() &&
             may_be_found(by_last_find_[last_find_], std::min(wall, find_limit))) {
        mark(by_last_find_[last_find_++], kMayBeFound);
      }
      if (found != kBarrier &&
          may_be_found(found, std::min(wall, time_of(second, &Item::seen_by)))) {
        mark(found, kMayBeFound);
      }
      if (next < order_.size()) {
        marks_[order_[next++]] |= kTaken;
        ++taken_;
      } else if (barrier < barriers_.size() && add_limit == wall && find_limit >= wall) {
        order_.push_back(kBarrier);
        ++next;
        ++barrier;
      } else {
        return;
      }
    }
  }

  // One that stays waits for those that do not, but not for others that stay.
  bool may_be_found(ItemIndex item, Time limit) const {
    return items_[item].there_until < limit || limit == kForever;
  }

  bool goes_before(ItemIndex a, ItemIndex b) const {
    return a != b && a != kBarrier &&
           (items_[a].there_from < items_[b].added_after ||
            items_[a].seen_by < items_[b].there_until);
  }

  Finding cycle() {
    std::size_t second = first_find_ + 1;
    const std::array<ItemIndex, 3> first = {by_return_[return_],
                                            first_left(by_first_find_, first_find_),
                                            first_left(by_first_find_, second)};
    Sorted path;
    ItemIndex item = first[0];
    while (std::find(path.begin(), path.end(), item) == path.end()) {
      path.push_back(item);
      const auto before = std::find_if(first.begin(), first.end(),
                                       [&](ItemIndex other) { return goes_before(other, item); });
      assert(before != first.end());
      item = *before;
    }
    path.erase(path.begin(), std::find(path.begin(), path.end(), item));
    return {.conflicts = {{path}}};
  }

  std::vector<Placed> adds() const {
    std::vector<Placed> placed;
    placed.reserve(order_.size());
    Time gap = 0;
    std::size_t barrier = 0;
    for (ItemIndex item : order_) {
      gap = std::max(gap, item == kBarrier ? barriers_[barrier++] : items_[item].added_after);
      const OpIndex add = item == kBarrier ? kNoOp : items_[item].add;
      if (item == kBarrier || add != kNoOp) placed.push_back({add, gap});
    }
    return placed;
  }

  std::vector<Placed> finds() const {
    std::vector<Placed> placed;
    placed.reserve(history_.by_item.size());
    std::size_t barrier = 0;
    for (ItemIndex item : order_) {
      if (item == kBarrier) {
        placed.push_back({kNoOp, barriers_[barrier++]});
        continue;
      }
      for (OpIndex op : history_.ops_of(item)) {
        if (history_.kinds[op] == Kind::see) placed.push_back({op, history_.returned[op] - 1});
      }
      const OpIndex remove = items_[item].remove;
      if (remove != kNoOp) placed.push_back({remove, history_.returned[remove] - 1});
    }
    Time gap = kForever;
    for (auto it = placed.rbegin(); it != placed.rend(); ++it)
      gap = it->gap = std::min(gap, it->gap);
    return placed;
  }

  // Adds go first within a gap; both sequences have the barriers.
  std::vector<OpIndex> linearization() const {
    const std::vector<Placed> adds = this->adds();
    const std::vector<Placed> finds = this->finds();
    std::vector<OpIndex> ops;
    ops.reserve(adds.size() + finds.size());
    auto empty = history_.empties.begin();
    auto find = finds.begin();
    const auto take_find = [&] { ops.push_back((find++)->op); };
    for (const Placed& add : adds) {
      const bool barrier = add.op == kNoOp;
      while (find != finds.end() && find->op != kNoOp && (barrier || find->gap < add.gap)) {
        take_find();
      }
      if (barrier) ++find;
      ops.push_back(barrier ? *empty++ : add.op);
    }
    while (find != finds.end()) take_find();
    return ops;
  }

  const ItemHistory& history_;
  const std::size_t max_conflicts_;
  const std::vector<Item>& items_;
  std::vector<Time> barriers_;
  std::vector<OpIndex> hopeless_;  // those that find nothing, without a gap
  Sorted at_;
  Sorted by_add_;         // by added_after
  Sorted by_return_;      // by there_from
  Sorted by_first_find_;  // by seen_by
  Sorted by_last_find_;   // by there_until
  // In each, how far we are.
  std::size_t add_ = 0;
  std::size_t return_ = 0;
  std::size_t first_find_ = 0;
  std::size_t second_find_ = 0;
  std::size_t last_find_ = 0;
  std::vector<std::uint8_t> marks_;
  Sorted order_;
  std::size_t taken_ = 0;
};

}  // namespace

Finding decide_queue(const ItemHistory& history, std::size_t max_conflicts) {
  return Queue(history, max_conflicts).decide();
}

}  // namespace faultline::unique

// Priority queues, in O(n log n) for sorting the items, and near-linear time otherwise.
//
// An op that finds or removes an item needs a gap in which no smaller item is there; nothing else
// restricts it, and adds are not restricted at all. So take the items by size, the smallest first.
// Of each, let the ops that find it (with its remove) have a first and a last free gap in their
// intervals, free of smaller items that is; without any, there is no linearization. It has to be
// there from the earliest of the last ones (or its add's last gap, if that is earlier) to the
// latest of the first ones: that is the least it can be there, in every linearization, so it may be
// chosen. If it is from B to D with B < D, then the gaps between are not free for what is larger;
// B and D themselves are, since it can be added as the last thing in B and removed as the first in
// D. All that find it have a free gap from B to D: the first one, or the last, or else D itself.
// Otherwise all have D in common, where it is added, found and removed at once.
//
// So the gaps that are not free are as few as can be, and what cannot be placed then never can.
// What finds nothing needs a gap that is free of all items.
#include <algorithm>
#include <utility>

#include "checkers/unique/by_gap.hpp"
#include "checkers/unique/deciders.hpp"
#include "checkers/unique/gap_set.hpp"
#include "checkers/unique/interval_cover.hpp"

namespace faultline::unique {
namespace {

class PriorityQueue {
 public:
  // Without any conflicts to find it need not remember who took which gap.
  PriorityQueue(const ItemHistory& history, std::size_t max_conflicts)
      : history_(history),
        max_conflicts_(max_conflicts),
        free_(history.times),
        blocker_(max_conflicts > 0 ? history.times : 0, kNobody),
        stays_(history.items.size()),
        // Three places in a gap: removed as the first thing, in the middle, added as the last.
        places_(3 * std::size_t{history.times}, history.invoked.size()) {}

  Finding decide() {
    Finding finding;
    for (ItemIndex item : by_size()) {
      if (insert(item)) continue;
      // Without this item, which takes no gaps, the others may still give conflicts.
      if (max_conflicts_ > 0) finding.conflicts.push_back(because(item));
      if (finding.conflicts.size() == max_conflicts_) return finding;
    }
    std::vector<ItemIndex> lasting;
    for (OpIndex op : history_.empties) {
      const Gaps gaps = free_gaps(history_.invoked[op], op);
      if (gaps.first <= gaps.last) {
        places_.put(op, 3 * gaps.first + 1);
        continue;
      }
      if (max_conflicts_ == 0) return finding;
      finding.conflicts.push_back(because_empty(op));
      if (lasting.empty()) lasting = items_that(history_, &Item::lasting);
      for (Conflict& conflict :
           lone_covers(history_, lasting, op, max_conflicts_ - finding.conflicts.size())) {
        finding.conflicts.push_back(std::move(conflict));
      }
      if (finding.conflicts.size() >= max_conflicts_) return finding;
    }
    if (finding.conflicts.empty()) finding = {.valid = true, .order = linearization()};
    return finding;
  }

 private:
  static constexpr std::size_t kNever = SIZE_MAX;

  struct Gaps {
    std::size_t first;
    std::size_t last;
  };
  struct Stay {
    std::size_t begin = 0;
    std::size_t end = 0;
    OpIndex begin_because = kNoOp;  // the op that has no later gap
    OpIndex end_because = kNoOp;    // the op that has no earlier one
  };

  std::vector<ItemIndex> by_size() const {
    std::vector<ItemIndex> sorted;
    bool integers = true;
    for (ItemIndex i = 0; i < history_.items.size(); ++i) {
      if (!history_.items[i].counts) continue;
      sorted.push_back(i);
      integers = integers && history_.values[i]->is_integer();
    }
    if (!integers) {
      std::sort(sorted.begin(), sorted.end(), [&](ItemIndex a, ItemIndex b) {
        return *history_.values[a] < *history_.values[b];
      });
      return sorted;
    }
    std::vector<std::pair<std::int64_t, ItemIndex>> keys;
    keys.reserve(sorted.size());
    for (ItemIndex i : sorted) keys.emplace_back(history_.values[i]->integer(), i);
    std::sort(keys.begin(), keys.end());
    std::transform(keys.begin(), keys.end(), sorted.begin(),
                   [](const auto& k) { return k.second; });
    return sorted;
  }

  // first > last: none.
  Gaps free_gaps(Time from, OpIndex op) const {
    const Time returned = std::min(history_.returned[op], history_.times);
    const std::size_t first = free_.next(from);
    if (first >= returned) return {kNever, 0};
    return {first, free_.previous(returned - 1)};
  }

  // One removed by a crashed op that finds no gap: it was not.
  bool omits_remove(const Item& item) const {
    return item.stays() ||
           (history_.returned[item.remove] == kForever &&
            free_.next(std::max(item.added_after, history_.invoked[item.remove])) == GapSet::kNone);
  }

  template <class Visit>
  void for_each_find(ItemIndex index, bool with_remove, Visit visit) const {
    const Item& item = history_.items[index];
    for (OpIndex op : history_.ops_of(index)) {
      if (history_.kinds[op] == Kind::see) visit(op);
    }
    if (with_remove) visit(item.remove);
  }

  bool insert(ItemIndex index) {
    const Item& item = history_.items[index];
    const bool stays = omits_remove(item);
    Stay stay;
    stay.begin = first_kept_gap(item) - 1;
    bool fits = true;
    for_each_find(index, !stays, [&](OpIndex op) {
      const Gaps gaps = free_gaps(std::max(item.added_after, history_.invoked[op]), op);
      fits = fits && gaps.first <= gaps.last;
      if (gaps.last < stay.begin) stay = {gaps.last, stay.end, op, stay.end_because};
      if (gaps.first > stay.end) stay = {stay.begin, gaps.first, stay.begin_because, op};
    });
    // The remove comes last of all that find it.
    if (fits && !stays) fits = stay.end <= last_gap_of_remove(item);
    if (!fits) return false;
    if (stays) stay.end = history_.times;
    if (item.add != kNoOp && stay.begin >= stay.end) {
      place_at_once(index, stay.end);
      return true;
    }
    place(index, stay, stays);
    stays_[index] = stay;
    const std::size_t from = stay.begin + (item.add == kNoOp ? 0 : 1);
    if (max_conflicts_ > 0) {
      for (std::size_t gap = free_.next(from); gap < stay.end; gap = free_.next(gap + 1)) {
        blocker_[gap] = index;
      }
    }
    free_.erase(from, stay.end);
    return true;
  }

  std::size_t last_gap_of_remove(const Item& item) const {
    return free_gaps(std::max(item.added_after, history_.invoked[item.remove]), item.remove).last;
  }

  // After the last gap into which its add can go.
  std::size_t first_kept_gap(const Item& item) const {
    return item.add == kNoOp ? 1 : std::min(history_.returned[item.add], history_.times);
  }

  // In the middle of the gap, and in reverse, since that is how it comes out.
  void place_at_once(ItemIndex index, std::size_t gap) {
    const Item& item = history_.items[index];
    places_.put(item.remove, 3 * gap + 1);
    for_each_find(index, false, [&](OpIndex op) { places_.put(op, 3 * gap + 1); });
    places_.put(item.add, 3 * gap + 1);
  }

  // First in a gap are removes, the smallest items first; last are adds, the smallest items last.
  void place(ItemIndex index, const Stay& stay, bool stays) {
    const Item& item = history_.items[index];
    for_each_find(index, false, [&](OpIndex op) {
      const Gaps gaps = free_gaps(std::max(item.added_after, history_.invoked[op]), op);
      std::size_t gap = stay.end;
      if (gaps.last <= stay.end) gap = gaps.last;
      if (gaps.first >= stay.begin) gap = gaps.first;
      const std::size_t place = gap == stay.end ? 0 : gap == stay.begin ? 2 : 1;
      places_.put(op, 3 * gap + place);
    });
    if (item.add != kNoOp) places_.put(item.add, 3 * stay.begin + 2);
    if (!stays) places_.put(item.remove, 3 * stay.end);
  }

  std::vector<OpIndex> linearization() const {
    std::vector<OpIndex> ops;
    ops.reserve(history_.invoked.size());
    const auto append = [&](OpIndex op) { ops.push_back(op); };
    for (std::size_t gap = 0; gap < history_.times; ++gap) {
      const auto begin = static_cast<std::ptrdiff_t>(ops.size());
      places_.for_each_in(3 * gap, append);
      std::reverse(ops.begin() + begin, ops.end());
      places_.for_each_in(3 * gap + 1, append);
      places_.for_each_in(3 * gap + 2, append);
    }
    return ops;
  }

  // Items that take all gaps of `op`; and of each why it was there that long. Of these alone the
  // same gaps are not free.
  Conflict because(ItemIndex misfit) {
    choose(misfit);
    const Item& item = history_.items[misfit];
    const auto from = [&](OpIndex op) { return std::max(item.added_after, history_.invoked[op]); };
    const bool stays = omits_remove(item);
    bool explained = false;
    OpIndex latest = kNoOp;  // of those that find it, the one with the latest first gap
    std::size_t end = 0;
    for_each_find(misfit, !stays, [&](OpIndex op) {
      const Gaps gaps = free_gaps(from(op), op);
      if (gaps.first > gaps.last && !explained) choose_blockers(from(op), end_of(op));
      explained = explained || gaps.first > gaps.last;
      if (gaps.first >= end) latest = op;
      end = std::max(end, gaps.first);
    });
    if (!explained) {
      choose_blockers(from(latest), end);
      choose_blockers(last_gap_of_remove(item) + 1, end_of(item.remove));
    }
    return {choose_reasons()};
  }

  Conflict because_empty(OpIndex op) {
    choose_blockers(history_.invoked[op], end_of(op));
    return {choose_reasons(), {op}};
  }

  std::size_t end_of(OpIndex op) const { return std::min(history_.returned[op], history_.times); }

  void choose(ItemIndex item) {
    chosen_.resize(history_.items.size());
    if (!chosen_[item]) reasons_.push_back(item);
    chosen_[item] = true;
  }

  void choose_blockers(std::size_t from, std::size_t to) {
    while (from < to) {
      choose(blocker_[from]);
      from = stays_[blocker_[from]].end;
    }
  }

  std::vector<ItemIndex> choose_reasons() {
    for (std::size_t next = 0; next < reasons_.size();) {  // they grow
      const ItemIndex reason = reasons_[next++];
      const Item& item = history_.items[reason];
      const Stay& stay = stays_[reason];
      const auto from = [&](OpIndex op) {
        return std::max(item.added_after, history_.invoked[op]);
      };
      if (stay.begin_because != kNoOp) choose_blockers(stay.begin + 1, end_of(stay.begin_because));
      if (stay.end_because != kNoOp && stay.end < history_.times) {
        choose_blockers(from(stay.end_because), stay.end);
      }
      if (stay.end == history_.times && !item.stays()) {
        choose_blockers(from(item.remove), stay.end);
      }
    }
    for (ItemIndex item : reasons_) chosen_[item] = false;
    return std::exchange(reasons_, {});
  }

  const ItemHistory& history_;
  const std::size_t max_conflicts_;
  GapSet free_;
  std::vector<ItemIndex> blocker_;  // by gap
  std::vector<Stay> stays_;
  ByGap places_;
  std::vector<ItemIndex> reasons_;
  std::vector<bool> chosen_;
};

}  // namespace

Finding decide_priority_queue(const ItemHistory& history, std::size_t max_conflicts) {
  Finding finding = PriorityQueue(history, 0).decide();
  if (!finding.valid) finding = PriorityQueue(history, max_conflicts).decide();
  return finding;
}

}  // namespace faultline::unique

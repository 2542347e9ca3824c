// Stacks, in O(n log n), but for items that wait long for a gap in which they were seen.
//
// Seen from outside, an item is there from its add to its remove; in a stack these stretches are
// nested or apart. Let S be the lasting items (momentary ones are added, seen and removed in one
// gap, on top of whatever is there). Then S is linearizable iff it can be taken apart like this:
//
// (1) If there is a gap in which no item is certainly there, S falls into a part before it and a
//     part after it, and is linearizable iff both are. For all ops of the part before are invoked
//     before that gap, so whatever is linearized later can be moved there, in the same order; and
//     likewise what comes after. So an op that found nothing needs such a gap, and any will do.
// (2) Otherwise let the part last from the event L to the event R. In a linearization something is
//     always there, so one item is at the bottom all the time: its add is invoked before L and its
//     remove returns after R. An op that saw it did so before all others were added, or after all
//     were removed, or in a gap in which none of them is certainly there. Call such an item a
//     *bottom*. If there is none, S is not linearizable. If there is, *any* bottom may be taken
//     out: if the rest is linearizable, then by (1) also with nothing there in those gaps, and with
//     all of it moved after the invocation of the bottom's add and before its remove returns (no op
//     of the rest returns before L, nor is one invoked after R).
//
// What is a bottom stays one while others are taken out, as parts only become shorter and gaps
// more. So each item becomes one once: when the add of it was invoked before L and when its remove
// returns after R, for which trees of the least and latest among a part's items are asked. How many
// items are certainly there in a gap is the sum of changes up to it: a tree tells where a part
// falls apart. A bottom is put aside while one of its sights has no gap, and asked again when
// something was taken from its part: those waiting at one time are no more than the adds open at
// one time.
#include <algorithm>
#include <cassert>

#include "checkers/unique/balance_tree.hpp"
#include "checkers/unique/by_gap.hpp"
#include "checkers/unique/deciders.hpp"
#include "checkers/unique/interval_cover.hpp"
#include "checkers/unique/least_tree.hpp"
#include "checkers/unique/stack_leaves.hpp"

namespace faultline::unique {
namespace {

inline constexpr std::uint8_t kSeenInside = 3;        // a bottom with a sight between two leaves
inline constexpr Leaf kBeforeOthers = UINT32_MAX;     // where a sight is: first of all inside
inline constexpr Leaf kAfterOthers = UINT32_MAX - 1;  // last of all inside

// Items that are certainly there, at least one at a time.
struct Part {
  Leaf first;
  Leaf last;
  std::vector<ItemIndex> waiting;  // bottoms that are put aside, by the leaf at which they begin
};

struct Taken {
  ItemIndex item;
  Leaf first;  // the part that it was the bottom of
  Leaf last;
};

class Stack {
 public:
  Stack(const ItemHistory& history, std::size_t max_conflicts)
      : history_(history),
        max_conflicts_(max_conflicts),
        items_(history.items),
        leaves_(history),
        there_(leaves_.change),
        adds_(leaves_.add_keys),
        removes_(leaves_.remove_keys),
        in_gap_(leaves_.count() + 1, history.invoked.size()) {}

  Finding decide() {
    Finding finding;
    place_empties(finding.conflicts);
    if (finding.conflicts.size() >= max_conflicts_) return finding;
    start();
    while (!parts_.empty()) {
      Part part = std::move(parts_.back());
      parts_.pop_back();
      if (take_from(part)) continue;
      finding.conflicts.push_back({unbreakable(part)});
      if (finding.conflicts.size() >= max_conflicts_) return finding;
      go_on_without(finding.conflicts.back(), part);
    }
    if (finding.conflicts.empty()) finding = {.valid = true, .order = linearization()};
    return finding;
  }

 private:
  // Cores of those for which there is no gap.
  void place_empties(std::vector<Conflict>& conflicts) {
    if (history_.empties.empty()) return;
    const Leaf count = leaves_.count();
    std::vector<Leaf> free(count + 1);  // by leaf: the first one from it on with nothing after it
    std::int32_t there = 0;             // after the leaf; in the end, those that stay have ceased
    for (Leaf leaf = count + 1; leaf-- > 0;) {
      free[leaf] = there == 0 ? leaf : leaf < count ? free[leaf + 1] : count + 1;
      there -= leaves_.change[leaf];
    }
    std::vector<ItemIndex> lasting;
    // Backwards, since those of one gap come out in the opposite order.
    for (auto op = history_.empties.rbegin(); op != history_.empties.rend(); ++op) {
      const Time invoked = history_.invoked[*op];
      const Time returned = history_.returned[*op];
      const Leaf gap = free[leaves_.before[invoked]];
      if (gap <= leaves_.before[returned - 1]) {
        in_gap_.put(*op, gap);
        continue;
      }
      if (lasting.empty()) lasting = items_that(history_, &Item::lasting);
      conflicts.push_back({cover(history_, lasting, invoked, returned), {*op}});
      for (Conflict& conflict :
           lone_covers(history_, lasting, *op, max_conflicts_ - conflicts.size())) {
        conflicts.push_back(std::move(conflict));
      }
      if (conflicts.size() >= max_conflicts_) return;
    }
  }

  void start() {
    const Leaf count = leaves_.count();
    next_.resize(count + 2);
    previous_.resize(count + 2);
    for (Leaf leaf = 0; leaf <= count + 1; ++leaf) {
      next_[leaf] = leaf + 1;
      previous_[leaf] = leaf - 1;
    }
    reasons_.assign(items_.size(), 0);
    unplaced_.reserve(items_.size());
    for (ItemIndex i = 0; i < items_.size(); ++i) {
      unplaced_.push_back(static_cast<std::uint32_t>(history_.ops_of(i).size()));
    }
    split(0, count, {});
  }

  Time time_of(Leaf leaf) const {
    const Item& item = items_[leaves_.item[leaf]];
    return leaves_.is_begin(leaf) ? item.there_from : item.there_until;
  }

  // Takes out bottoms and splits what is left. False if there is none.
  bool take_from(Part& part) {
    find_bottoms(part);
    const Leaf before = previous_[part.first];
    std::vector<ItemIndex> waiting;
    bool falls_apart = false;
    for (ItemIndex item : part.waiting) {
      // Where an item was seen, the part now falls apart: what is next is a bottom of less.
      if (falls_apart || !sights_have_gaps(item, part)) {
        waiting.push_back(item);
        continue;
      }
      taken_.push_back({item, part.first, part.last});
      falls_apart = reasons_[item] == kSeenInside;
      take_out(item);
    }
    const bool some = waiting.size() < part.waiting.size();
    if (some) {
      split(before, part.last, std::move(waiting));
    } else {
      part.waiting = std::move(waiting);
    }
    return some;
  }

  void take_out(ItemIndex item) {
    for (Leaf leaf : {leaves_.begins[item], leaves_.ends[item]}) {
      there_.set_to_zero(leaf);
      next_[previous_[leaf]] = next_[leaf];
      previous_[next_[leaf]] = previous_[leaf];
    }
  }

  // To find more conflicts, goes on as if an item of this one had not been there: best one that may
  // have been removed earlier.
  void go_on_without(const Conflict& conflict, Part& part) {
    const auto one = std::find_if(conflict.items.begin(), conflict.items.end(),
                                  [&](ItemIndex item) { return items_[item].gone_by == kForever; });
    const ItemIndex item = one == conflict.items.end() ? conflict.items.front() : *one;
    const Leaf before = previous_[part.first];
    part.waiting.erase(std::remove(part.waiting.begin(), part.waiting.end(), item),
                       part.waiting.end());
    take_out(item);
    adds_.take(leaves_.begun[leaves_.begins[item]]);
    removes_.take(leaves_.ended(leaves_.ends[item]));
    split(before, part.last, std::move(part.waiting));
  }

  void find_bottoms(Part& part) {
    const std::size_t old = part.waiting.size();
    const auto note = [&](ItemIndex item) {
      if (++reasons_[item] == 2) part.waiting.push_back(item);
    };
    const Time from = time_of(part.first);
    const Time until = time_of(part.last);
    const std::uint32_t add_end = leaves_.begun[part.last];
    for (std::size_t at = leaves_.begun[part.first];
         (at = adds_.first_below(at, from)) < add_end;) {
      adds_.take(at);
      note(leaves_.beginning[at]);
    }
    const std::uint32_t remove_end = leaves_.ended(part.last) + 1;
    for (std::size_t at = leaves_.ended(part.first);
         (at = removes_.first_below(at, ~until + 1)) < remove_end;) {
      removes_.take(at);
      note(leaves_.ending[at]);
    }
    if (part.waiting.size() == old) return;
    std::sort(part.waiting.begin(), part.waiting.end(),
              [&](ItemIndex a, ItemIndex b) { return leaves_.begins[a] < leaves_.begins[b]; });
  }

  // Places the sights of a bottom, the last one first, up to one that has no gap yet.
  bool sights_have_gaps(ItemIndex item, const Part& part) {
    const auto ops = history_.ops_of(item);
    for (std::uint32_t& left = unplaced_[item]; left > 0; --left) {
      if (history_.kinds[ops[left - 1]] == Kind::see && !place(ops[left - 1], item, part)) {
        return false;
      }
    }
    return true;
  }

  bool place(OpIndex sight, ItemIndex item, const Part& part) {
    if (where_.empty()) where_.resize(history_.invoked.size());
    const Time invoked = history_.invoked[sight];
    const Time returned = history_.returned[sight];
    if (invoked < time_of(part.first)) {
      where_[sight] = kBeforeOthers;
      return true;
    }
    if (returned > time_of(part.last)) {
      where_[sight] = kAfterOthers;
      return true;
    }
    // Where it is not certainly there itself, somebody else is, since the part has no gap.
    const Time from = std::max(invoked, items_[item].there_from);
    const Time to = std::min(returned, items_[item].there_until);
    if (from >= to) return false;
    const Leaf first = leaves_.before[from];
    const std::size_t alone = there_.first_at_most(first, there_.count(first), 1);
    if (alone > leaves_.before[to - 1]) return false;
    where_[sight] = static_cast<Leaf>(alone);
    reasons_[item] = kSeenInside;
    in_gap_.put(sight, alone);
    return true;
  }

  // What is left after the leaf `before` and up to `last`, as parts.
  void split(Leaf before, Leaf last, std::vector<ItemIndex> waiting) {
    auto next = waiting.begin();
    for (Leaf leaf = next_[before]; leaf <= last;) {
      Part part{leaf, static_cast<Leaf>(there_.first_at_most(leaf, 0, 0)), {}};
      for (; next != waiting.end() && leaves_.begins[*next] < part.last; ++next) {
        part.waiting.push_back(*next);
      }
      leaf = next_[part.last];
      parts_.push_back(std::move(part));
    }
  }

  // Items that hold a part together from the first leaf to the last; and, for those that would be
  // bottoms, others that leave no gap for their sights. Of these alone, too, none is a bottom.
  std::vector<ItemIndex> unbreakable(const Part& part) {
    std::vector<ItemIndex> all;
    for (Leaf leaf = part.first; leaf <= part.last; leaf = next_[leaf]) {
      if (leaves_.is_begin(leaf)) all.push_back(leaves_.item[leaf]);
    }
    std::vector<ItemIndex> conflict = cover(history_, all, time_of(part.first), time_of(part.last));
    std::vector<bool> chosen(items_.size());
    for (ItemIndex item : conflict) chosen[item] = true;
    for (std::size_t i = 0; i < conflict.size(); ++i) {
      const ItemIndex item = conflict[i];
      if (reasons_[item] < 2) continue;
      const OpIndex sight = history_.ops_of(item)[unplaced_[item] - 1];
      for (ItemIndex other :
           cover(history_, all, history_.invoked[sight], history_.returned[sight], item)) {
        if (!chosen[other]) conflict.push_back(other);
        chosen[other] = true;
      }
    }
    return conflict;
  }

  // Each bottom is added before all else in its part and removed after it. An op is linearized in
  // the gap after the last invocation up to it, which tells where momentary items go in between.
  class Writer {
   public:
    explicit Writer(const Stack& stack) : stack_(stack) {
      ops_.reserve(stack.history_.invoked.size());
    }

    void write(OpIndex op) {
      if (op == kNoOp) return;
      gap_ = std::max(gap_, stack_.history_.invoked[op]);
      write_momentary(gap_);
      ops_.push_back(op);
    }

    void write_momentary(Time before) {
      const auto& momentary = stack_.leaves_.momentary;
      for (; done_ < momentary.size(); ++done_) {
        const Item& item = stack_.items_[momentary[done_]];
        if (item.there_until >= before) return;
        ops_.push_back(item.add);
        for (OpIndex op : stack_.history_.ops_of(momentary[done_])) {
          if (stack_.history_.kinds[op] == Kind::see) ops_.push_back(op);
        }
        ops_.push_back(item.remove);
      }
    }

    void write_sights(ItemIndex item, Leaf where) {
      if (stack_.where_.empty()) return;
      for (OpIndex op : stack_.history_.ops_of(item)) {
        if (stack_.history_.kinds[op] == Kind::see && stack_.where_[op] == where) write(op);
      }
    }

    std::vector<OpIndex> finish() {
      write_momentary(kForever);
      return std::move(ops_);
    }

   private:
    const Stack& stack_;
    std::vector<OpIndex> ops_;
    Time gap_ = 0;
    std::size_t done_ = 0;
  };

  std::vector<OpIndex> linearization() const {
    ByGap begin(leaves_.count() + 1, taken_.size());
    ByGap end(leaves_.count() + 1, taken_.size());
    for (std::uint32_t i = 0; i < taken_.size(); ++i) end.put(i, taken_[i].last);
    for (auto i = static_cast<std::uint32_t>(taken_.size()); i-- > 0;) {
      begin.put(i, taken_[i].first);
    }
    Writer writer(*this);
    for (Leaf leaf = 0; leaf <= leaves_.count(); ++leaf) {
      begin.for_each_in(leaf, [&](std::uint32_t i) {
        writer.write(items_[taken_[i].item].add);
        writer.write_sights(taken_[i].item, kBeforeOthers);
      });
      end.for_each_in(leaf, [&](std::uint32_t i) {
        writer.write_sights(taken_[i].item, kAfterOthers);
        // What is above an item that stays need not be removed by an op that crashed.
        if (time_of(leaf) != kForever) writer.write(items_[taken_[i].item].remove);
      });
      in_gap_.for_each_in(leaf, [&](OpIndex op) { writer.write(op); });
    }
    return writer.finish();
  }

  const ItemHistory& history_;
  const std::size_t max_conflicts_;
  const std::vector<Item>& items_;
  const StackLeaves leaves_;
  BalanceTree there_;
  LeastTree adds_;
  LeastTree removes_;
  ByGap in_gap_;                         // by leaf: what is seen between it and the next
  std::vector<Leaf> next_, previous_;    // of those not taken out
  std::vector<std::uint8_t> reasons_;    // by item: two make it a bottom; or kSeenInside
  std::vector<std::uint32_t> unplaced_;  // by item: its first ops whose sights have no gap yet
  std::vector<Leaf> where_;              // by sight
  std::vector<Part> parts_;
  std::vector<Taken> taken_;  // in that order
};

}  // namespace

Finding decide_stack(const ItemHistory& history, std::size_t max_conflicts) {
  return Stack(history, max_conflicts).decide();
}

}  // namespace faultline::unique

// Sets, in linear time.
//
// Every op is about one element, so a history is linearizable iff the part of each element is
// (Herlihy and Wing 1990: linearizability is local), and ops go into gaps, not into an order.
//
// An element that is added once, at A, and removed with effect at most once, at R, is there from A
// to R. Ops that saw it must be between: so A is before the return of the first of them, and R is
// after the invocation of the last. Ops that did not see it must be before A or after R: so the
// best A is the latest possible, and the best R the earliest. If these come in the wrong order,
// then all that must be between have a gap in common, to which A and R can be moved; every other
// op can then be before or after that gap.
//
// A remove that does not tell whether it had an effect had none if another had. Otherwise each of
// them is tried, and that none had: the element stays. One that crashed need not have happened.
#include <algorithm>
#include <array>

#include "checkers/unique/by_gap.hpp"
#include "checkers/unique/deciders.hpp"

namespace faultline::unique {
namespace {

constexpr std::size_t kMaxTries = 8;  // linear time, and rarely needed

class Element {
 public:
  Element(const ItemHistory& history, ItemIndex item)
      : history_(history), ops_(history.ops_of(item)), initial_(item < history.initial_items) {
    for (OpIndex op : ops_) {
      const Kind kind = history.kinds[op];
      if (kind == Kind::add) {
        add_ = op;
        ++adds_;
      } else if (kind == Kind::remove) {
        remove_ = op;
        ++removes_;
      } else if (kind == Kind::remove_if_there) {
        if (tries_ < kMaxTries) try_[tries_] = op;
        ++tries_;
      }
      seen_ = seen_ || kind == Kind::see || kind == Kind::remove;
    }
    // Nobody can tell whether it happened.
    if (add_ != kNoOp && !seen_ && history.returned[add_] == kForever) add_ = kNoOp;
  }

  bool can_be_decided() const {
    const bool must_try = removes_ == 0 && (initial_ || add_ != kNoOp);
    return adds_ + (initial_ ? 1 : 0) <= 1 && (!must_try || tries_ <= kMaxTries);
  }

  // Chooses A and R; false if it cannot be done.
  bool fits() {
    if (!initial_ && add_ == kNoOp) return !seen_;
    if (removes_ > 0) return removes_ == 1 && fits_removed_by(remove_);
    if (fits_removed_by(kNoOp)) return true;
    return std::any_of(try_.begin(), try_.begin() + static_cast<std::ptrdiff_t>(tries_),
                       [&](OpIndex op) { return fits_removed_by(op); });
  }

  // Puts all ops into gaps, those of one gap in reverse order.
  void place(ByGap& sorted) const {
    const bool there = initial_ || add_ != kNoOp;
    const auto in_reverse = [&](auto gap_of) {
      for (auto op = ops_.rbegin(); op != ops_.rend(); ++op) {
        const Time gap = gap_of(*op);
        if (gap != kForever) sorted.put(*op, gap);
      }
    };
    in_reverse([&](OpIndex op) {
      return there && finds_absent(op) && !is_before(op)
                 ? std::max(history_.invoked[op], removed_in_)
                 : kForever;
    });
    if (there && remove_ != kNoOp) sorted.put(remove_, removed_in_);
    in_reverse([&](OpIndex op) {
      return history_.kinds[op] == Kind::see ? std::max(history_.invoked[op], added_in_) : kForever;
    });
    if (add_ != kNoOp) sorted.put(add_, added_in_);
    in_reverse([&](OpIndex op) {
      return finds_absent(op) && (!there || is_before(op)) ? history_.invoked[op] : kForever;
    });
  }

 private:
  bool finds_absent(OpIndex op) const {
    if (history_.kinds[op] == Kind::see_absent) return true;
    return history_.kinds[op] == Kind::remove_if_there && op != remove_ &&
           history_.returned[op] != kForever;
  }
  bool is_before(OpIndex op) const { return !initial_ && history_.invoked[op] <= added_in_; }

  bool fits_removed_by(OpIndex remove) {
    remove_ = remove;
    const bool stays = remove == kNoOp;
    const Time added_after = add_ == kNoOp ? 0 : history_.invoked[add_];
    Time there_from = add_ == kNoOp ? 1 : history_.returned[add_];
    Time there_until = stays ? kForever : std::max(history_.invoked[remove], added_after);
    if (!stays) there_from = std::min(there_from, history_.returned[remove]);
    for (OpIndex op : ops_) {
      if (history_.kinds[op] != Kind::see) continue;
      there_from = std::min(there_from, history_.returned[op]);
      there_until = std::max(there_until, history_.invoked[op]);
    }
    if (!initial_ && added_after >= there_from) return false;
    if (!stays && there_until >= history_.returned[remove]) return false;
    removed_in_ = there_until;
    added_in_ = std::min(there_from - 1, there_until);
    return std::all_of(ops_.begin(), ops_.end(), [&](OpIndex op) {
      return !finds_absent(op) || is_before(op) || (!stays && history_.returned[op] > removed_in_);
    });
  }

  const ItemHistory& history_;
  const std::span<const OpIndex> ops_;
  const bool initial_;
  OpIndex add_ = kNoOp;
  OpIndex remove_ = kNoOp;
  std::size_t adds_ = 0;
  std::size_t removes_ = 0;
  std::size_t tries_ = 0;
  std::array<OpIndex, kMaxTries> try_ = {};
  bool seen_ = false;
  Time added_in_ = 0;  // gaps
  Time removed_in_ = kForever;
};

}  // namespace

std::optional<Finding> decide_set(const ItemHistory& history) {
  // An op on the set as a whole.
  if (!history.empties.empty() || !history.takers.empty()) return std::nullopt;
  ByGap sorted(history.times, history.object->ops.size());
  std::optional<ItemIndex> misfit;
  for (ItemIndex i = 0; i < history.values.size(); ++i) {
    Element element(history, i);
    if (!element.can_be_decided()) return std::nullopt;
    if (misfit) continue;
    if (element.fits()) {
      element.place(sorted);
    } else {
      misfit = i;
    }
  }
  if (misfit) return Finding{.conflicts = {{{*misfit}}}};
  return Finding{.valid = true, .order = sorted.sorted()};
}

}  // namespace faultline::unique

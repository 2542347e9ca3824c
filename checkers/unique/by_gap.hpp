// ByGap: ops sorted by the gap in which they are linearized. Ops of one gap come out in the
// opposite order of that in which they were put there. One thread.
#pragma once

#include <vector>

#include "checkers/unique/item_history.hpp"

namespace faultline::unique {

class ByGap {
 public:
  ByGap(std::size_t gaps, std::size_t ops) : last_(gaps, kNoOp), before_(ops, kNoOp) {}

  void put(OpIndex op, std::size_t gap) {
    before_[op] = last_[gap];
    last_[gap] = op;
  }

  template <class Visit>
  void for_each_in(std::size_t gap, Visit visit) const {
    for (OpIndex op = last_[gap]; op != kNoOp; op = before_[op]) visit(op);
  }

  std::vector<OpIndex> sorted() const {
    std::vector<OpIndex> ops;
    ops.reserve(before_.size());
    for (std::size_t gap = 0; gap < last_.size(); ++gap) {
      for_each_in(gap, [&](OpIndex op) { ops.push_back(op); });
    }
    return ops;
  }

 private:
  std::vector<OpIndex> last_;
  std::vector<OpIndex> before_;
};

}  // namespace faultline::unique

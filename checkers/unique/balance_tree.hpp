// BalanceTree: a sequence of +1, -1 and 0 (how a count changes), that tells where the count first
// is as low as a bound. A complete binary tree of sums and least prefix sums. One thread.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace faultline::unique {

class BalanceTree {
 public:
  explicit BalanceTree(const std::vector<std::int32_t>& changes)
      : size_(std::bit_ceil(std::max<std::size_t>(1, changes.size()))), nodes_(2 * size_) {
    for (std::size_t i = 0; i < changes.size(); ++i) nodes_[size_ + i] = {changes[i], changes[i]};
    for (std::size_t i = size_; i-- > 1;) nodes_[i] = join(nodes_[2 * i], nodes_[2 * i + 1]);
  }

  void set_to_zero(std::size_t at) {
    std::size_t node = size_ + at;
    nodes_[node] = {0, 0};
    while ((node /= 2) > 0) nodes_[node] = join(nodes_[2 * node], nodes_[2 * node + 1]);
  }

  // The count after the first `length` changes.
  std::int32_t count(std::size_t length) const {
    std::int32_t sum = 0;
    if (length == size_) return nodes_[1].sum;
    for (std::size_t node = size_ + length; node > 1; node /= 2) {
      if (node % 2 == 1) sum += nodes_[node - 1].sum;
    }
    return sum;
  }

  // The first place at or after `from` where the count after the change is at most `bound`, given
  // the count before `from`; the number of places, or more, if there is none.
  std::size_t first_at_most(std::size_t from, std::int32_t before, std::int32_t bound) const {
    std::size_t node = size_ + from;
    // Up, until the subtree to the right of what was passed has such a place.
    while (before + nodes_[node].low > bound) {
      before += nodes_[node].sum;
      while (node % 2 == 1) node /= 2;
      if (node == 0) return size_;
      ++node;
    }
    while (node < size_) {
      node *= 2;
      if (before + nodes_[node].low > bound) before += nodes_[node++].sum;
    }
    return node - size_;
  }

 private:
  struct Node {
    std::int32_t sum = 0;
    std::int32_t low = 0;  // of the sums of its first one, first two, ... places
  };

  static Node join(const Node& left, const Node& right) {
    return {left.sum + right.sum, std::min(left.low, left.sum + right.low)};
  }

  const std::size_t size_;
  std::vector<Node> nodes_;
};

}  // namespace faultline::unique

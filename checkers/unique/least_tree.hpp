// LeastTree: numbers in a row, of which the small ones are taken out, from the left. A complete
// binary tree of minima. One thread.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace faultline::unique {

class LeastTree {
 public:
  static constexpr std::uint32_t kTaken = UINT32_MAX;  // no number is this large

  explicit LeastTree(const std::vector<std::uint32_t>& numbers)
      : size_(std::bit_ceil(std::max<std::size_t>(1, numbers.size()))), nodes_(2 * size_, kTaken) {
    std::copy(numbers.begin(), numbers.end(), nodes_.begin() + static_cast<std::ptrdiff_t>(size_));
    for (std::size_t i = size_; i-- > 1;) nodes_[i] = std::min(nodes_[2 * i], nodes_[2 * i + 1]);
  }

  // The first place at or after `from` with a number below `bound`; the number of places, or more,
  // if there is none.
  std::size_t first_below(std::size_t from, std::uint32_t bound) const {
    std::size_t node = size_ + from;
    while (nodes_[node] >= bound) {
      while (node % 2 == 1) node /= 2;
      if (node == 0) return size_;
      ++node;
    }
    while (node < size_) {
      node *= 2;
      if (nodes_[node] >= bound) ++node;
    }
    return node - size_;
  }

  void take(std::size_t at) {
    std::size_t node = size_ + at;
    nodes_[node] = kTaken;
    while ((node /= 2) > 0) nodes_[node] = std::min(nodes_[2 * node], nodes_[2 * node + 1]);
  }

 private:
  const std::size_t size_;
  std::vector<std::uint32_t> nodes_;
};

}  // namespace faultline::unique

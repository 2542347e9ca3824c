// GapSet: a set of small numbers that only shrinks, by whole ranges, and knows the next member to
// either side of a number. A tree of bit words, 64 children a node. One thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace faultline::unique {

class GapSet {
 public:
  static constexpr std::size_t kNone = SIZE_MAX;

  explicit GapSet(std::size_t size) {  // holds all numbers below `size`
    for (std::size_t bits = size;; bits = levels_.back().size()) {
      levels_.emplace_back((bits + 63) / 64, ~std::uint64_t{0});
      if (bits % 64 != 0) levels_.back().back() = ~std::uint64_t{0} >> (64 - bits % 64);
      if (levels_.back().size() <= 1) break;
    }
  }

  // The least member that is `from` or more.
  std::size_t next(std::size_t from) const {
    for (std::size_t level = 0; level < levels_.size(); ++level, from = from / 64 + 1) {
      if (from / 64 >= levels_[level].size()) return kNone;
      const std::uint64_t word = levels_[level][from / 64] >> (from % 64);
      if (word == 0) continue;
      from += static_cast<std::size_t>(std::countr_zero(word));
      for (; level > 0; --level) {
        from = 64 * from + static_cast<std::size_t>(std::countr_zero(levels_[level - 1][from]));
      }
      return from;
    }
    return kNone;
  }

  // The greatest member that is `from` or less; `from` is below the size.
  std::size_t previous(std::size_t from) const {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      const std::uint64_t word = levels_[level][from / 64] << (63 - from % 64);
      if (word != 0) {
        from -= static_cast<std::size_t>(std::countl_zero(word));
        for (; level > 0; --level) {
          from =
              64 * from + 63 - static_cast<std::size_t>(std::countl_zero(levels_[level - 1][from]));
        }
        return from;
      }
      if (from / 64 == 0) return kNone;
      from = from / 64 - 1;
    }
    return kNone;
  }

  void erase(std::size_t from, std::size_t to) {  // those in [from, to)
    for (std::size_t at = next(from); at < to; at = next(at)) {
      const std::size_t word = at / 64;
      std::uint64_t mask = ~std::uint64_t{0} << (at % 64);
      if (to < 64 * (word + 1)) mask &= ~(~std::uint64_t{0} << (to % 64));
      std::uint64_t left = levels_[0][word] &= ~mask;
      std::size_t child = word;
      for (std::size_t level = 1; level < levels_.size() && left == 0; ++level, child /= 64) {
        left = levels_[level][child / 64] &= ~(std::uint64_t{1} << (child % 64));
      }
    }
  }

 private:
  std::vector<std::vector<std::uint64_t>> levels_;
};

}  // namespace faultline::unique

// The trees and sets of the deciders against the plainest that does the same.
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "checkers/unique/balance_tree.hpp"
#include "checkers/unique/gap_set.hpp"
#include "checkers/unique/least_tree.hpp"
#include "harness/core/rng.hpp"

namespace faultline::unique {
namespace {

TEST(GapSet, KnowsItsNeighbours) {
  Rng rng(1);
  for (const std::size_t size : {1, 63, 64, 65, 200, 4096, 5000, 300'000}) {
    GapSet gaps(size);
    std::set<std::size_t> plain;
    for (std::size_t i = 0; i < size; ++i) plain.insert(i);
    for (int round = 0; round < 300; ++round) {
      const std::size_t at = rng.below(size);
      const auto next = plain.lower_bound(at);
      ASSERT_EQ(gaps.next(at), next == plain.end() ? GapSet::kNone : *next) << size << " " << at;
      const auto after = plain.upper_bound(at);
      ASSERT_EQ(gaps.previous(at), after == plain.begin() ? GapSet::kNone : *std::prev(after))
          << size << " " << at;
      const std::size_t to = std::min<std::size_t>(size, at + rng.below(size / 50 + 3));
      gaps.erase(at, to);
      plain.erase(plain.lower_bound(at), plain.lower_bound(to));
    }
    EXPECT_EQ(gaps.next(size), GapSet::kNone);
  }
}

TEST(BalanceTree, FindsTheFirstLowCount) {
  Rng rng(2);
  for (const std::size_t size : {1, 2, 7, 8, 9, 100}) {
    std::vector<std::int32_t> changes(size);
    for (std::int32_t& change : changes) change = static_cast<std::int32_t>(rng.below(3)) - 1;
    BalanceTree tree(changes);
    for (int round = 0; round < 100; ++round) {
      const std::size_t from = rng.below(size);
      const auto begin = changes.begin();
      const auto middle = begin + static_cast<std::ptrdiff_t>(from);
      std::int32_t count = std::accumulate(begin, middle, 0);
      ASSERT_EQ(tree.count(from), count);
      const auto bound = static_cast<std::int32_t>(rng.below(7)) - 3;
      std::size_t at = from;
      for (; at < size; ++at) {
        count += changes[at];
        if (count <= bound) break;
      }
      // Places past the end change nothing, so that the last count may be found there again.
      const std::size_t found = tree.first_at_most(from, tree.count(from), bound);
      ASSERT_EQ(std::min(found, size), at);
      const std::size_t gone = rng.below(size);
      changes[gone] = 0;
      tree.set_to_zero(gone);
    }
  }
}

TEST(LeastTree, FindsTheFirstBelowABound) {
  Rng rng(3);
  for (const std::size_t size : {1, 2, 7, 8, 9, 100}) {
    std::vector<std::uint32_t> numbers(size);
    for (std::uint32_t& number : numbers) number = static_cast<std::uint32_t>(rng.below(50));
    LeastTree tree(numbers);
    for (int round = 0; round < 200; ++round) {
      const std::size_t from = rng.below(size);
      const auto bound = static_cast<std::uint32_t>(rng.below(50));
      std::size_t at = from;
      while (at < size && numbers[at] >= bound) ++at;
      const std::size_t found = tree.first_below(from, bound);
      ASSERT_EQ(std::min(found, size), at);
      if (found >= size) continue;
      numbers[found] = LeastTree::kTaken;
      tree.take(found);
    }
  }
}

}  // namespace
}  // namespace faultline::unique

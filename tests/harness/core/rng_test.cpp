// The same numbers on every machine, and as fair as they must be. The golden numbers were computed
// by an independent program (xoshiro256** and splitmix64 as published, in another language).
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "harness/core/rng.hpp"

namespace faultline {
namespace {

TEST(Rng, GoldenNumbers) {
  Rng rng(42);
  for (const std::uint64_t expected : {0x15780b2e0c2ec716ULL, 0x6104d9866d113a7eULL,
                                       0xae17533239e499a1ULL, 0xecb8ad4703b360a1ULL}) {
    EXPECT_EQ(rng.next(), expected);
  }
  Rng zero(0);
  for (const std::uint64_t expected : {0x99ec5f36cb75f2b4ULL, 0xbf6e1f784956452aULL}) {
    EXPECT_EQ(zero.next(), expected);
  }
  EXPECT_EQ(Rng(42).split("network").next(), 0x182d6606705f5539ULL);
  EXPECT_EQ(Rng(42).split(std::uint64_t{7}).next(), 0x1368549b5bd3b048ULL);
  Rng draws(42);
  for (const std::uint64_t expected :
       {83ULL, 378ULL, 680ULL, 924ULL, 991ULL, 769ULL, 719ULL, 850ULL}) {
    EXPECT_EQ(draws.below(1000), expected);
  }
}

TEST(Rng, IsTheSameForTheSameSeed) {
  Rng a(7);
  Rng b(7);
  Rng c(8);
  int same = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto x = a.next();
    EXPECT_EQ(x, b.next());
    same += x == c.next() ? 1 : 0;
  }
  EXPECT_EQ(same, 0);
}

TEST(Rng, SplittingDependsOnNothingDrawn) {
  const Rng fresh(7);
  Rng used(7);
  for (int i = 0; i < 10; ++i) used.next();
  EXPECT_EQ(fresh.split("network").next(), used.split("network").next());
  EXPECT_EQ(fresh.split(3).next(), used.split(3).next());
}

TEST(Rng, SplitStreamsDiffer) {
  const Rng root(7);
  std::set<std::uint64_t> first;
  for (std::uint64_t i = 0; i < 1000; ++i) first.insert(root.split(i).next());
  for (const char* name : {"", "a", "b", "ab", "ba", "ops", "network"}) {
    first.insert(root.split(name).next());
    first.insert(root.split(name).split("child").next());
  }
  first.insert(Rng(7).next());
  first.insert(Rng(8).split(std::uint64_t{0}).next());
  EXPECT_EQ(first.size(), 1000U + 14 + 2);
}

TEST(Rng, BelowIsInBoundsAndFair) {
  Rng rng(1);
  for (const std::uint64_t bound : {1ULL, 2ULL, 3ULL, 10ULL, 1000ULL}) {
    std::map<std::uint64_t, int> count;
    const int draws = 20'000;
    for (int i = 0; i < draws; ++i) ++count[rng.below(bound)];
    EXPECT_LT(count.rbegin()->first, bound);
    if (bound > 10) continue;
    const double expected = static_cast<double>(draws) / static_cast<double>(bound);
    for (const auto& [value, n] : count) EXPECT_NEAR(n, expected, 0.1 * expected) << value;
    EXPECT_EQ(count.size(), bound);
  }
  // Just above half of the range, where taking the remainder would be off by half.
  const std::uint64_t bound = (1ULL << 63) + (1ULL << 62);
  int low = 0;
  for (int i = 0; i < 20'000; ++i) low += rng.below(bound) < bound / 2 ? 1 : 0;
  EXPECT_NEAR(low, 10'000, 400);
}

TEST(Rng, BetweenReachesBothEnds) {
  Rng rng(1);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(rng.between(-2, 2));
  EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
  EXPECT_EQ(rng.between(5, 5), 5);
  const auto lowest = std::numeric_limits<std::int64_t>::min();
  const auto highest = std::numeric_limits<std::int64_t>::max();
  std::set<bool> signs;
  for (int i = 0; i < 100; ++i) signs.insert(rng.between(lowest, highest) < 0);
  EXPECT_EQ(signs.size(), 2U);
}

TEST(Rng, ChanceAroundAndWeights) {
  Rng rng(1);
  int hits = 0;
  Duration total = 0;
  std::array<int, 3> count{};
  const std::array<std::uint32_t, 3> weights{1, 0, 3};
  for (int i = 0; i < 10'000; ++i) {
    hits += rng.chance(1, 4) ? 1 : 0;
    const Duration d = rng.around(100);
    EXPECT_TRUE(d >= 0 && d <= 200);
    total += d;
    ++count[rng.weighted(weights)];
  }
  EXPECT_NEAR(hits, 2500, 250);
  EXPECT_NEAR(static_cast<double>(total) / 10'000, 100, 3);
  EXPECT_NEAR(count[0], 2500, 250);
  EXPECT_EQ(count[1], 0);
  EXPECT_FALSE(rng.chance(0, 4));
  EXPECT_TRUE(rng.chance(4, 4));
  EXPECT_EQ(rng.around(0), 0);
}

TEST(Rng, ShuffleKeepsEverythingAndPrefersNoOrder) {
  Rng rng(1);
  std::map<std::vector<int>, int> count;
  for (int i = 0; i < 6000; ++i) {
    std::vector<int> items{1, 2, 3};
    rng.shuffle(items);
    ++count[items];
  }
  EXPECT_EQ(count.size(), 6U);
  for (const auto& [order, n] : count) EXPECT_NEAR(n, 1000, 150);
  std::vector<int> none;
  rng.shuffle(none);
}

}  // namespace
}  // namespace faultline

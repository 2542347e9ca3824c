#include "targets/dynamo/version.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/rng.hpp"

namespace faultline::dynamo {
namespace {

Version stamped(std::uint64_t time, NodeId node, std::uint64_t number, std::int64_t value) {
  Version version;
  version.stamp = {time, node, number};
  version.value = value;
  return version;
}

Version with_vector(VersionVector vector, std::int64_t value) {
  Version version;
  version.vector = std::move(vector);
  version.value = value;
  return version;
}

TEST(Versions, OfStampsTheGreaterIsNewerAndTimeCountsFirst) {
  EXPECT_TRUE(overwrites(stamped(2, 0, 1, 0), stamped(1, 4, 9, 0)));
  EXPECT_TRUE(overwrites(stamped(2, 1, 1, 0), stamped(2, 0, 9, 0)));
  EXPECT_TRUE(overwrites(stamped(2, 1, 2, 0), stamped(2, 1, 1, 0)));
  EXPECT_FALSE(overwrites(stamped(2, 1, 2, 0), stamped(2, 1, 2, 0)));
}

TEST(Versions, OfVectorsOneIsNewerIfItHasSeenTheOther) {
  const Version old = with_vector({{1, 1}}, 10);
  const Version newer = with_vector({{1, 1}, {2, 1}}, 20);
  const Version other = with_vector({{3, 1}}, 30);
  EXPECT_TRUE(overwrites(newer, old));
  EXPECT_FALSE(overwrites(old, newer));
  EXPECT_FALSE(overwrites(newer, other) || overwrites(other, newer));
  EXPECT_EQ(merged({old}, {newer}), Siblings{newer});
  EXPECT_EQ(merged({newer}, {other}).size(), 2U);
  EXPECT_EQ(merged(merged({newer}, {other}), {with_vector({{1, 1}, {2, 1}, {3, 1}, {4, 1}}, 40)})
                .front()
                .value,
            40);
}

TEST(Versions, AJoinHasSeenBoth) {
  VersionVector all{{1, 3}, {2, 1}};
  join(all, {{1, 2}, {4, 5}});
  EXPECT_EQ(all, (VersionVector{{1, 3}, {2, 1}, {4, 5}}));
  EXPECT_TRUE(includes(all, {{1, 3}}) && includes(all, {}) && !includes(all, {{2, 2}}));
}

// What converging rests on: merging is commutative, associative and idempotent.
class Merging : public testing::TestWithParam<bool> {};

Siblings random_siblings(bool vectors, Rng& rng) {
  Siblings siblings;
  for (std::uint64_t i = 0, count = rng.below(3); i < count; ++i) {
    const auto a = rng.below(3);
    const auto b = rng.below(3);
    const auto c = rng.below(2);
    // A version has one value: what is equal otherwise has an equal value, too.
    const auto value = static_cast<std::int64_t>(a * 100 + b * 10 + c);
    siblings = merged(siblings, {vectors ? with_vector({{0, a}, {1, b}, {2, c + 1}}, value)
                                         : stamped(a, static_cast<NodeId>(b), c, value)});
  }
  return siblings;
}

TEST_P(Merging, OrderAndRepetitionDoNotMatter) {
  Rng rng(7);
  for (int i = 0; i < 3000; ++i) {
    const Siblings a = random_siblings(GetParam(), rng);
    const Siblings b = random_siblings(GetParam(), rng);
    const Siblings c = random_siblings(GetParam(), rng);
    ASSERT_EQ(merged(a, b), merged(b, a)) << to_string(a) << " and " << to_string(b);
    ASSERT_EQ(merged(merged(a, b), c), merged(a, merged(b, c)));
    ASSERT_EQ(merged(a, a), a);
    ASSERT_EQ(digest(merged(a, b)), digest(merged(b, a)));
    if (a != b) {
      ASSERT_NE(digest(a), digest(b));
    }
    for (const Version& x : merged(a, b)) {
      for (const Version& y : merged(a, b)) ASSERT_FALSE(overwrites(x, y));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Both, Merging, testing::Bool());

}  // namespace
}  // namespace faultline::dynamo

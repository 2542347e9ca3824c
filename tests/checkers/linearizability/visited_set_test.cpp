#include "checkers/linearizability/visited_set.hpp"

#include <gtest/gtest.h>

namespace faultline {
namespace {

std::uint32_t usage_of(CrashUsage& usages, std::initializer_list<std::uint32_t> classes) {
  std::uint32_t usage = 0;
  for (std::uint32_t crash_class : classes) usage = usages.use(usage, crash_class);
  return usage;
}

TEST(CrashUsage, TheOrderOfUseDoesNotMatter) {
  CrashUsage usages;
  const std::uint32_t usage = usage_of(usages, {3, 1, 3});
  EXPECT_EQ(usage, usage_of(usages, {3, 3, 1}));
  EXPECT_NE(usage, usage_of(usages, {3, 1, 1}));
  EXPECT_EQ(usages.count(usage, 3), 2U);
  EXPECT_EQ(usages.count(usage, 2), 0U);
  EXPECT_EQ(usages.total(usage), 3U);
}

TEST(CrashUsage, WithinComparesEveryClass) {
  CrashUsage usages;
  const std::uint32_t none = 0;
  const std::uint32_t a = usage_of(usages, {1});
  const std::uint32_t aa = usage_of(usages, {1, 1});
  const std::uint32_t abc = usage_of(usages, {1, 2, 3});
  const std::uint32_t aabc = usage_of(usages, {1, 1, 2, 3});
  EXPECT_TRUE(usages.within(none, a));
  EXPECT_FALSE(usages.within(a, none));
  EXPECT_TRUE(usages.within(a, a));
  EXPECT_TRUE(usages.within(a, aa));
  EXPECT_FALSE(usages.within(aa, a));
  EXPECT_FALSE(usages.within(aa, abc));  // more in all, but fewer of class 1
  EXPECT_TRUE(usages.within(aa, aabc));
  EXPECT_TRUE(usages.within(abc, aabc));
  EXPECT_FALSE(usages.within(usage_of(usages, {4}), aabc));
}

Configuration configuration(std::uint32_t usage, std::uint64_t linearized = 0) {
  Configuration made;
  made.usage = usage;
  made.linearized = linearized;
  return made;
}

TEST(VisitedSet, OnlyWhatUsedNoMoreDominates) {
  CrashUsage usages;
  const std::uint32_t a = usage_of(usages, {1});
  const std::uint32_t b = usage_of(usages, {2});
  const std::uint32_t ab = usage_of(usages, {1, 2});
  VisitedSet visited(1, true, usages);
  EXPECT_TRUE(visited.insert(0, configuration(ab)));
  EXPECT_TRUE(visited.insert(0, configuration(a)));  // less than ab: a better one
  EXPECT_TRUE(visited.insert(0, configuration(b)));  // neither less nor more than a
  EXPECT_FALSE(visited.insert(0, configuration(ab)));
  EXPECT_FALSE(visited.insert(0, configuration(a)));
  EXPECT_FALSE(visited.insert(0, configuration(usage_of(usages, {1, 1}))));
  EXPECT_TRUE(visited.insert(0, configuration(a, 1)));
  EXPECT_TRUE(visited.insert(1, configuration(a)));
}

TEST(VisitedSet, WithoutDominanceOnlyTheSameIsVisited) {
  CrashUsage usages;
  const std::uint32_t a = usage_of(usages, {1});
  VisitedSet visited(1, false, usages);
  EXPECT_TRUE(visited.insert(0, configuration(0)));
  EXPECT_TRUE(visited.insert(0, configuration(a)));
  EXPECT_FALSE(visited.insert(0, configuration(a)));
}

TEST(VisitedSet, HoldsManyAndForgetsThemAll) {
  CrashUsage usages;
  VisitedSet visited(1, true, usages);
  for (std::uint64_t count : {10'000, 7, 10'000}) {  // a large table, hardly used, and full again
    for (std::uint64_t i = 0; i < count; ++i) {
      ASSERT_TRUE(visited.insert(0, configuration(0, i * i)));
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      ASSERT_FALSE(visited.insert(0, configuration(0, i * i)));
    }
    EXPECT_EQ(visited.size(), count);
    visited.clear();
    EXPECT_EQ(visited.size(), 0U);
  }
}

}  // namespace
}  // namespace faultline

#include "harness/environments/sim/disk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace faultline::sim {
namespace {

using testing::ElementsAre;

void write(Disk& disk, int from, int to) {
  for (int i = from; i < to; ++i) disk.write(std::to_string(i));
}

TEST(Disk, IsDirtyUntilItIsSynced) {
  Disk disk(Rng(1));
  EXPECT_FALSE(disk.is_dirty());
  disk.write("a");
  EXPECT_TRUE(disk.is_dirty());
  disk.sync();
  EXPECT_FALSE(disk.is_dirty());
  EXPECT_THAT(disk.records(), ElementsAre("a"));
}

TEST(Disk, WhatIsSyncedSurvivesACrashAndOfTheRestAPrefixAtMost) {
  std::set<std::size_t> survived;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Disk disk{Rng(seed)};
    write(disk, 0, 5);
    disk.sync();
    write(disk, 5, 9);
    disk.crash();
    const auto records = disk.records();
    ASSERT_GE(records.size(), 5U) << "seed " << seed;
    ASSERT_LE(records.size(), 9U) << "seed " << seed;
    for (std::size_t i = 0; i < records.size(); ++i) {
      ASSERT_EQ(records[i], std::to_string(i)) << "seed " << seed;
    }
    survived.insert(records.size());
  }
  EXPECT_THAT(survived, ElementsAre(5, 6, 7, 8, 9));
}

TEST(Disk, WhatSurvivedACrashSurvivesTheNext) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Disk disk{Rng(seed)};
    write(disk, 0, 6);
    disk.crash();
    const std::size_t count = disk.records().size();
    EXPECT_FALSE(disk.is_dirty());
    disk.crash();
    EXPECT_EQ(disk.records().size(), count) << "seed " << seed;
  }
}

TEST(Disk, ASyncTakesTimeAndSometimesALongTime) {
  Disk disk(Rng(4));
  int slow = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Duration latency = disk.sync_latency();
    ASSERT_GE(latency, 100 * kMicrosecond);
    ASSERT_LE(latency, 20 * kMillisecond);
    if (latency > kMillisecond) ++slow;
  }
  EXPECT_NEAR(slow, 50, 25);  // one in 200
}

}  // namespace
}  // namespace faultline::sim

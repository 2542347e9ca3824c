#include "targets/dynamo/replica.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/targets/disk.hpp"

namespace faultline::dynamo {
namespace {

Siblings version(std::uint64_t time, std::int64_t value) {
  Version version;
  version.stamp = {time, 0, 1};
  version.value = value;
  return {version};
}

TEST(Replica, RemembersItsLivesItemsAndHints) {
  Disk disk;
  Effects out;
  Replica replica;
  replica.begin_life(out);
  replica.merge(1, version(5, 50), out);
  replica.merge(1, version(4, 40), out);  // older
  replica.keep_hint(3, 2, version(1, 10), out);
  replica.keep_hint(4, 2, version(2, 20), out);
  replica.drop_hint(4, 2, digest(version(2, 20)), out);
  disk.carry_out(out);

  Replica again;
  ASSERT_TRUE(again.replay(disk.records()).has_value());
  again.begin_life(out);
  EXPECT_EQ(again.life(), 2U);
  EXPECT_EQ(again.items(), replica.items());
  EXPECT_EQ(again.item(1), version(5, 50));
  EXPECT_EQ(again.hints(), replica.hints());
  EXPECT_EQ(again.hints().size(), 1U);
  EXPECT_EQ(again.held(2), version(1, 10)) << "a hint is seen by those who ask this node";
  EXPECT_TRUE(again.item(2).empty());
}

TEST(Replica, AHintThatHasChangedSinceStays) {
  Effects out;
  Replica replica;
  replica.keep_hint(3, 2, version(1, 10), out);
  replica.keep_hint(3, 2, version(2, 20), out);
  replica.drop_hint(3, 2, digest(version(1, 10)), out);
  EXPECT_EQ(replica.hints().size(), 1U);
  replica.drop_hint(3, 2, digest(version(2, 20)), out);
  EXPECT_TRUE(replica.hints().empty());
}

TEST(Replica, ALogThatHasGrownLongIsRewrittenAndSaysTheSame) {
  Disk disk;
  Effects out;
  Replica replica;
  replica.begin_life(out);
  replica.keep_hint(3, 2, version(1, 10), out);
  for (std::uint64_t time = 1; time <= 1000; ++time) {
    replica.merge(1, version(time, static_cast<std::int64_t>(time)), out);
    replica.sync(out);
    disk.carry_out(out);
  }
  EXPECT_GT(disk.rewrites, 2U);
  EXPECT_LT(disk.records().size(), 300U);
  Replica again;
  ASSERT_TRUE(again.replay(disk.records()).has_value());
  EXPECT_EQ(again.items(), replica.items());
  EXPECT_EQ(again.hints(), replica.hints());
  EXPECT_EQ(again.life(), replica.life());
}

TEST(Replica, ADamagedRecordIsAnError) {
  Disk disk;
  Effects out;
  Replica replica;
  replica.begin_life(out);
  replica.merge(1, version(5, 50), out);
  replica.keep_hint(3, 2, version(1, 10), out);
  disk.carry_out(out);
  for (std::size_t i = 0; i < disk.records().size(); ++i) {
    std::vector<Bytes> damaged = disk.records();
    damaged[i].pop_back();
    EXPECT_TRUE(Replica().replay(damaged).has_error()) << "record " << i;
  }
  const std::vector<Bytes> nonsense{Bytes("\x07")};
  EXPECT_TRUE(Replica().replay(nonsense).has_error());
}

}  // namespace
}  // namespace faultline::dynamo

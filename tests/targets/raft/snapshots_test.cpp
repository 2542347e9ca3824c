#include <gtest/gtest.h>

#include "tests/targets/raft/cluster.hpp"

namespace faultline::raft {
namespace {

using Kind = kv::Response::Kind;

Config small(bool Bugs::*bug = nullptr) {
  Config config;
  config.snapshot_every = 10;
  if (bug != nullptr) config.bugs.*bug = true;
  return config;
}

void write_many(Cluster& cluster, NodeId leader, int count) {
  for (int i = 1; i <= count; ++i) {
    cluster.request(leader, write_of(1, static_cast<std::uint64_t>(i), i, std::int64_t{i} * i));
    cluster.deliver_all();
  }
}

TEST(Snapshots, EveryNodeCompactsItsLogAndARestartBeginsWithIt) {
  Cluster cluster(3, small());
  ASSERT_TRUE(cluster.elect(0));
  write_many(cluster, 0, 25);
  cluster.run_for(100 * kMillisecond);
  for (NodeId node = 0; node < 3; ++node) {
    EXPECT_GE(cluster.node(node).log().snapshot().index, 20U);
    const kv::Store before = cluster.node(node).store();
    cluster.restart(node);
    EXPECT_GE(cluster.node(node).applied_index(), 20U);
    EXPECT_EQ(cluster.node(node).store().read(10), 100);
    EXPECT_EQ(before.read(25), 625);
  }
  cluster.run_for(2 * kSecond);
  EXPECT_EQ(cluster.node(*cluster.leader()).store().read(25), 625);
}

TEST(Snapshots, AFollowerThatWasAwayIsSentOne) {
  Cluster cluster(3, small());
  ASSERT_TRUE(cluster.elect(0));
  cluster.isolate(2);
  write_many(cluster, 0, 35);
  EXPECT_LE(cluster.node(2).applied_index(), 1U);
  cluster.heal();
  cluster.run_for(200 * kMillisecond);
  EXPECT_EQ(cluster.node(2).store(), cluster.node(0).store());
  EXPECT_EQ(cluster.node(2).log().last_index(), cluster.node(0).log().last_index());
}

// A snapshot of what is committed here already, as a late copy brings it.
Index last_after_late_snapshot(const Config& config) {
  Cluster cluster(3, config);
  EXPECT_TRUE(cluster.elect(0));
  write_many(cluster, 0, 12);
  const Snapshot old = cluster.node(0).log().snapshot();
  write_many(cluster, 0, 5);
  cluster.receive(0, 1, InstallRequest{cluster.node(0).log().term(), 0, 0, old});
  return cluster.node(1).log().last_index();
}

TEST(Snapshots, ALateOneTakesNothing) {
  EXPECT_EQ(last_after_late_snapshot(small()), 18U);
}

TEST(Snapshots, BugSnapshotOverNewerDropsWhatFollows) {
  EXPECT_LT(last_after_late_snapshot(small(&Bugs::snapshot_over_newer)), 18U);
}

// A cas is carried out; then the log is compacted, and everybody restarts; it is asked for again.
Kind answer_to_retry(const Config& config) {
  Cluster cluster(3, config);
  EXPECT_TRUE(cluster.elect(0));
  cluster.request(0, write_of(7, 1, 99, 1));
  cluster.request(0, cas_of(8, 1, 99, 1, 2));
  cluster.deliver_all();
  write_many(cluster, 0, 20);
  for (NodeId node = 0; node < 3; ++node) cluster.restart(node);
  EXPECT_TRUE(cluster.elect(1));
  const RequestId again = cluster.request(1, cas_of(8, 1, 99, 1, 2));
  cluster.deliver_all();
  return cluster.answer(again)->kind;
}

TEST(Snapshots, HoldTheSessions) {
  EXPECT_EQ(answer_to_retry(small()), Kind::ok);
}

TEST(Snapshots, BugSnapshotDropsSessionsCarriesOutARetryAgain) {
  EXPECT_EQ(answer_to_retry(small(&Bugs::snapshot_drops_sessions)), Kind::mismatch);
}

TEST(Snapshots, BugRetryAppliesTwiceNeedsNoSnapshot) {
  EXPECT_EQ(answer_to_retry(small(&Bugs::retry_applies_twice)), Kind::mismatch);
}

TEST(Snapshots, BugSnapshotAheadLosesWhatWasNotApplied) {
  Cluster cluster(3, small(&Bugs::snapshot_ahead));
  ASSERT_TRUE(cluster.elect(0));
  for (int i = 1; i <= 30; ++i) {
    cluster.request(0, write_of(1, static_cast<std::uint64_t>(i), i, i));
  }
  cluster.run_for(200 * kMillisecond);
  int missing = 0;
  for (int i = 1; i <= 30; ++i) missing += cluster.node(0).store().read(i) ? 0 : 1;
  EXPECT_GT(missing, 0);
}

// Two cas of the same value reach the leader before either is committed.
int successes(const Config& config) {
  Cluster cluster(3, config);
  EXPECT_TRUE(cluster.elect(0));
  cluster.request(0, write_of(1, 1, 7, 1));
  cluster.deliver_all();
  const RequestId first = cluster.request(0, cas_of(2, 1, 7, 1, 2));
  const RequestId second = cluster.request(0, cas_of(3, 1, 7, 1, 3));
  cluster.deliver_all();
  return (cluster.answer(first)->kind == Kind::ok ? 1 : 0) +
         (cluster.answer(second)->kind == Kind::ok ? 1 : 0);
}

TEST(Cas, IsDecidedByItsPlaceInTheLog) {
  EXPECT_EQ(successes(small()), 1);
  EXPECT_EQ(successes(small(&Bugs::cas_at_proposal)), 2);
}

}  // namespace
}  // namespace faultline::raft

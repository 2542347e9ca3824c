#include <gtest/gtest.h>

#include "tests/targets/raft/cluster.hpp"

namespace faultline::raft {
namespace {

using Kind = kv::Response::Kind;

// Key 7 is 1; then the leader, node 0, is cut off, and node 1 leads the rest and writes 2.
void depose(Cluster& cluster) {
  ASSERT_TRUE(cluster.elect(0));
  cluster.request(0, write_of(1, 1, 7, 1));
  cluster.deliver_all();
  cluster.isolate(0);
  ASSERT_TRUE(cluster.elect(1));
  const RequestId write = cluster.request(1, write_of(1, 2, 7, 2));
  cluster.deliver_all();
  ASSERT_EQ(cluster.answer(write)->kind, Kind::ok);
  ASSERT_EQ(cluster.node(0).role(), Role::leader) << "it has not looked at the clock";
}

TEST(Reads, ADeposedLeaderAnswersNoRead) {
  Cluster cluster(3);
  depose(cluster);
  const RequestId read = cluster.request(0, read_of(2, 1, 7));
  cluster.deliver_all();
  EXPECT_FALSE(cluster.answer(read));
  cluster.tick(0);
  ASSERT_TRUE(cluster.answer(read));
  EXPECT_EQ(cluster.answer(read)->kind, Kind::no_leader) << "it stepped down";
  cluster.heal();
  const RequestId again = cluster.request(1, read_of(2, 2, 7));
  cluster.deliver_all();
  EXPECT_EQ(cluster.answer(again)->value, 2);
}

TEST(Reads, BugStaleReadAnswersFromADeposedLeader) {
  Config config;
  config.bugs.stale_read = true;
  Cluster cluster(3, config);
  depose(cluster);
  const RequestId read = cluster.request(0, read_of(2, 1, 7));
  ASSERT_TRUE(cluster.answer(read));
  EXPECT_EQ(cluster.answer(read)->value, 1) << "stale: 2 was written before";
}

TEST(Reads, ReplyToAnEarlierRoundConfirmsNothing) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  cluster.pass(60 * kMillisecond);
  cluster.tick(0);
  cluster.deliver(0), cluster.deliver(0);  // both followers answer the heartbeat
  const RequestId read = cluster.request(0, read_of(1, 1, 7));
  cluster.deliver(0), cluster.deliver(0);  // and those answers arrive after the read
  EXPECT_FALSE(cluster.answer(read));
  cluster.deliver_all();
  EXPECT_EQ(cluster.answer(read)->kind, Kind::ok);
  EXPECT_EQ(cluster.answer(read)->value, std::nullopt);
}

TEST(Reads, ThoseThatArriveDuringARoundShareTheNext) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  std::vector<RequestId> reads;
  for (int i = 0; i < 100; ++i) reads.push_back(cluster.request(0, read_of(i, 1, 7)));
  EXPECT_EQ(cluster.network().size(), 2U);
  int messages = 0;
  for (; !cluster.network().empty(); ++messages) cluster.deliver(0);
  EXPECT_EQ(messages, 8) << "two rounds, two followers, there and back";
  for (const RequestId read : reads) EXPECT_TRUE(cluster.answer(read));
}

TEST(Reads, ALostRoundIsRepeatedAtTheHeartbeat) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  const RequestId read = cluster.request(0, read_of(1, 1, 7));
  cluster.network().clear();
  cluster.pass(50 * kMillisecond);
  cluster.tick(0);
  cluster.deliver_all();
  EXPECT_TRUE(cluster.answer(read));
}

// A write is committed and answered; its leader dies before anybody else learns that it is
// committed. The next leader has the entry, but must not answer a read before it has applied it.
TEST(Reads, ANewLeaderAnswersNoReadBeforeItKnowsWhatIsCommitted) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  const RequestId write = cluster.request(0, write_of(1, 1, 7, 1));
  cluster.deliver_all();
  ASSERT_TRUE(cluster.answer(write));
  cluster.crash(0);
  ASSERT_TRUE(cluster.elect(1, false));
  EXPECT_EQ(cluster.node(1).store().read(7), std::nullopt);
  const RequestId read = cluster.request(1, read_of(2, 1, 7));
  EXPECT_FALSE(cluster.answer(read));
  cluster.deliver_all();
  EXPECT_EQ(cluster.answer(read)->value, 1);
}

}  // namespace
}  // namespace faultline::raft

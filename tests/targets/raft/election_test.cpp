#include <gtest/gtest.h>

#include "tests/targets/raft/cluster.hpp"

namespace faultline::raft {
namespace {

TEST(Election, ClustersOfEverySizeElectOneLeaderAndKeepIt) {
  for (int size = 1; size <= 7; ++size) {
    Cluster cluster(size);
    cluster.run_for(2 * kSecond);
    ASSERT_EQ(cluster.leaders(), 1) << size;
    const Term term = cluster.node(*cluster.leader()).status().term;
    cluster.run_for(2 * kSecond);
    EXPECT_EQ(cluster.leaders(), 1) << size;
    EXPECT_EQ(cluster.node(*cluster.leader()).status().term, term) << size;
  }
}

TEST(Election, AnotherIsElectedWhenTheLeaderDiesAndTheOldOneFollowsIt) {
  Cluster cluster(5);
  cluster.run_for(kSecond);
  const NodeId first = *cluster.leader();
  cluster.crash(first);
  cluster.run_for(kSecond);
  ASSERT_TRUE(cluster.leader());
  EXPECT_NE(*cluster.leader(), first);
  cluster.restart(first);
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.leaders(), 1);
  EXPECT_EQ(cluster.node(first).role(), Role::follower);
}

TEST(Election, AMinorityElectsNobody) {
  Cluster cluster(5);
  for (NodeId node = 0; node < 3; ++node) cluster.crash(node);
  cluster.run_for(3 * kSecond);
  EXPECT_EQ(cluster.leaders(), 0);
  EXPECT_EQ(cluster.node(4).log().term(), 0U) << "pre-vote: no term is entered in vain";
}

TEST(Election, ALeaderThatHearsNoMajorityStepsDown) {
  Cluster cluster(5);
  ASSERT_TRUE(cluster.elect(0));
  cluster.connect_only({0, 1});
  cluster.run_for(250 * kMillisecond);
  EXPECT_EQ(cluster.node(0).role(), Role::leader);
  cluster.run_for(150 * kMillisecond);
  EXPECT_NE(cluster.node(0).role(), Role::leader);
}

TEST(Election, ANodeThatComesBackDoesNotDisturbTheLeader) {
  Cluster cluster(3);
  cluster.run_for(kSecond);
  const NodeId leader = *cluster.leader();
  const Term term = cluster.node(leader).status().term;
  const NodeId away = (leader + 1) % 3;
  cluster.isolate(away);
  cluster.run_for(3 * kSecond);
  cluster.heal();
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.leader(), leader);
  EXPECT_EQ(cluster.node(leader).status().term, term);
}

TEST(Election, PreVotesAreRefusedWhileALeaderIsHeard) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  const VoteRequest wish{cluster.node(1).log().term() + 1, true, 100, 100};
  const auto granted = [&] {
    cluster.receive(2, 1, wish);
    const Result<Message> reply = decode_message(cluster.network().back().message);
    cluster.network().clear();
    return std::get<VoteReply>(*reply).granted;
  };
  EXPECT_FALSE(granted());
  cluster.pass(149 * kMillisecond);
  EXPECT_FALSE(granted());
  cluster.pass(1 * kMillisecond);
  EXPECT_TRUE(granted());
  EXPECT_TRUE(granted()) << "a pre-vote binds nobody";
}

TEST(Election, VotesGoOnlyToLogsThatAreUpToDate) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  cluster.isolate(2);
  cluster.request(0, write_of(1, 1, 1, 1));
  cluster.deliver_all();
  cluster.crash(0);
  cluster.heal();
  EXPECT_FALSE(cluster.elect(2)) << "it lacks an entry that the other one has";
  EXPECT_TRUE(cluster.elect(1));
}

TEST(Election, LostVoteRequestsAreSentAgain) {
  Cluster cluster(3);
  cluster.pass(kSecond);
  cluster.tick(0);
  cluster.network().clear();
  cluster.pass(50 * kMillisecond);
  cluster.tick(0);
  cluster.deliver_all();
  EXPECT_EQ(cluster.node(0).role(), Role::leader);
}

// Node 1 votes for node 0 in term 1, restarts or not, and is asked by node 2 for the same term.
bool votes_twice(const Config& config, bool restarts) {
  Cluster cluster(3, config);
  cluster.receive(0, 1, VoteRequest{1, false, 0, 0});
  EXPECT_TRUE(std::get<VoteReply>(*decode_message(cluster.network().back().message)).granted);
  if (restarts) cluster.restart(1);
  EXPECT_EQ(cluster.node(1).log().term(), 1U) << "the term is stored, bug or not";
  cluster.network().clear();
  cluster.receive(2, 1, VoteRequest{1, false, 0, 0});
  return std::get<VoteReply>(*decode_message(cluster.network().back().message)).granted;
}

TEST(Election, AVoteIsGivenOnceATermEvenAcrossARestart) {
  EXPECT_FALSE(votes_twice({}, false));
  EXPECT_FALSE(votes_twice({}, true));
}

TEST(Election, BugForgetVoteVotesTwice) {
  Config config;
  config.bugs.forget_vote = true;
  EXPECT_TRUE(votes_twice(config, false));
  EXPECT_TRUE(votes_twice(config, true));
}

TEST(Election, GarbageIsDroppedAndNoted) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  const Term term = cluster.node(1).log().term();
  for (const Bytes& garbage : {Bytes(), Bytes("\x07nonsense"), Bytes(1000, '\xff')}) {
    const std::size_t lines = cluster.log_of(1).size();
    cluster.network().push_back({0, 1, garbage});
    cluster.deliver_all();
    EXPECT_EQ(cluster.log_of(1).size(), lines + 1);
  }
  EXPECT_EQ(cluster.node(1).log().term(), term);
  const RequestId id = cluster.request_bytes(0, "garbage");
  EXPECT_EQ(cluster.answer(id)->kind, kv::Response::Kind::malformed);
}

TEST(Election, ANodeWhoseLogIsDamagedTakesNoPart) {
  RaftNode node(0, 3, Rng(1), {});
  Effects out;
  const std::vector<Bytes> durable{"\x09"};
  node.start(durable, 0, out);
  ASSERT_EQ(out.log.size(), 1U);
  node.tick(10 * kSecond, out);
  node.request(1, kv::encode(read_of(1, 1, 1)), 10 * kSecond, out);
  node.receive(1, encode(VoteRequest{1, false, 0, 0}), 10 * kSecond, out);
  EXPECT_TRUE(out.list.empty());
}

}  // namespace
}  // namespace faultline::raft

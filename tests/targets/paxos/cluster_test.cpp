// A Paxos cluster as a whole: who leads, who catches up, who belongs to it.
#include <gtest/gtest.h>

#include "tests/targets/paxos/cluster.hpp"

namespace faultline::paxos {
namespace {

void write_many(Cluster& cluster, int count, std::int64_t session = 1) {
  for (int i = 1; i <= count; ++i) {
    const auto sequence = static_cast<std::uint64_t>(i);
    const RequestId id = cluster.request(*cluster.leader(), write_of(session, sequence, 1, i));
    cluster.deliver_all();
    ASSERT_TRUE(cluster.answer(id)) << i;
  }
}

TEST(Leader, ClustersOfEverySizeHaveOneAndKeepIt) {
  for (int size = 1; size <= 7; ++size) {
    Cluster cluster(size);
    cluster.run_for(2 * kSecond);
    ASSERT_EQ(cluster.leaders(), 1) << size;
    const Ballot ballot = cluster.node(*cluster.leader()).ballot();
    cluster.run_for(2 * kSecond);
    EXPECT_EQ(cluster.leaders(), 1) << size;
    EXPECT_EQ(cluster.node(*cluster.leader()).ballot(), ballot) << size;
  }
}

TEST(Leader, ANodeThatComesBackPreemptsNobody) {
  Cluster cluster(3);
  cluster.run_for(kSecond);
  const NodeId leader = *cluster.leader();
  const Ballot ballot = cluster.node(leader).ballot();
  cluster.isolate((leader + 1) % 3);
  cluster.run_for(3 * kSecond);
  cluster.heal();
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.leader(), leader);
  EXPECT_EQ(cluster.node(leader).ballot(), ballot);
}

TEST(Leader, OneThatHearsNoQuorumLeadsNoLonger) {
  Cluster cluster(5);
  ASSERT_TRUE(cluster.elect(0));
  cluster.connect_only({0, 1});
  cluster.run_for(400 * kMillisecond);
  EXPECT_NE(cluster.node(0).role(), Role::leading);
}

TEST(Leader, IsPreemptedByAHigherBallot) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  cluster.receive(1, 0, Preempted{{9, 1}});
  EXPECT_NE(cluster.node(0).role(), Role::leading);
  ASSERT_TRUE(cluster.elect(0));
  EXPECT_EQ(cluster.node(0).ballot(), (Ballot{10, 0}));
}

TEST(Learning, AFollowerThatWasAwayCatchesUpByWhatWasChosen) {
  Config config;
  config.max_lesson = 4;
  Cluster cluster(3, config);
  ASSERT_TRUE(cluster.elect(0));
  cluster.isolate(2);
  write_many(cluster, 30);
  cluster.heal();
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.node(2).store(), cluster.node(0).store());
  EXPECT_EQ(cluster.node(2).acceptor().snapshot_slot(), 0U);
}

TEST(Learning, AFollowerThatWasAwayForLongIsGivenASnapshotAndKeepsItOverARestart) {
  Config config;
  config.snapshot_every = 10;
  config.keep_behind = 3;
  Cluster cluster(3, config);
  ASSERT_TRUE(cluster.elect(0));
  cluster.isolate(2);
  write_many(cluster, 35);
  EXPECT_GT(cluster.node(0).acceptor().base(), 20U);
  cluster.heal();
  cluster.run_for(kSecond);
  EXPECT_GT(cluster.node(2).acceptor().base(), 20U);
  EXPECT_EQ(cluster.node(2).store(), cluster.node(0).store());
  cluster.restart(2);
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.node(2).store(), cluster.node(0).store());
}

TEST(Learning, AnAcceptorThatDroppedWhatIsAskedForTeachesInsteadOfPromising) {
  Config config;
  config.snapshot_every = 10;
  config.keep_behind = 3;
  Cluster cluster(3, config);
  ASSERT_TRUE(cluster.elect(0));
  write_many(cluster, 35);
  cluster.network().clear();
  cluster.receive(2, 1, Prepare{{9, 2}, 1});
  ASSERT_EQ(cluster.network().size(), 1U);
  const Result<Message> reply = decode_message(cluster.network().front().message);
  EXPECT_TRUE(std::holds_alternative<Snapshot>(*reply));
  EXPECT_LT(cluster.node(1).acceptor().promised(), (Ballot{9, 2}));
}

TEST(Membership, AChangeTakesEffectAlphaSlotsLater) {
  using Change = MembershipPower::Change;
  Cluster cluster(3);
  cluster.run_for(kSecond);
  const NodeId leader = *cluster.leader();
  const NodeId gone = (leader + 1) % 3;
  const Slot before = cluster.node(leader).acceptor().chosen();
  const RequestId id = cluster.ask(leader, {Change::remove, gone});
  const RequestId second = cluster.ask(leader, {Change::remove, (leader + 2) % 3});
  EXPECT_EQ(cluster.admin_answer(second)->kind, AdminResponse::Kind::refused) << "one at a time";
  cluster.run_for(kSecond);
  ASSERT_EQ(cluster.admin_answer(id)->kind, AdminResponse::Kind::ok);
  const Configurations& configurations = cluster.node(leader).configurations();
  EXPECT_EQ(configurations.latest_from(), before + 1 + Config{}.alpha);
  EXPECT_EQ(configurations.latest().voters.size(), 2U);
  EXPECT_GE(cluster.node(leader).acceptor().chosen() + 1, configurations.latest_from());
  // Both of the two that are left are needed now.
  cluster.isolate((leader + 2) % 3);
  const RequestId write = cluster.request(leader, write_of(1, 1, 1, 1));
  cluster.run_for(100 * kMillisecond);
  EXPECT_FALSE(cluster.answer(write));
}

// `next`, which lacks earlier changes, is to be the only voter in place of node 0, which leads. It
// accepts what makes it so, but never gets to know that it is chosen, nor remembers who led.
void put_in_place_of_node_0(Cluster& cluster, NodeId next, const Config& config) {
  cluster.ask(0, {MembershipPower::Change::remove, 0});
  for (int i = 0; i < 5; ++i) {
    cluster.pass(config.heartbeat);
    cluster.tick(0);
    cluster.deliver_all();
  }
  cluster.restart(next);
  ASSERT_EQ(cluster.leaders(), 0);
  ASSERT_EQ(cluster.node(0).configurations().latest().voters, (std::vector<NodeId>{next}));
}

TEST(Membership, WhoIsToVoteGetsToKnowItFromWhoVotesNoMore) {
  using Change = MembershipPower::Change;
  Config config;
  config.alpha = 2;
  Cluster cluster(2, config);
  ASSERT_TRUE(cluster.elect(0));
  cluster.ask(0, {Change::remove, 1});
  cluster.deliver_all();
  cluster.receive(1, 0, Learn{1});
  cluster.deliver_all();
  cluster.isolate(1);
  write_many(cluster, 3);
  cluster.ask(0, {Change::add_voter, 1});
  cluster.deliver_all();
  cluster.heal();
  put_in_place_of_node_0(cluster, 1, config);
  ASSERT_EQ(cluster.node(1).configurations().latest().voters, (std::vector<NodeId>{0}));
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.leader(), 1);
  EXPECT_EQ(cluster.store(1), cluster.store(0));
}

// Node 3 believes that all four vote, and two of them have been switched off since.
TEST(Membership, WhoStandsInVainGetsToKnowThatOthersWereRemoved) {
  using Change = MembershipPower::Change;
  Config config;
  config.alpha = 2;
  Cluster cluster(4, config);
  ASSERT_TRUE(cluster.elect(0));
  cluster.isolate(3);
  for (const NodeId node : {1, 2}) {
    cluster.ask(0, {Change::remove, node});
    cluster.deliver_all();
  }
  cluster.crash(1);
  cluster.crash(2);
  cluster.heal();
  put_in_place_of_node_0(cluster, 3, config);
  ASSERT_EQ(cluster.node(3).configurations().latest().voters.size(), 4U);
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.leader(), 3);
  EXPECT_EQ(cluster.store(3), cluster.store(0));
}

TEST(Membership, ANodeThatWasRemovedIsTaughtAndPreemptsNobody) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  cluster.ask(0, {MembershipPower::Change::remove, 2});
  cluster.run_for(kSecond);
  write_many(cluster, 100);
  const Ballot ballot = cluster.node(0).ballot();
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.leader(), 0);
  EXPECT_EQ(cluster.node(0).ballot(), ballot);
  EXPECT_EQ(cluster.store(2), cluster.store(0));
}

// Node 1 accepted a change that node 0, which comes to lead, cannot propose at once.
TEST(Membership, AChangeOfAnEarlierLeaderIsNotUndone) {
  Config config;
  config.alpha = 1;
  Cluster cluster(3, config);
  const Bytes removal = configuration_value({{0, 1}, {}});
  cluster.receive(2, 1, Accept{{1, 2}, 0, 0, 1, {Bytes(), removal}});
  cluster.crash(2);
  cluster.network().clear();
  ASSERT_TRUE(cluster.elect(0, false));
  const AdminRequest request{MembershipPower::Change::add_learner, 2};
  const RequestId early = cluster.ask(0, request);
  ASSERT_TRUE(cluster.admin_answer(early));
  EXPECT_EQ(cluster.admin_answer(early)->kind, AdminResponse::Kind::refused);
  cluster.deliver_all();
  const RequestId late = cluster.ask(0, request);
  cluster.deliver_all();
  ASSERT_TRUE(cluster.admin_answer(late));
  EXPECT_EQ(cluster.admin_answer(late)->kind, AdminResponse::Kind::ok);
}

TEST(Membership, LeadershipIsHandedOver) {
  Cluster cluster(3);
  cluster.run_for(kSecond);
  const NodeId leader = *cluster.leader();
  const NodeId next = (leader + 1) % 3;
  const RequestId id = cluster.ask(leader, {MembershipPower::Change::lead, next});
  cluster.deliver_all();
  EXPECT_EQ(cluster.leader(), next);
  ASSERT_TRUE(cluster.admin_answer(id));
  EXPECT_EQ(cluster.admin_answer(id)->kind, AdminResponse::Kind::ok);
}

TEST(Membership, TheMembersAreSaidByTheLeaderAlone) {
  Cluster cluster(3);
  cluster.run_for(kSecond);
  const NodeId leader = *cluster.leader();
  const auto answer = cluster.admin_answer(cluster.ask(leader, {}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->membership.voters, (std::vector<NodeId>{0, 1, 2}));
  const auto other = cluster.admin_answer(cluster.ask((leader + 1) % 3, {}));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->kind, AdminResponse::Kind::not_leader);
  EXPECT_EQ(other->leader, leader);
}

TEST(Node, GarbageIsDroppedAndNoted) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  for (const Bytes& garbage : {Bytes(), Bytes("\x0bnonsense"), Bytes(1000, '\xff')}) {
    cluster.network().push_back({0, 1, garbage});
    cluster.deliver_all();
    EXPECT_NE(cluster.log_of(1).back().find("drops a message of n1"), std::string::npos);
  }
  EXPECT_EQ(cluster.node(1).describe("\x0bnonsense"), "garbage");
}

TEST(Node, OneWhoseLogIsDamagedTakesNoPart) {
  PaxosNode node(0, 3, Rng(1), {});
  Effects out;
  const std::vector<Bytes> records{Bytes("\x09")};
  node.start(records, 0, out);
  node.tick(10 * kSecond, out);
  node.receive(1, encode(Prepare{{1, 1}, 1}), 10 * kSecond, out);
  EXPECT_TRUE(out.list.empty());
}

}  // namespace
}  // namespace faultline::paxos

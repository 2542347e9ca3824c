#include <gtest/gtest.h>

#include "tests/targets/raft/cluster.hpp"

namespace faultline::raft {
namespace {

using Kind = kv::Response::Kind;

void expect_equal_logs(Cluster& cluster) {
  for (NodeId node = 1; node < cluster.size(); ++node) {
    ASSERT_EQ(cluster.node(node).log().last_index(), cluster.node(0).log().last_index());
    ASSERT_EQ(cluster.node(node).log().snapshot().index, 0U);
    for (Index i = 1; i <= cluster.node(0).log().last_index(); ++i) {
      EXPECT_EQ(cluster.node(node).log().entry(i), cluster.node(0).log().entry(i));
    }
    EXPECT_EQ(cluster.node(node).store(), cluster.node(0).store());
  }
}

Config buggy(bool Bugs::*flag) {
  Config config;
  config.bugs.*flag = true;
  return config;
}

TEST(Replication, AWriteIsAnsweredOnceAMajorityHasIt) {
  Cluster cluster(5);
  ASSERT_TRUE(cluster.elect(0));
  cluster.connect_only({0, 1});
  const RequestId id = cluster.request(0, write_of(1, 1, 7, 42));
  cluster.deliver_all();
  EXPECT_FALSE(cluster.answer(id)) << "two of five have it";
  cluster.connect_only({0, 1, 2});
  cluster.pass(60 * kMillisecond);
  cluster.tick(0);
  cluster.deliver_all();
  ASSERT_TRUE(cluster.answer(id));
  EXPECT_EQ(cluster.answer(id)->kind, Kind::ok);
  cluster.heal();
  cluster.run_for(200 * kMillisecond);
  expect_equal_logs(cluster);
  EXPECT_EQ(cluster.node(4).store().read(7), 42);
}

TEST(Replication, BugAckBeforeCommitAnswersAtOnceAndLosesTheWrite) {
  Cluster cluster(3, buggy(&Bugs::ack_before_commit));
  ASSERT_TRUE(cluster.elect(0));
  cluster.isolate(0);
  const RequestId id = cluster.request(0, write_of(1, 1, 7, 42));
  ASSERT_TRUE(cluster.answer(id));
  EXPECT_EQ(cluster.answer(id)->kind, Kind::ok);
  const RequestId cas = cluster.request(0, cas_of(2, 1, 7, 41, 43));
  EXPECT_EQ(cluster.answer(cas)->kind, Kind::mismatch) << "it foresees what precedes it";
  ASSERT_TRUE(cluster.elect(1));
  cluster.heal();
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.node(1).store().read(7), std::nullopt);
}

TEST(Replication, AClusterOfOneAnswersAtOnceButSyncsFirst) {
  Cluster cluster(1);
  cluster.run_for(kSecond);
  const std::size_t syncs = cluster.syncs_of(0);
  const RequestId write = cluster.request(0, write_of(1, 1, 7, 42));
  ASSERT_TRUE(cluster.answer(write));
  EXPECT_EQ(cluster.syncs_of(0), syncs + 1);
  const RequestId read = cluster.request(0, read_of(1, 2, 7));
  EXPECT_EQ(cluster.answer(read)->value, 42);
  EXPECT_EQ(cluster.syncs_of(0), syncs + 1) << "a read writes nothing";
}

TEST(Replication, ALeaderCutOffHasItsTailReplaced) {
  Config config;
  config.max_batch = 3;
  Cluster cluster(3, config);
  ASSERT_TRUE(cluster.elect(0));
  cluster.request(0, write_of(1, 1, 1, 1));
  cluster.deliver_all();
  cluster.isolate(0);
  std::vector<RequestId> lost;
  for (int i = 2; i < 12; ++i) {
    lost.push_back(cluster.request(0, write_of(1, static_cast<std::uint64_t>(i), 1, i)));
  }
  ASSERT_TRUE(cluster.elect(1));
  for (int i = 1; i < 10; ++i) {
    cluster.request(1, write_of(2, static_cast<std::uint64_t>(i), 2, i));
    cluster.deliver_all();
  }
  cluster.heal();
  cluster.run_for(kSecond);
  expect_equal_logs(cluster);
  EXPECT_EQ(cluster.node(0).store().read(1), 1);
  EXPECT_EQ(cluster.node(0).store().read(2), 9);
  for (const RequestId id : lost) EXPECT_FALSE(cluster.answer(id)) << "nobody knows about these";
}

TEST(Replication, BackingUpSkipsWholeTerms) {
  Config config;
  config.snapshot_every = 0;
  Cluster cluster(3, config);
  for (int term = 0; term < 6; ++term) {  // node 2 sees nothing of six terms of 20 entries each
    if (term > 0) {
      cluster.pass(kSecond);
      cluster.tick(1 - term % 2);  // the leader has heard nobody for too long, and steps down
    }
    cluster.heal();
    cluster.isolate(2);
    ASSERT_TRUE(cluster.elect(term % 2));
    for (int i = 1; i <= 20; ++i) {
      cluster.request(term % 2, write_of(term, static_cast<std::uint64_t>(i), i, i));
      cluster.deliver_all();
    }
  }
  cluster.heal();
  const NodeId leader = *cluster.leader();
  cluster.pass(60 * kMillisecond);
  cluster.tick(leader);
  int messages = 0;
  for (; !cluster.network().empty(); ++messages) cluster.deliver(0);
  expect_equal_logs(cluster);
  // 126 entries in batches of 8 are 16 round trips, and one more finds where to begin.
  EXPECT_LE(messages, 2 * 17 + 4);
}

TEST(Replication, LostEntriesAreSentAgainAtTheHeartbeat) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  const RequestId id = cluster.request(0, write_of(1, 1, 1, 1));
  cluster.network().clear();
  cluster.tick(0);
  EXPECT_TRUE(cluster.network().empty());
  cluster.pass(50 * kMillisecond);
  cluster.tick(0);
  cluster.deliver_all();
  EXPECT_TRUE(cluster.answer(id));
}

TEST(Replication, NoMessageCarriesMoreThanABatch) {
  Config config;
  config.max_batch = 4;
  Cluster cluster(3, config);
  ASSERT_TRUE(cluster.elect(0));
  for (int i = 1; i <= 30; ++i) {
    cluster.request(0, write_of(1, static_cast<std::uint64_t>(i), 1, i));
  }
  while (!cluster.network().empty()) {
    const Result<Message> message = decode_message(cluster.network().front().message);
    if (const auto* append = std::get_if<AppendRequest>(&*message)) {
      EXPECT_LE(append->entries.size(), 4U);
    }
    cluster.deliver(0);
  }
  EXPECT_EQ(cluster.node(0).store().read(1), 30);
}

TEST(Replication, ARestartReplaysTheLog) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  for (int i = 1; i <= 20; ++i) {
    cluster.request(0, write_of(1, static_cast<std::uint64_t>(i), i, std::int64_t{i} * i));
    cluster.deliver_all();
  }
  const Term term = cluster.node(0).log().term();
  for (NodeId node = 0; node < 3; ++node) cluster.restart(node);
  EXPECT_EQ(cluster.node(0).log().last_index(), 21U);
  EXPECT_EQ(cluster.node(0).log().term(), term);
  EXPECT_EQ(cluster.node(0).commit_index(), 0U) << "what is committed is learnt anew";
  cluster.run_for(2 * kSecond);
  expect_equal_logs(cluster);
  EXPECT_EQ(cluster.node(2).store().read(20), 400);
}

TEST(Replication, WhatALeaderOfAnEarlierTermSaysIsRefused) {
  for (const bool bug : {false, true}) {
    Cluster cluster(3, bug ? buggy(&Bugs::old_leader) : Config{});
    ASSERT_TRUE(cluster.elect(0));
    ASSERT_TRUE(cluster.elect(1));
    const Index last = cluster.node(2).log().last_index();
    AppendRequest late{1, 0, 0, 0, 0, 0, {}};
    for (Index i = 0; i <= last; ++i) late.entries.push_back({1, Bytes("late")});
    cluster.receive(0, 2, late);
    EXPECT_EQ(cluster.node(2).log().last_index(), bug ? last + 1 : last);
  }
}

TEST(Replication, ARetriedRequestIsAppliedOnceAndGetsTheFirstAnswer) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  cluster.request(0, write_of(1, 1, 7, 1));
  const RequestId first = cluster.request(0, cas_of(2, 1, 7, 1, 2));
  const RequestId again = cluster.request(0, cas_of(2, 1, 7, 1, 2));  // the first is in the log
  cluster.deliver_all();
  EXPECT_EQ(cluster.answer(first)->kind, Kind::ok);
  EXPECT_EQ(cluster.answer(again)->kind, Kind::ok);
  ASSERT_TRUE(cluster.elect(1));
  const RequestId elsewhere = cluster.request(1, cas_of(2, 1, 7, 1, 2));
  cluster.deliver_all();
  EXPECT_EQ(cluster.answer(elsewhere)->kind, Kind::ok);
  const RequestId next = cluster.request(1, cas_of(2, 2, 7, 1, 3));
  cluster.deliver_all();
  EXPECT_EQ(cluster.answer(next)->kind, Kind::mismatch);
  const RequestId late = cluster.request(1, cas_of(2, 1, 7, 1, 2));
  cluster.deliver_all();
  EXPECT_EQ(cluster.answer(late)->kind, Kind::superseded);
}

TEST(Replication, FollowersPointToTheLeader) {
  Cluster cluster(3);
  const RequestId early = cluster.request(1, write_of(1, 1, 1, 1));
  EXPECT_EQ(cluster.answer(early)->kind, Kind::no_leader);
  ASSERT_TRUE(cluster.elect(2));
  const RequestId id = cluster.request(1, read_of(1, 1, 1));
  ASSERT_TRUE(cluster.answer(id));
  EXPECT_EQ(cluster.answer(id)->kind, Kind::not_leader);
  EXPECT_EQ(cluster.answer(id)->leader, 2);
}

// Figure 8 of the Raft paper (figure 3.7 of the dissertation), up to (c): node 0 leads again, and
// an entry of its first term reaches a third node of five while none of its new term has. Batches
// of one, so that what comes after that entry does not travel with it.
struct FigureEight {
  explicit FigureEight(Config config) : cluster(5, one_by_one(config)) {
    EXPECT_TRUE(cluster.elect(0));
    cluster.run_for(200 * kMillisecond);
    cluster.connect_only({0, 1});
    cluster.request(0, write_of(1, 1, 7, 1));
    cluster.deliver_all();
    place = cluster.node(1).log().last_index();
    cluster.crash(0);

    cluster.connect_only({2, 3, 4});
    EXPECT_TRUE(cluster.elect(4, false));
    cluster.connect_only({});
    cluster.request(4, write_of(2, 1, 7, 2));
    cluster.pass(60 * kMillisecond);
    cluster.tick(4);  // it sends what it has again, and so must have synced it
    cluster.deliver_all();
    cluster.crash(4);

    cluster.restart(0);
    cluster.connect_only({0, 1, 2});
    EXPECT_TRUE(cluster.elect(0, false));
    while (!cluster.network().empty() && cluster.node(2).log().last_index() < place) {
      cluster.deliver(0);
    }
    EXPECT_EQ(cluster.node(2).log().entry(place).command, kv::encode(write_of(1, 1, 7, 1)));
    EXPECT_EQ(cluster.node(2).log().last_index(), place);
    // Node 2's answer arrives; what node 0 sends on then does not.
    cluster.heal();
    cluster.cut(0, 2);
    cluster.deliver_all();
  }

  static Config one_by_one(Config config) {
    config.max_batch = 1;
    return config;
  }

  // (d): node 0 dies, node 4 wins with nodes 2 and 3 and has its entry in that place.
  bool replaced_by_node_4() {
    cluster.crash(0);
    cluster.restart(4);
    cluster.connect_only({2, 3, 4});
    if (!cluster.elect(4)) return false;
    cluster.run_for(200 * kMillisecond);
    return cluster.node(2).store().read(7) == 2 && cluster.node(4).commit_index() >= place;
  }

  Cluster cluster;
  Index place = 0;
};

}  // namespace

TEST(FigureEight, AnEntryOfAnEarlierTermIsNotCommittedByCounting) {
  FigureEight scene{Config{}};
  EXPECT_LT(scene.cluster.node(0).commit_index(), scene.place);
  EXPECT_EQ(scene.cluster.node(0).store().read(7), std::nullopt);
  EXPECT_TRUE(scene.replaced_by_node_4()) << "so it may still be replaced";
}

TEST(FigureEight, BugCommitOldTermCommitsItAndLosesIt) {
  FigureEight scene{buggy(&Bugs::commit_old_term)};
  EXPECT_GE(scene.cluster.node(0).commit_index(), scene.place);
  EXPECT_EQ(scene.cluster.node(0).store().read(7), 1);
  EXPECT_TRUE(scene.replaced_by_node_4());
}

// Its sender may lead the very term since in which it is refused, and its rounds begin again in
// each of its lives: so a refusal must not seem to answer what it asks now.
TEST(Replication, ARefusalConfirmsNothing) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  AppendRequest late;
  late.term = cluster.node(1).log().term() - 1;
  late.round = 1000;
  late.sent = 1000;
  cluster.network().clear();
  cluster.receive(2, 1, late);
  ASSERT_EQ(cluster.network().size(), 1U);
  const Result<Message> answer = decode_message(cluster.network().front().message);
  ASSERT_TRUE(answer && std::holds_alternative<AppendReply>(*answer));
  EXPECT_FALSE(std::get<AppendReply>(*answer).success);
  EXPECT_EQ(std::get<AppendReply>(*answer).round, 0U);
  EXPECT_EQ(std::get<AppendReply>(*answer).sent, 0);
}

}  // namespace faultline::raft

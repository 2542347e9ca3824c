#include <gtest/gtest.h>

#include "tests/targets/raft/cluster.hpp"

namespace faultline::raft {
namespace {

using Change = MembershipPower::Change;
using Kind = AdminResponse::Kind;
using Nodes = std::vector<NodeId>;

// What became of it within a second; nothing: no answer.
std::optional<Kind> change(Cluster& cluster, NodeId asked, Change what, NodeId node) {
  const RequestId id = cluster.ask(asked, {what, node});
  cluster.run_for(kSecond);
  const auto answer = cluster.admin_answer(id);
  return answer ? std::optional(answer->kind) : std::nullopt;
}

const Configuration& members(Cluster& cluster) {
  return cluster.node(*cluster.leader()).log().configuration();
}

TEST(Membership, BeginsWithAllAndIsToldToWhoAsks) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(1));
  const auto answer = cluster.admin_answer(cluster.ask(1, {}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->membership.voters, (Nodes{0, 1, 2}));
  const auto hint = cluster.admin_answer(cluster.ask(0, {}));
  EXPECT_EQ(hint->kind, Kind::not_leader);
  EXPECT_EQ(hint->leader, 1);
}

TEST(Membership, WhoAreMembersIsToldOnlyOnceThatIsDecided) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  cluster.ask(0, {Change::remove, 2});  // in its log, but nobody has confirmed it
  const auto open = cluster.admin_answer(cluster.ask(0, {}));
  ASSERT_TRUE(open);
  EXPECT_EQ(open->kind, Kind::refused);
  cluster.deliver_all();
  cluster.run_for(kSecond);
  const auto decided = cluster.admin_answer(cluster.ask(*cluster.leader(), {}));
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->kind, Kind::ok);
  EXPECT_EQ(decided->membership.voters, (Nodes{0, 1}));
}

TEST(Membership, ARemovedNodeIsNotNeededAndDisturbsNobody) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  EXPECT_EQ(change(cluster, 0, Change::remove, 2), Kind::ok);
  EXPECT_EQ(change(cluster, 0, Change::remove, 2), Kind::refused) << "it is gone";
  EXPECT_EQ(members(cluster).voters, (Nodes{0, 1}));
  const Term term = cluster.node(0).log().term();
  cluster.run_for(5 * kSecond);
  EXPECT_EQ(cluster.leader(), 0);
  EXPECT_EQ(cluster.node(0).log().term(), term);
  cluster.crash(1);
  const RequestId id = cluster.request(0, write_of(1, 1, 7, 1));
  cluster.deliver_all();
  EXPECT_FALSE(cluster.answer(id)) << "one of two is no majority, whatever the third one says";
}

TEST(Membership, TheLastVoterStays) {
  Cluster cluster(1);
  cluster.run_for(kSecond);
  EXPECT_EQ(change(cluster, 0, Change::remove, 0), Kind::refused);
  EXPECT_EQ(change(cluster, 0, Change::add_learner, 0), Kind::refused);
}

TEST(Membership, ANodeComesBackAsALearnerFirstAndVotesOnceItHasCaughtUp) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  ASSERT_EQ(change(cluster, 0, Change::remove, 2), Kind::ok);
  cluster.crash(2);
  EXPECT_EQ(change(cluster, 0, Change::add_voter, 2), Kind::refused) << "it does not catch up";
  EXPECT_EQ(members(cluster).learners, Nodes{2});
  EXPECT_EQ(members(cluster).voters, (Nodes{0, 1}));
  cluster.restart(2);
  EXPECT_EQ(change(cluster, 0, Change::add_voter, 2), Kind::ok);
  EXPECT_EQ(members(cluster).voters, (Nodes{0, 1, 2}));
  EXPECT_TRUE(members(cluster).learners.empty());
}

TEST(Membership, ALeaderThatIsRemovedStepsDownWhenThatIsDecided) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  EXPECT_EQ(change(cluster, 0, Change::remove, 0), Kind::ok);
  ASSERT_TRUE(cluster.leader());
  EXPECT_NE(*cluster.leader(), 0);
  EXPECT_EQ(members(cluster).voters, (Nodes{1, 2}));
  cluster.run_for(3 * kSecond);
  EXPECT_EQ(cluster.node(0).role(), Role::follower) << "it does not stand again";
}

// Nobody but node 0, which removes itself, has the entry; the other one cannot do without it.
TEST(Membership, WhoIsRemovedStandsUntilThatIsDecided) {
  Cluster cluster(2);
  ASSERT_TRUE(cluster.elect(0));
  cluster.cut(0, 1);
  cluster.ask(0, {Change::remove, 0});
  cluster.deliver_all();
  cluster.pass(60 * kMillisecond);
  cluster.tick(0);  // what it sends again, it has synced
  cluster.restart(0);
  cluster.heal();
  cluster.run_for(3 * kSecond);
  EXPECT_EQ(cluster.leader(), 1);
  EXPECT_EQ(members(cluster).voters, Nodes{1});
}

TEST(Membership, OneChangeAtATime) {
  Cluster cluster(5);
  ASSERT_TRUE(cluster.elect(0));
  const RequestId first = cluster.ask(0, {Change::remove, 4});
  const RequestId second = cluster.ask(0, {Change::remove, 3});
  EXPECT_FALSE(cluster.admin_answer(first));
  EXPECT_EQ(cluster.admin_answer(second)->kind, Kind::refused);
  Config config;
  config.bugs.member_change_overlap = true;
  Cluster buggy(5, config);
  ASSERT_TRUE(buggy.elect(0));
  buggy.isolate(0);
  buggy.ask(0, {Change::remove, 4});
  buggy.ask(0, {Change::remove, 3});
  EXPECT_EQ(buggy.node(0).log().configuration().voters, (Nodes{0, 1, 2}));
}

TEST(Membership, NoChangeBeforeAnEntryOfTheTermIsCommitted) {
  Config config;
  for (const bool bug : {false, true}) {
    config.bugs.member_change_early = bug;
    Cluster cluster(3, config);
    ASSERT_TRUE(cluster.elect(0, false));
    const RequestId id = cluster.ask(0, {Change::remove, 2});
    EXPECT_EQ(cluster.admin_answer(id).has_value(), !bug);
    EXPECT_EQ(cluster.node(0).log().configuration().voters.size(), bug ? 2U : 3U);
  }
}

TEST(Membership, LearnersDecideNothing) {
  Config config;
  for (const bool bug : {false, true}) {
    config.bugs.learner_counts = bug;
    Cluster cluster(5, config);
    ASSERT_TRUE(cluster.elect(0));
    for (const NodeId node : {3, 4}) {
      ASSERT_EQ(change(cluster, 0, Change::add_learner, node), Kind::ok);
    }
    cluster.connect_only({0, 3, 4});
    const RequestId id = cluster.request(0, write_of(1, 1, 7, 1));
    cluster.deliver_all();
    EXPECT_EQ(cluster.answer(id).has_value(), bug);
    cluster.crash(0);
    cluster.run_for(3 * kSecond);
    EXPECT_FALSE(cluster.leader()) << "learners do not stand";
  }
}

// More than twice as many entries as make a snapshot below.
void write_often(Cluster& cluster) {
  for (int i = 1; i <= 12; ++i) {
    cluster.request(0, write_of(1, static_cast<std::uint64_t>(i), 1, i));
    cluster.deliver_all();
  }
}

TEST(Membership, IsInSnapshots) {
  Config config;
  config.snapshot_every = 5;
  for (const bool bug : {false, true}) {
    config.bugs.snapshot_drops_members = bug;
    Cluster cluster(3, config);
    ASSERT_TRUE(cluster.elect(0));
    ASSERT_EQ(change(cluster, 0, Change::remove, 2), Kind::ok);
    write_often(cluster);
    EXPECT_GT(cluster.node(1).log().snapshot().index, 0U);
    EXPECT_EQ(cluster.node(1).log().configuration().voters.size(), 2U) << "it has not forgotten";
    cluster.restart(1);
    EXPECT_EQ(cluster.node(1).log().configuration().voters.size(), bug ? 3U : 2U);
  }
}

TEST(Membership, IsInSnapshotsThatAreInstalled) {
  Config config;
  config.snapshot_every = 5;
  for (const bool bug : {false, true}) {
    config.bugs.snapshot_drops_members = bug;
    Cluster cluster(4, config);
    ASSERT_TRUE(cluster.elect(0));
    cluster.crash(3);
    ASSERT_EQ(change(cluster, 0, Change::remove, 2), Kind::ok);
    write_often(cluster);
    cluster.restart(3);
    cluster.run_for(kSecond);
    EXPECT_GT(cluster.node(3).log().snapshot().index, 0U);
    EXPECT_EQ(cluster.node(3).log().configuration().voters.size(), bug ? 4U : 3U);
  }
}

TEST(Transfer, HandsLeadershipToAVoterThatHasAll) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  EXPECT_EQ(change(cluster, 0, Change::lead, 2), Kind::ok);
  EXPECT_EQ(cluster.leader(), 2);
  EXPECT_EQ(change(cluster, 2, Change::lead, 2), Kind::ok) << "it leads already";
}

TEST(Transfer, IsGivenUpIfTheOtherOneIsAway) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  cluster.crash(2);
  cluster.request(0, write_of(1, 1, 7, 1));
  cluster.deliver_all();
  const RequestId id = cluster.ask(0, {Change::lead, 2});
  const RequestId write = cluster.request(0, write_of(2, 1, 7, 2));
  EXPECT_EQ(cluster.answer(write)->kind, kv::Response::Kind::no_leader) << "not meanwhile";
  cluster.run_for(kSecond);
  EXPECT_EQ(cluster.admin_answer(id)->kind, Kind::refused);
  EXPECT_EQ(cluster.leader(), 0);
}

Config with_leases(bool Bugs::*bug = nullptr) {
  Config config;
  config.leases = true;
  if (bug != nullptr) config.bugs.*bug = true;
  return config;
}

TEST(Lease, ReadsAreAnsweredAtOnceWhileItLasts) {
  Cluster cluster(3, with_leases());
  ASSERT_TRUE(cluster.elect(0));
  EXPECT_TRUE(cluster.answer(cluster.request(0, read_of(1, 1, 7))));
  cluster.pass(with_leases().election_timeout_min / 4);
  const RequestId late = cluster.request(0, read_of(1, 2, 7));
  EXPECT_FALSE(cluster.answer(late)) << "it has ended: there is a round";
  cluster.deliver_all();
  EXPECT_TRUE(cluster.answer(late));
}

// The leader's clock goes at half speed, those of the others at twice the speed; it is cut off, and
// they elect node 1 as soon as they may. Does it still answer a read?
bool answers_when_deposed(const Config& config) {
  Cluster cluster(3, config);
  EXPECT_TRUE(cluster.elect(0));
  cluster.set_rate(0, 500);
  cluster.set_rate(1, 2000);
  cluster.set_rate(2, 2000);
  cluster.pass(60 * kMillisecond * 2);
  cluster.tick(0);
  cluster.deliver_all();
  cluster.isolate(0);
  for (int i = 0; i < 300 && cluster.node(1).role() != Role::leader; ++i) {
    cluster.pass(kMillisecond);
    cluster.tick(1);
    cluster.deliver_all();
  }
  EXPECT_EQ(cluster.node(1).role(), Role::leader);
  return cluster.answer(cluster.request(0, read_of(1, 1, 7))).has_value();
}

TEST(Lease, EndsBeforeAnybodyElseLeadsEvenIfClocksDrift) {
  EXPECT_FALSE(answers_when_deposed(with_leases()));
  EXPECT_TRUE(answers_when_deposed(with_leases(&Bugs::lease_drift)));
}

bool votes_at_once(const Config& config, bool transfer, bool restarted) {
  Cluster cluster(3, config);
  EXPECT_TRUE(cluster.elect(0));
  if (restarted) cluster.restart(1);
  cluster.network().clear();
  cluster.receive(2, 1, VoteRequest{cluster.node(1).log().term() + 1, false, 9, 9, transfer});
  const Result<Message> reply = decode_message(cluster.network().back().message);
  return std::get<VoteReply>(*reply).granted;
}

TEST(Lease, WhoHeardALeaderDoesNotVoteUnlessTheLeaderWishesIt) {
  EXPECT_FALSE(votes_at_once(with_leases(), false, false));
  EXPECT_FALSE(votes_at_once(with_leases(), false, true)) << "it may have, in an earlier life";
  EXPECT_TRUE(votes_at_once(with_leases(), true, false));
  EXPECT_TRUE(votes_at_once(with_leases(&Bugs::lease_no_promise), false, false));
  EXPECT_TRUE(votes_at_once({}, false, false)) << "there is no lease";
}

TEST(Lease, IsGivenUpWithLeadershipEvenIfThatIsNotTaken) {
  Cluster cluster(3, with_leases());
  ASSERT_TRUE(cluster.elect(0));
  cluster.cut(0, 2);
  cluster.ask(0, {Change::lead, 2});
  cluster.deliver_all();
  EXPECT_FALSE(cluster.answer(cluster.request(0, read_of(1, 1, 7)))) << "node 2 may stand any time";
}

}  // namespace
}  // namespace faultline::raft

// Each rule of Paxos in the place where a node keeps it, and that its bug breaks it.
#include <gtest/gtest.h>

#include "tests/targets/paxos/cluster.hpp"

namespace faultline::paxos {
namespace {

Config with(bool Bugs::*flag) {
  Config config;
  config.bugs.*flag = true;
  return config;
}

// The latest message on its way from `from`, if it is of that type.
template <class M>
std::optional<M> last_sent(Cluster& cluster, NodeId from) {
  for (auto it = cluster.network().rbegin(); it != cluster.network().rend(); ++it) {
    if (it->from != from) continue;
    const Result<Message> message = decode_message(it->message);
    const M* found = message ? std::get_if<M>(&*message) : nullptr;
    return found != nullptr ? std::optional(*found) : std::nullopt;
  }
  return std::nullopt;
}

template <class M, class Reply>
std::optional<Reply> answer_to(Cluster& cluster, NodeId from, NodeId to, const M& message) {
  cluster.network().clear();
  cluster.receive(from, to, message);
  return last_sent<Reply>(cluster, to);
}

Bytes some_write(std::int64_t value) {
  return kv::encode(write_of(1, 1, 1, value));
}

Ballot ballot_of_first_candidate(const Config& config) {
  Cluster cluster(3, config);
  EXPECT_TRUE(cluster.elect(2));
  return cluster.node(2).ballot();
}

TEST(Rules, BallotsOfDifferentNodesDiffer) {
  EXPECT_EQ(ballot_of_first_candidate({}), (Ballot{1, 2}));
  EXPECT_EQ(ballot_of_first_candidate(with(&Bugs::equal_ballots)), (Ballot{1, 0}));
}

// Node 1 promises a ballot, restarts, and is asked to accept a lower one.
bool keeps_its_promise(const Config& config) {
  Cluster cluster(3, config);
  EXPECT_TRUE((answer_to<Prepare, Promise>(cluster, 2, 1, Prepare{{5, 2}, 1})));
  cluster.restart(1);
  return !answer_to<Accept, Accepted>(cluster, 0, 1, Accept{{4, 0}, 0, 0, 1, {some_write(1)}});
}

TEST(Rules, APromiseSurvivesARestart) {
  EXPECT_TRUE(keeps_its_promise({}));
  EXPECT_FALSE(keeps_its_promise(with(&Bugs::forget_promise)));
}

bool remembers_what_it_accepted(const Config& config) {
  Cluster cluster(3, config);
  cluster.receive(0, 1, Prepare{{4, 0}, 1});
  const Accept accept{{4, 0}, 0, 0, 1, {some_write(1)}};
  EXPECT_TRUE((answer_to<Accept, Accepted>(cluster, 0, 1, accept)));
  cluster.restart(1);
  return cluster.node(1).acceptor().accepted(1) != nullptr;
}

TEST(Rules, WhatWasSaidToBeAcceptedSurvivesARestart) {
  EXPECT_TRUE(remembers_what_it_accepted({}));
  EXPECT_FALSE(remembers_what_it_accepted(with(&Bugs::accept_before_sync)));
}

// Node 0 votes alone; what is on its way to the learner is not answered, so nothing need be sent.
TEST(Rules, WhatTheLeaderChoseAloneSurvivesARestart) {
  using Change = MembershipPower::Change;
  Cluster cluster(2);
  ASSERT_TRUE(cluster.elect(0));
  cluster.ask(0, {Change::remove, 1});
  cluster.deliver_all();
  cluster.ask(0, {Change::add_learner, 1});
  cluster.ask(0, {Change::add_voter, 1});
  const Slot chosen = cluster.node(0).acceptor().chosen();
  ASSERT_EQ(chosen + 1, cluster.node(0).configurations().latest_from());
  cluster.restart(0);
  EXPECT_NE(cluster.node(0).acceptor().accepted(chosen), nullptr);
}

bool accepts_below_its_promise(const Config& config) {
  Cluster cluster(3, config);
  cluster.receive(2, 1, Prepare{{5, 2}, 1});
  const Accept accept{{4, 0}, 0, 0, 1, {some_write(1)}};
  return answer_to<Accept, Accepted>(cluster, 0, 1, accept).has_value();
}

TEST(Rules, NothingIsAcceptedBelowAPromise) {
  EXPECT_FALSE(accepts_below_its_promise({}));
  EXPECT_TRUE(accepts_below_its_promise(with(&Bugs::accept_below_promise)));
}

TEST(Rules, AHigherBallotIsNamedToWhoeverIsRefused) {
  Cluster cluster(3);
  cluster.receive(2, 1, Prepare{{5, 2}, 1});
  const auto refused = answer_to<Prepare, Preempted>(cluster, 0, 1, Prepare{{4, 0}, 1});
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->promised, (Ballot{5, 2}));
}

// Nodes 0 and 1 accepted `low` and `high` in slot 1, in this order of ballots; node 0 comes to
// lead with the promise of node 1. What does it propose?
std::optional<Bytes> proposed_after(const Config& config, bool zero_accepted_low) {
  Cluster cluster(3, config);
  if (zero_accepted_low) {
    cluster.receive(2, 0, Accept{{1, 2}, 0, 0, 1, {some_write(1)}});
  }
  cluster.receive(2, 1, Accept{{2, 2}, 0, 0, 1, {some_write(2)}});
  cluster.crash(2);
  cluster.network().clear();
  EXPECT_TRUE(cluster.elect(0));
  const Proposal* proposal = cluster.node(0).acceptor().accepted(1);
  return proposal == nullptr ? std::nullopt : std::optional(proposal->value);
}

TEST(Rules, TheValueOfTheHighestBallotIsProposed) {
  EXPECT_EQ(proposed_after({}, true), some_write(2));
  EXPECT_EQ(proposed_after(with(&Bugs::first_value), true), some_write(1));
  EXPECT_EQ(proposed_after({}, false), some_write(2));
  EXPECT_EQ(proposed_after(with(&Bugs::own_value), false), std::nullopt);
}

// Likewise, but node 1 accepted slots 1 and 2, and node 0 slot 2 alone.
TEST(Rules, ANoopFillsOnlyAGap) {
  const auto filled = [](const Config& config, bool reported) {
    Cluster cluster(3, config);
    cluster.receive(2, 0, Accept{{1, 2}, 0, 0, 2, {some_write(2)}});
    const Slot first = reported ? 1 : 2;
    const std::vector<Bytes> values(reported ? 2 : 1, some_write(2));
    cluster.receive(2, 1, Accept{{1, 2}, 0, 0, first, values});
    cluster.crash(2);
    cluster.network().clear();
    EXPECT_TRUE(cluster.elect(0));
    return cluster.node(0).acceptor().accepted(1)->value;
  };
  EXPECT_EQ(filled({}, false), Bytes());
  EXPECT_EQ(filled({}, true), some_write(2));
  EXPECT_EQ(filled(with(&Bugs::noop_over_value), true), Bytes());
}

// Node 1 accepted in ballot 1; the leader of ballot 2 says that the slot is chosen.
Slot learnt(const Config& config, Ballot ballot) {
  Cluster cluster(3, config);
  cluster.receive(0, 1, Accept{{1, 0}, 0, 0, 1, {some_write(1)}});
  cluster.receive(2, 1, Accept{ballot, 1, 0, 2, {}});
  return cluster.node(1).acceptor().chosen();
}

TEST(Rules, OnlyWhatWasAcceptedInTheBallotOfTheLeaderIsLearnt) {
  EXPECT_EQ(learnt({}, {2, 2}), 0U);
  EXPECT_EQ(learnt({}, {1, 0}), 1U);
  EXPECT_EQ(learnt(with(&Bugs::any_ballot), {2, 2}), 1U);
}

bool decides_with_two_of_five(const Config& config) {
  Cluster cluster(5, config);
  EXPECT_TRUE(cluster.elect(0));
  cluster.connect_only({0, 1});
  const RequestId write = cluster.request(0, write_of(1, 1, 1, 1));
  cluster.deliver_all();
  return cluster.answer(write).has_value();
}

TEST(Rules, AMinorityDecidesNothing) {
  EXPECT_FALSE(decides_with_two_of_five({}));
  EXPECT_TRUE(decides_with_two_of_five(with(&Bugs::minority_quorum)));
}

bool a_deposed_leader_reads(const Config& config) {
  Cluster cluster(3, config);
  EXPECT_TRUE(cluster.elect(0));
  cluster.isolate(0);
  EXPECT_TRUE(cluster.elect(1));
  const RequestId write = cluster.request(1, write_of(1, 1, 1, 7));
  cluster.deliver_all();
  EXPECT_TRUE(cluster.answer(write));
  EXPECT_EQ(cluster.node(0).role(), Role::leading) << "it does not know yet";
  const RequestId read = cluster.request(0, read_of(2, 1, 1));
  cluster.deliver_all();
  return cluster.answer(read).has_value();
}

TEST(Rules, ADeposedLeaderAnswersNoRead) {
  EXPECT_FALSE(a_deposed_leader_reads({}));
  EXPECT_TRUE(a_deposed_leader_reads(with(&Bugs::local_read)));
}

TEST(Rules, ReadsSeeWhatWasAcknowledged) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.elect(0));
  const RequestId write = cluster.request(0, write_of(1, 1, 1, 7));
  cluster.deliver_all();
  ASSERT_TRUE(cluster.answer(write));
  const RequestId read = cluster.request(0, read_of(2, 1, 1));
  EXPECT_FALSE(cluster.answer(read)) << "nobody has confirmed yet";
  cluster.deliver_all();
  EXPECT_EQ(cluster.answer(read)->value, 7);
}

}  // namespace
}  // namespace faultline::paxos

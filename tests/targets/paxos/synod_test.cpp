#include "targets/paxos/synod.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <set>
#include <tuple>

namespace faultline::paxos {
namespace {

TEST(Ballot, AreOrderedByRoundThenNode) {
  EXPECT_LT((Ballot{0, 0}), (Ballot{1, 0}));
  EXPECT_LT((Ballot{1, 5}), (Ballot{2, 0}));
  EXPECT_LT((Ballot{2, 0}), (Ballot{2, 1}));
  EXPECT_EQ(ballot_name({3, 0}), "b3.1");
}

TEST(Quorum, IsAMajorityOfTheAcceptors) {
  const std::vector<NodeId> five{0, 1, 2, 3, 4};
  EXPECT_FALSE(Quorum(five).met_by({0, 1}));
  EXPECT_TRUE(Quorum(five).met_by({0, 1, 4}));
  EXPECT_FALSE(Quorum(five).met_by({0, 1, 7, 8, 9})) << "others do not count";
  const std::vector<NodeId> four{0, 1, 2, 3};
  EXPECT_FALSE(Quorum(four).met_by({0, 1}));
  EXPECT_EQ(Quorum(five).reached({9, 1, 7, 3, 5}), 5U);
  EXPECT_EQ(Quorum(std::vector<NodeId>{1, 3}).reached({9, 1, 7, 3}), 1U);
}

TEST(Acceptor, KeepsItsPromise) {
  Acceptor acceptor;
  ASSERT_TRUE(acceptor.promise({2, 0}));
  EXPECT_FALSE(acceptor.promise({1, 9}));
  EXPECT_FALSE(acceptor.accept({{1, 9}, "old"}));
  EXPECT_TRUE(acceptor.accept({{2, 0}, "value"}));
  const auto promise = acceptor.promise({3, 1});
  ASSERT_TRUE(promise);
  EXPECT_EQ(promise->accepted, (Proposal{{2, 0}, "value"}));
}

TEST(Acceptor, ToAcceptIsToPromise) {
  Acceptor acceptor;
  ASSERT_TRUE(acceptor.accept({{2, 0}, "value"}));
  EXPECT_FALSE(acceptor.accept({{1, 0}, "old"}));
  EXPECT_EQ(acceptor.accepted(), (Proposal{{2, 0}, "value"}));
}

TEST(Proposer, ProposesTheValueOfTheHighestBallotReported) {
  const std::vector<NodeId> three{0, 1, 2};
  const Quorum quorum(three);
  Proposer constrained({5, 0}, "own");
  EXPECT_FALSE(constrained.promised(0, {Proposal{{1, 0}, "low"}}, quorum));
  EXPECT_FALSE(constrained.promised(0, {Proposal{{1, 0}, "low"}}, quorum)) << "one acceptor";
  EXPECT_EQ(constrained.promised(1, {Proposal{{2, 0}, "high"}}, quorum),
            (Proposal{{5, 0}, "high"}));
  Proposer free({5, 0}, "own");
  free.promised(0, {}, quorum);
  EXPECT_EQ(free.promised(2, {}, quorum), (Proposal{{5, 0}, "own"}));
}

TEST(Learner, CountsTheAcceptorsOfOneBallot) {
  const std::vector<NodeId> three{0, 1, 2};
  Learner learner;
  learner.accepted(0, {1, 0});
  learner.accepted(1, {2, 0});
  EXPECT_FALSE(learner.chosen(Quorum(three), {}));
  learner.accepted(2, {1, 0});
  EXPECT_TRUE(learner.chosen(Quorum(three), {}));
}

// A small model, searched completely: three acceptors, a few ballots with a value of their own
// each. Messages are never lost but may be delivered in any order, or never; so a state is what the
// acceptors hold, what each ballot was promised and proposed, and who accepted what.
class Model {
 public:
  Model(std::vector<Ballot> ballots, const Bugs& bugs)
      : bugs_(bugs), acceptors_(3, Acceptor(bugs)) {
    for (std::size_t i = 0; i < ballots.size(); ++i) {
      proposers_.emplace_back(ballots[i], Bytes(1, static_cast<char>('a' + i)), bugs);
    }
    promises_.resize(proposers_.size());
    proposals_.resize(proposers_.size());
    accepted_.resize(proposers_.size());
  }

  // Every step from here, as a state of its own.
  void for_each_next(const std::function<void(const Model&)>& visit) const {
    for (std::size_t p = 0; p < proposers_.size(); ++p) {
      for (NodeId a = 0; a < 3; ++a) {
        if (!promises_[p].contains(a)) promised(p, a, visit);
        if (proposals_[p] && !accepted_[p].contains(a)) accepted(p, a, visit);
      }
    }
  }

  std::set<Bytes> chosen() const {
    std::set<Bytes> values;
    for (std::size_t p = 0; p < proposers_.size(); ++p) {
      if (quorum().met_by(accepted_[p])) values.insert(proposals_[p]->value);
    }
    return values;
  }

  std::string name() const {
    std::string text;
    for (const Acceptor& acceptor : acceptors_) {
      text += ballot_name(acceptor.promised());
      if (acceptor.accepted()) {
        text += ballot_name(acceptor.accepted()->ballot) + acceptor.accepted()->value;
      }
      text += ";";
    }
    for (std::size_t p = 0; p < proposers_.size(); ++p) {
      for (const auto& [a, report] : promises_[p]) text += fmt::format("{}{},", a, report);
      text += "|" + (proposals_[p] ? proposals_[p]->value : "-");
      for (const NodeId a : accepted_[p]) text += std::to_string(a);
      text += ";";
    }
    return text;
  }

 private:
  Quorum quorum() const { return Quorum(nodes_, bugs_); }

  // Phase 1 between proposer p and acceptor a, and phase 2a if it follows.
  void promised(std::size_t p, NodeId a, const std::function<void(const Model&)>& visit) const {
    Model next = *this;
    const auto promise =
        next.acceptors_[static_cast<std::size_t>(a)].promise(proposers_[p].ballot());
    if (!promise) return;
    const auto& report = promise->accepted;
    next.promises_[p][a] = report ? ballot_name(report->ballot) + report->value : "";
    next.proposals_[p] = next.proposers_[p].promised(a, *promise, quorum());
    visit(next);
  }

  void accepted(std::size_t p, NodeId a, const std::function<void(const Model&)>& visit) const {
    Model next = *this;
    if (!next.acceptors_[static_cast<std::size_t>(a)].accept(*proposals_[p])) return;
    next.accepted_[p].insert(a);
    visit(next);
  }

  Bugs bugs_;
  std::vector<NodeId> nodes_{0, 1, 2};
  std::vector<Acceptor> acceptors_;
  std::vector<Proposer> proposers_;
  std::vector<std::map<NodeId, std::string>> promises_;  // by proposer: what each reported
  std::vector<std::optional<Proposal>> proposals_;
  std::vector<NodeSet> accepted_;
};

struct Found {
  std::size_t states = 0;
  bool agreement = true;
  bool something_chosen = false;
};

Found search(const std::vector<Ballot>& ballots, const Bugs& bugs) {
  Found found;
  std::set<std::string> seen;
  std::vector<Model> open{Model(ballots, bugs)};
  while (!open.empty() && found.agreement) {
    const Model model = std::move(open.back());
    open.pop_back();
    const std::set<Bytes> chosen = model.chosen();
    found.something_chosen |= !chosen.empty();
    found.agreement &= chosen.size() <= 1;
    model.for_each_next([&](const Model& next) {
      if (seen.insert(next.name()).second) open.push_back(next);
    });
  }
  found.states = seen.size();
  return found;
}

const std::vector<Ballot> kThree{{1, 0}, {1, 1}, {2, 0}};

TEST(Synod, NoOrderOfMessagesChoosesTwoValues) {
  const Found found = search(kThree, {});
  std::cout << found.states << " states\n";
  EXPECT_TRUE(found.agreement);
  EXPECT_TRUE(found.something_chosen);
  EXPECT_GT(found.states, 1000U);
}

TEST(Synod, EachRuleThatIsLeftOutChoosesTwoValuesInSomeOrder) {
  for (const auto flag : {&Bugs::accept_below_promise, &Bugs::own_value, &Bugs::first_value,
                          &Bugs::minority_quorum}) {
    Bugs bugs;
    bugs.*flag = true;
    EXPECT_FALSE(search(kThree, bugs).agreement);
  }
}

TEST(Synod, EqualBallotsChooseTwoValuesInSomeOrder) {
  EXPECT_FALSE(search({{1, 0}, {1, 0}}, {}).agreement);
  EXPECT_TRUE(search({{1, 0}, {1, 1}}, {}).agreement);
}

TEST(Synod, BugAnyBallotCountsWhatWasNeverChosen) {
  const std::vector<NodeId> three{0, 1, 2};
  Bugs bugs;
  bugs.any_ballot = true;
  Learner learner;
  learner.accepted(0, {1, 0});
  learner.accepted(1, {2, 0});
  EXPECT_TRUE(learner.chosen(Quorum(three), bugs));
}

}  // namespace
}  // namespace faultline::paxos

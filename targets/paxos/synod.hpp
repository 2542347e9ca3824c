// The synod: Paxos for a single decision (Lamport, Paxos Made Simple, 2001, section 2), as the
// rules of its three roles. No messages, no clock, no disk: a caller carries what is said here
// from one role to the other, as late, as often or as seldom as it likes. Values; one thread.
//
//   Phase 1a  a proposer asks acceptors to promise its ballot      Proposer::ballot
//   Phase 1b  an acceptor promises, and reports what it accepted   Acceptor::promise
//   Phase 2a  with a quorum of promises, the proposer proposes     Proposer::promised
//   Phase 2b  an acceptor accepts                                  Acceptor::accept
//   Learning  a value is chosen once a quorum accepted a ballot    Learner::accepted, chosen
//
// Why only one value is ever chosen: say v is chosen in ballot b. A proposer of a higher ballot has
// heard a quorum of promises, and one of those acceptors accepted v in b before it promised (after
// it, it would have refused). So the proposer was told of a proposal of ballot b or higher, and by
// induction all of those propose v.
//
// Multi-Paxos is this rule for every slot of a log, with one promise for all of them.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/core/node.hpp"
#include "targets/paxos/bugs.hpp"

namespace faultline::paxos {

// Ballots are totally ordered, and no two nodes have one in common: each counts rounds of its own.
struct Ballot {
  std::uint64_t round = 0;  // 0: below every ballot that is used
  NodeId node = 0;
  friend auto operator<=>(const Ballot&, const Ballot&) = default;
};

std::string ballot_name(Ballot ballot);  // "b3.1": the third round of n1

struct Proposal {
  Ballot ballot;
  Bytes value;
  friend bool operator==(const Proposal&, const Proposal&) = default;
};

using NodeSet = std::set<NodeId>;

// The quorums of a set of acceptors: its majorities. Any two of them have a member in common.
class Quorum {
 public:
  explicit Quorum(const std::vector<NodeId>& acceptors, const Bugs& bugs = {})
      : acceptors_(acceptors), size_(acceptors.size() / 2 + (bugs.minority_quorum ? 0 : 1)) {}

  bool met_by(const NodeSet& nodes) const;
  // The greatest number that a quorum has reached; by_node[i] is that of node i.
  std::uint64_t reached(const std::vector<std::uint64_t>& by_node) const;

 private:
  const std::vector<NodeId>& acceptors_;  // not owned
  std::size_t size_;
};

// The acceptor's two rules. After a promise it takes no part in lower ballots.
bool may_promise(Ballot promised, Ballot asked);
bool may_accept(Ballot promised, Ballot asked, const Bugs& bugs);

// The proposer's rule: of what the acceptors of a quorum accepted, the value of the highest ballot.
class Choice {
 public:
  void consider(const Proposal& reported, const Bugs& bugs);
  const std::optional<Proposal>& best() const { return best_; }  // nothing: the proposer is free

 private:
  std::optional<Proposal> best_;
};

class Learner {
 public:
  void accepted(NodeId node, Ballot ballot) { accepted_[ballot].insert(node); }
  bool chosen(const Quorum& quorum, const Bugs& bugs) const;

 private:
  std::map<Ballot, NodeSet> accepted_;
};

// The rules put together for one decision.
class Acceptor {
 public:
  explicit Acceptor(const Bugs& bugs = {}) : bugs_(bugs) {}

  struct Promise {
    std::optional<Proposal> accepted;
  };
  std::optional<Promise> promise(Ballot ballot);  // nothing: refused
  bool accept(const Proposal& proposal);

  Ballot promised() const { return promised_; }
  const std::optional<Proposal>& accepted() const { return accepted_; }

 private:
  Bugs bugs_;
  Ballot promised_;
  std::optional<Proposal> accepted_;
};

class Proposer {
 public:
  // `own` is what it proposes if it is free to.
  Proposer(Ballot ballot, Bytes own, const Bugs& bugs = {})
      : ballot_(ballot), own_(std::move(own)), bugs_(bugs) {}

  Ballot ballot() const { return ballot_; }
  // A promise of this ballot. The proposal, once a quorum has promised; ever the same.
  std::optional<Proposal> promised(NodeId acceptor, const Acceptor::Promise& promise,
                                   const Quorum& quorum);

 private:
  Ballot ballot_;
  Bytes own_;
  Bugs bugs_;
  NodeSet promises_;
  Choice choice_;
  std::optional<Proposal> proposal_;
};

}  // namespace faultline::paxos

#include "targets/paxos/synod.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace faultline::paxos {

std::string ballot_name(Ballot ballot) {
  return fmt::format("b{}.{}", ballot.round, ballot.node + 1);
}

bool Quorum::met_by(const NodeSet& nodes) const {
  const auto present = [&](NodeId node) { return nodes.contains(node); };
  return static_cast<std::size_t>(std::ranges::count_if(acceptors_, present)) >= size_;
}

std::uint64_t Quorum::reached(const std::vector<std::uint64_t>& by_node) const {
  std::vector<std::uint64_t> values;
  for (const NodeId node : acceptors_) values.push_back(by_node[static_cast<std::size_t>(node)]);
  std::ranges::sort(values, std::greater<>());
  return size_ == 0 || size_ > values.size() ? 0 : values[size_ - 1];
}

bool may_promise(Ballot promised, Ballot asked) {
  return asked >= promised;  // the same again is another copy of the message
}

bool may_accept(Ballot promised, Ballot asked, const Bugs& bugs) {
  return asked >= promised || bugs.accept_below_promise;
}

void Choice::consider(const Proposal& reported, const Bugs& bugs) {
  if (bugs.first_value && best_) return;
  if (!best_ || reported.ballot > best_->ballot) best_ = reported;
}

bool Learner::chosen(const Quorum& quorum, const Bugs& bugs) const {
  NodeSet any;
  for (const auto& [ballot, nodes] : accepted_) {
    if (quorum.met_by(nodes)) return true;
    any.insert(nodes.begin(), nodes.end());
  }
  return bugs.any_ballot && quorum.met_by(any);
}

std::optional<Acceptor::Promise> Acceptor::promise(Ballot ballot) {
  if (!may_promise(promised_, ballot)) return std::nullopt;
  promised_ = ballot;
  return Promise{accepted_};
}

bool Acceptor::accept(const Proposal& proposal) {
  if (!may_accept(promised_, proposal.ballot, bugs_)) return false;
  // To accept is to promise: else a lower ballot could be accepted afterwards.
  promised_ = std::max(promised_, proposal.ballot);
  accepted_ = proposal;
  return true;
}

std::optional<Proposal> Proposer::promised(NodeId acceptor, const Acceptor::Promise& promise,
                                           const Quorum& quorum) {
  if (proposal_) return proposal_;
  promises_.insert(acceptor);
  if (promise.accepted && !bugs_.own_value) choice_.consider(*promise.accepted, bugs_);
  if (!quorum.met_by(promises_)) return std::nullopt;
  proposal_ = Proposal{ballot_, choice_.best() ? choice_.best()->value : own_};
  return proposal_;
}

}  // namespace faultline::paxos

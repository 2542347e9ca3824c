// PaxosNode's membership: what an operator asks of the leader. A change is a command like any
// other; configuration.hpp says when it counts. One at a time, so that none undoes another.
#include <fmt/format.h>

#include "targets/paxos/paxos_node.hpp"

namespace faultline::paxos {

void PaxosNode::administer(RequestId id, const AdminRequest& request, Time now, Effects& out) {
  using Kind = AdminResponse::Kind;
  const auto answer = [&](Kind kind) {
    const AdminResponse response{kind, leader_, configurations_.latest()};
    reply(id, encode(response), out);
  };
  if (role_ != Role::leading) return answer(Kind::not_leader);
  if (!request.change) return answer(Kind::ok);
  if (request.node >= size()) return answer(Kind::refused);
  if (*request.change == MembershipPower::Change::lead) {
    return hand_over(id, request.node, now, out);
  }
  const auto after = changed(configurations_.latest(), *request.change, request.node);
  if (!after || change_pending()) return answer(Kind::refused);
  queue_.push_back({id, configuration_value(*after)});
  progress(out);
}

// Has one been asked for that is not in effect yet? It may have been of a leader before this one.
bool PaxosNode::change_pending() const {
  if (!reported_.empty() || !quorum_of(next_).met_by(promises_)) return true;
  if (configurations_.latest_from() > first_unchosen()) return true;
  for (const Queued& queued : queue_) {
    if (is_configuration(queued.value)) return true;
  }
  for (const auto& [slot, learner] : votes_) {
    if (is_configuration(acceptor_.accepted(slot)->value)) return true;
  }
  return false;
}

// It is done when the other one prepares a higher ballot, which takes nothing but its will.
void PaxosNode::hand_over(RequestId id, NodeId to, Time now, Effects& out) {
  if (handover_ || !is_voter(members_at(first_unchosen()), to)) {
    return reply(id, encode(AdminResponse{AdminResponse::Kind::refused, leader_, {}}), out);
  }
  handover_ = Handover{id, to, now + config_.patience_max};
  if (to == id_) return end_handover(AdminResponse::Kind::ok, out);
  send(to, TakeOver{ballot_}, out);
}

void PaxosNode::end_handover(AdminResponse::Kind kind, Effects& out) {
  const AdminResponse response{kind, handover_->to, configurations_.latest()};
  reply(handover_->id, encode(response), out);
  handover_.reset();
}

void PaxosNode::handle(NodeId from, const TakeOver& m, Time now, Effects& out) {
  if (m.ballot != acceptor_.promised() || m.ballot.node != from || !votes()) return;
  if (role_ == Role::follower) prepare(now, out);
}

}  // namespace faultline::paxos

// RaftNode's membership (Ongaro 2014, chapter 4: one server at a time) and leadership transfer
// (3.10), as an operator asks for them. A configuration is in force as soon as it is in the log.
//
// Whoever is to vote first listens, until it has caught up (4.2.1). A leader that is removed goes
// on until that is decided, without counting itself, and then steps down (4.2.2). Those that were
// removed disturb nobody: their pre-votes are refused while a leader is heard (4.2.3, 9.6).
#include <fmt/format.h>

#include "targets/raft/raft_node.hpp"

namespace faultline::raft {

using Change = MembershipPower::Change;
using Kind = AdminResponse::Kind;

void RaftNode::administer(RequestId id, const AdminRequest& request, Effects& out) {
  if (role_ != Role::leader) return answer_admin(id, Kind::not_leader, out);
  if (!request.change) {
    // What is not committed may be replaced.
    const bool decided = log_.configuration_index() <= commit_ && hears_a_majority();
    return answer_admin(id, decided ? Kind::ok : Kind::refused, out);
  }
  if (!may_change(request)) return answer_admin(id, Kind::refused, out);
  const Time deadline = now_ + config_.election_timeout_max;
  if (request.change == Change::lead) {
    if (request.node == id_) return answer_admin(id, Kind::ok, out);
    transfer_ = PendingTransfer{id, request.node, deadline};
    pursue_transfer(out);
  } else {
    change_ = PendingChange{id, *request.change, request.node, deadline};
    pursue_change(out);
  }
}

bool RaftNode::may_change(const AdminRequest& request) const {
  const Bugs& bugs = config_.bugs;
  if (transfer_ || request.node >= static_cast<NodeId>(peers_.size())) return false;
  if (request.change == Change::lead) return is_voter(request.node);
  // One at a time, so that any two majorities share a node (4.1).
  const bool undecided = change_ || log_.configuration_index() > commit_;
  if (undecided && !bugs.member_change_overlap) return false;
  // Of a term before ours a change may be left that we do not have, but others may still decide;
  // with an entry of our own term committed, it cannot be any more (Ongaro, raft-dev, July 2015).
  if (commit_ < term_start_ && !bugs.member_change_early) return false;
  return log_.configuration().after(*request.change, request.node).has_value();
}

// Takes the next step, if what was done before is decided.
void RaftNode::pursue_change(Effects& out) {
  if (!change_) return;
  const bool undecided = log_.configuration_index() > commit_;
  if (undecided && !config_.bugs.member_change_overlap) return;
  const Configuration& current = log_.configuration();
  std::optional<Configuration> next = current.after(change_->change, change_->node);
  if (!next) {
    const RequestId id = change_->id;
    change_.reset();
    return answer_admin(id, Kind::ok, out);
  }
  if (change_->change == Change::add_voter) {
    if (!current.learns(change_->node)) {
      next = current.after(Change::add_learner, change_->node);
    } else if (peer(change_->node).match < commit_) {
      return;
    }
  }
  note(fmt::format("changes who belongs to the cluster: {}", node_name(change_->node)), out);
  log_.append({log_.term(), {}, std::move(next)}, out);
  broadcast_append(false, out);
  advance_commit(out);  // if nobody else votes
}

// Once it has all that we have, it is told to lead; again and again, should that get lost.
void RaftNode::pursue_transfer(Effects& out) {
  if (!transfer_ || role_ != Role::leader) return;
  if (peer(transfer_->to).match < log_.last_index()) {
    if (!peer(transfer_->to).in_flight) send_append(transfer_->to, false, out);
    return;
  }
  if (!transfer_->asked) note(fmt::format("hands over to {}", node_name(transfer_->to)), out);
  transfer_->asked = true;
  lease_given_up_ = true;  // even if it does not lead soon, it may do so late
  send(transfer_->to, TimeoutNow{log_.term()}, out);
}

void RaftNode::give_up_late_ones(Effects& out) {
  // A change that is in the log and not decided cannot be taken back.
  const bool decided = log_.configuration_index() <= commit_;
  if (change_ && decided && now_ >= change_->deadline) {
    answer_admin(change_->id, Kind::refused, out);
    change_.reset();
  }
  if (transfer_ && now_ >= transfer_->deadline) {
    // Once asked, the other one may lead at any time: nothing can be said.
    if (!transfer_->asked) answer_admin(transfer_->id, Kind::refused, out);
    transfer_.reset();
  }
}

void RaftNode::answer_admin(RequestId id, AdminResponse::Kind kind, Effects& out) {
  AdminResponse response;
  response.kind = kind;
  response.leader = leader_;
  const Configuration& configuration = log_.configuration();
  if (kind == Kind::ok) response.membership = {configuration.voters, configuration.learners};
  log_.sync(out);
  out.reply(id, encode(response));
}

}  // namespace faultline::raft

// PaxosNode's phase 1 and what decides who leads: suspicion, Prepare and Promise, preemption.
//
// A node that hears no leader for a while, drawn at random each time, first asks whether a quorum
// misses it, too, so that one that is cut off and comes back preempts nobody. This is about
// liveness alone: to refuse or to delay a Prepare is always safe.
//
// Who votes is known only as far as it is known what is chosen, so those who lag may all wait for
// one another: who votes by now does not know it, and who knows better votes no more, and would
// not stand. Therefore whoever hears no leader and does not vote, as far as it knows, or stands in
// vain, asks everybody for what is chosen (Learn): everybody, because those it takes for voters
// may have been removed and switched off. Then somebody leads in the end. Say nobody does, and no
// node comes or goes any more:
//   - All that are up get to know the same slots as chosen, up to some slot c: as far as any of
//     them does. So all agree on who votes in c + 1, and nobody lags.
//   - If a quorum of those voters is up, one of them gets its agreement and its promises, leads,
//     and finds in phase 1 what may have been chosen from c + 1 on, whether or not anybody who
//     knows that it was is up. It decides this again, and goes on until it votes no more.
//   - That takes a change of members that has come into effect, so that c has grown; with the last
//     change there is an end to it.
// So a change that was decided in slot s comes to those that it concerns as long as a quorum of
// the old voters is up until one of the new ones knows all slots before s + alpha for good, and a
// quorum of the new ones from then on (as in Lamport, Malkhi and Zhou, Reconfiguring a State
// Machine, 2010, where the old ones serve until their state was handed on). Nodes that were
// removed go on asking; thus they get to know that they are not to stand.
#include <fmt/format.h>

#include <algorithm>

#include "targets/paxos/paxos_node.hpp"

namespace faultline::paxos {

void PaxosNode::reset_patience(Time now) {
  patience_ends_ = now + rng_.between(config_.patience_min, config_.patience_max);
}

void PaxosNode::note_leader(NodeId leader, Time now) {
  leader_ = leader;
  leader_heard_ = now;
  reset_patience(now);
}

Ballot PaxosNode::next_ballot() const {
  const std::uint64_t round = std::max(seen_round_, acceptor_.promised().round) + 1;
  return {round, config_.bugs.equal_ballots ? 0 : id_};
}

// At the end of its patience, whatever it knows of the members.
void PaxosNode::miss_leader(Time now, Effects& out) {
  const bool in_vain = role_ != Role::follower || !votes();
  leader_.reset();
  reset_patience(now);
  for (NodeId node = 0; in_vain && node < size(); ++node) {
    if (node != id_) send(node, Learn{first_unchosen()}, out);
  }
  if (votes()) return suspect(now, out);
  role_ = Role::follower;  // it is not up to this node, as far as it knows
}

void PaxosNode::suspect(Time now, Effects& out) {
  if (role_ == Role::follower) note("hears no leader", out);
  role_ = Role::suspecting;
  for (Peer& peer : peers_) peer.agreed = false;
  ask_suspicions(now, out);
  count_suspicions(now, out);  // a cluster of one has nobody to ask
}

void PaxosNode::ask_suspicions(Time now, Effects& out) {
  heartbeat_due_ = now + config_.heartbeat;
  for (const NodeId node : members_at(first_unchosen()).voters) {
    if (node == id_ || peer(node).agreed) continue;
    send(node, Suspect{acceptor_.chosen()}, out);
  }
}

void PaxosNode::handle(NodeId from, const Suspect& m, Time now, Effects& out) {
  // A laggard is taught, not followed: it would have to be told of more than a message holds.
  const bool lags =
      m.chosen < acceptor_.base() || m.chosen + config_.max_lesson < acceptor_.chosen();
  if (lags) teach(from, m.chosen + 1, out);
  send(from, SuspectReply{!lags && !hears_leader(now), acceptor_.promised()}, out);
}

void PaxosNode::handle(NodeId from, const SuspectReply& m, Time now, Effects& out) {
  seen_round_ = std::max(seen_round_, m.promised.round);
  if (role_ != Role::suspecting || !m.agreed) return;
  peer(from).agreed = true;
  count_suspicions(now, out);
}

void PaxosNode::count_suspicions(Time now, Effects& out) {
  NodeSet suspicious{id_};
  for (NodeId node = 0; node < size(); ++node) {
    if (peer(node).agreed) suspicious.insert(node);
  }
  if (quorum_of(first_unchosen()).met_by(suspicious)) prepare(now, out);
}

// Phase 1a.
void PaxosNode::prepare(Time now, Effects& out) {
  ballot_ = next_ballot();
  acceptor_.promise(ballot_, out);
  role_ = Role::preparing;
  note("prepares", out);
  reset_patience(now);
  heartbeat_due_ = now + config_.heartbeat;
  promises_ = {id_};
  reported_.clear();
  next_ = first_unchosen();
  for (const Promise::Report& report : acceptor_.accepted_from(next_)) {
    reported_[report.slot].consider(report.proposal, config_.bugs);
  }
  send_prepares(out);
  count_promises(now, out);
}

// To those whose promise is missing: when it begins, of the slot it begins with; later, of slots
// with another configuration.
void PaxosNode::send_prepares(Effects& out) {
  const Slot first = role_ == Role::leading ? next_ : first_unchosen();
  for (const NodeId node : members_at(first).voters) {
    if (!promises_.contains(node)) send(node, Prepare{ballot_, first}, out);
  }
}

// Phase 1b.
void PaxosNode::handle(NodeId from, const Prepare& m, Time now, Effects& out) {
  seen_round_ = std::max(seen_round_, m.ballot.round);
  // What was accepted before base() cannot be reported; it is chosen, and that can be told.
  if (m.first <= acceptor_.base()) return teach(from, m.first, out);
  const bool higher = m.ballot > acceptor_.promised();
  if (!acceptor_.promise(m.ballot, out)) {
    return send(from, Preempted{acceptor_.promised()}, out);
  }
  if (higher) {
    if (handover_ && handover_->to == from) end_handover(AdminResponse::Kind::ok, out);
    step_down(now, out);
    leader_.reset();
    reset_patience(now);
  }
  send(from, Promise{m.ballot, acceptor_.accepted_from(m.first)}, out);
}

void PaxosNode::handle(NodeId from, const Promise& m, Time now, Effects& out) {
  const bool proposing = role_ == Role::preparing || role_ == Role::leading;
  if (!proposing || m.ballot != ballot_) return;
  peer(from).heard = now;
  promises_.insert(from);
  for (const Promise::Report& report : m.accepted) {
    if (config_.bugs.noop_over_value && acceptor_.accepted(report.slot) == nullptr) continue;
    if (report.slot >= next_) reported_[report.slot].consider(report.proposal, config_.bugs);
  }
  role_ == Role::preparing ? count_promises(now, out) : progress(out);
}

void PaxosNode::count_promises(Time now, Effects& out) {
  if (may_propose(first_unchosen())) lead(now, out);
}

void PaxosNode::handle(NodeId, const Preempted& m, Time now, Effects& out) {
  seen_round_ = std::max(seen_round_, m.promised.round);
  const bool proposing = role_ == Role::preparing || role_ == Role::leading;
  if (!proposing || m.promised <= ballot_) return;
  note(fmt::format("preempted by {}", ballot_name(m.promised)), out);
  step_down(now, out);
}

void PaxosNode::lead(Time now, Effects& out) {
  role_ = Role::leading;
  leader_ = id_;
  next_ = first_unchosen();
  reported_.erase(reported_.begin(), reported_.lower_bound(next_));
  if (config_.bugs.own_value) reported_.clear();
  note(fmt::format("leads from slot {}", next_), out);
  for (Peer& peer : peers_) {
    peer = Peer{};
    peer.sent = acceptor_.chosen();
    peer.heard = now;
  }
  heartbeat_due_ = now + config_.heartbeat;
  progress(out);
  for (NodeId node = 0; node < size(); ++node) {  // those to whom there was nothing to propose
    if (node != id_ && belongs(node) && !peer(node).in_flight) send_accept(node, false, out);
  }
}

void PaxosNode::step_down(Time now, Effects& out) {
  if (std::exchange(role_, Role::follower) != Role::leading) return;
  note("leads no longer", out);
  leader_.reset();
  // Whether what was proposed will be chosen is unknown: those clients are told nothing.
  requests_.clear();
  votes_.clear();
  handover_.reset();
  for (const Queued& queued : std::exchange(queue_, {})) {
    const bool admin = is_configuration(queued.value);
    reply(queued.id,
          admin ? encode(AdminResponse{AdminResponse::Kind::not_leader, {}, {}})
                : encode(kv::Response::not_led_here(leader_)),
          out);
  }
  for (const PendingRead& read : std::exchange(reads_, {})) {
    reply(read.id, encode(kv::Response::not_led_here(leader_)), out);
  }
  reset_patience(now);
}

void PaxosNode::tick_leader(Time now, Effects& out) {
  if (!hears_quorum(now) || !votes()) {
    note(votes() ? "hears no quorum" : "is no voter any more", out);
    return step_down(now, out);
  }
  if (handover_ && now >= handover_->due) end_handover(AdminResponse::Kind::refused, out);
  if (now < heartbeat_due_) return;
  heartbeat_due_ = now + config_.heartbeat;
  broadcast(true, out);
  if (!quorum_of(next_).met_by(promises_)) send_prepares(out);
}

bool PaxosNode::hears_leader(Time now) const {
  return role_ == Role::leading || (leader_ && now - leader_heard_ < config_.patience_min);
}

bool PaxosNode::hears_quorum(Time now) const {
  std::vector<std::uint64_t> heard;
  for (const Peer& peer : peers_) heard.push_back(static_cast<std::uint64_t>(peer.heard));
  heard[static_cast<std::size_t>(id_)] = static_cast<std::uint64_t>(now);
  const auto at = static_cast<Time>(quorum_of(first_unchosen()).reached(heard));
  return now - at <= config_.patience_max;
}

}  // namespace faultline::paxos

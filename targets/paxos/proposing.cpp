// PaxosNode's phase 2: proposing, accepting, and counting what was accepted.
//
// A leader may propose in a slot if it is within alpha of what is decided, so that the acceptors of
// that slot are known, and if a quorum of those has promised its ballot. Then everything that may
// have been chosen there in a lower ballot has been reported, and nothing ever will be.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "targets/paxos/paxos_node.hpp"

namespace faultline::paxos {

bool PaxosNode::may_propose(Slot slot) const {
  return slot <= acceptor_.chosen() + config_.alpha && quorum_of(slot).met_by(promises_);
}

// Of a leader: proposes what it can, counts, and goes on while that moves the window.
void PaxosNode::progress(Effects& out) {
  do {
    fill_window(out);
    acceptor_.sync(out);  // our own acceptance counts, too, and there may be no other one
  } while (advance_chosen(out));
  broadcast(false, out);
  serve_reads(out);
}

void PaxosNode::fill_window(Effects& out) {
  while (may_propose(next_)) {
    const std::optional<Bytes> value = next_value();
    if (!value) return;
    propose(*value, out);
  }
}

// What to propose in slot next_. Nothing: there is no need to.
std::optional<Bytes> PaxosNode::next_value() {
  const auto reported = reported_.find(next_);
  if (reported != reported_.end()) {
    Bytes value = reported->second.best()->value;
    reported_.erase(reported);
    return value;
  }
  if (!reported_.empty()) return Bytes{};  // a gap: something is reported beyond it
  if (!queue_.empty()) {
    Queued queued = std::move(queue_.front());
    queue_.pop_front();
    requests_.emplace(next_, queued.id);
    return std::move(queued.value);
  }
  // A configuration is on its way into effect: it must not have to wait for the clients.
  if (configurations_.latest_from() > next_) return Bytes{};
  return std::nullopt;
}

// Phase 2a.
void PaxosNode::propose(const Bytes& value, Effects& out) {
  acceptor_.accept(ballot_, next_, std::span(&value, 1), out);
  votes_[next_].accepted(id_, ballot_);
  ++next_;
}

// True if anything was.
bool PaxosNode::advance_chosen(Effects& out) {
  const Slot before = acceptor_.chosen();
  while (!votes_.empty()) {
    const auto& [slot, learner] = *votes_.begin();
    if (!learner.chosen(quorum_of(slot), config_.bugs)) break;
    acceptor_.note_chosen();
    votes_.erase(votes_.begin());
    apply_chosen(out);
  }
  return acceptor_.chosen() > before;
}

// Sends `to` the proposals that were not sent to it, a batch at a time; with `resend`, those that
// are not chosen yet: nobody's acceptance of the others is needed, and who lacks them learns them.
// While a batch is in flight, unless `resend`, this is a bare heartbeat.
void PaxosNode::send_accept(NodeId to, bool resend, Effects& out) {
  Peer& peer = this->peer(to);
  peer.sent = std::max(peer.sent, acceptor_.base());  // what is no longer kept is chosen, too
  if (resend) peer.sent = acceptor_.chosen();
  Accept m{ballot_, acceptor_.chosen(), round_, peer.sent + 1, {}};
  if (resend || !peer.in_flight) {
    const Slot end = std::min(m.first + config_.max_batch, next_);
    for (Slot slot = m.first; slot < end; ++slot) {
      m.values.push_back(acceptor_.accepted(slot)->value);
    }
    peer.sent += m.values.size();
    peer.in_flight = !m.values.empty();
  }
  send(to, m, out);
}

// To those who lack something that is not on its way to them; with `resend`, to all.
void PaxosNode::broadcast(bool resend, Effects& out) {
  for (NodeId node = 0; node < size(); ++node) {
    if (node == id_ || !belongs(node)) continue;
    const bool lacks = !peer(node).in_flight && peer(node).sent + 1 < next_;
    if (resend || lacks) send_accept(node, resend, out);
  }
}

// Phase 2b.
void PaxosNode::handle(NodeId from, const Accept& m, Time now, Effects& out) {
  seen_round_ = std::max(seen_round_, m.ballot.round);
  if (role_ == Role::leading && m.ballot == ballot_) {
    return note(fmt::format("{} leads this ballot, too", node_name(from)), out);
  }
  if (m.first == 0 || !acceptor_.accept(m.ballot, m.first, m.values, out)) {
    return send(from, Preempted{acceptor_.promised()}, out);
  }
  if (leader_ != from) note(fmt::format("follows {}", node_name(from)), out);
  step_down(now, out);
  note_leader(from, now);
  learn_up_to(m.chosen, m.ballot, now, out);
  send(from, Accepted{m.ballot, m.round, m.first, m.values.size()}, out);
}

void PaxosNode::handle(NodeId from, const Accepted& m, Time now, Effects& out) {
  if (role_ != Role::leading) return;
  for (auto it = votes_.lower_bound(m.first); it != votes_.end(); ++it) {
    if (it->first - m.first >= m.count) break;
    it->second.accepted(from, m.ballot);
  }
  if (m.ballot == ballot_) {
    Peer& peer = this->peer(from);
    peer.heard = now;
    peer.round = std::max(peer.round, m.round);
    if (m.first + m.count > peer.sent) peer.in_flight = false;
  }
  progress(out);
}

}  // namespace faultline::paxos

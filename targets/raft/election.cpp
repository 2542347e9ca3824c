// RaftNode's elections: pre-vote, votes, becoming leader, check-quorum.
#include <fmt/format.h>

#include <algorithm>

#include "targets/raft/raft_node.hpp"

namespace faultline::raft {

void RaftNode::reset_election_timer() {
  election_due_ = now_ + rng_.between(config_.election_timeout_min, config_.election_timeout_max);
}

// Asks whether an election could be won, without disturbing anyone: no term is entered yet.
void RaftNode::seek_pre_votes(Effects& out) {
  leader_.reset();
  if (!may_stand()) {
    role_ = Role::follower;
    return reset_election_timer();
  }
  if (role_ == Role::follower) note("hears no leader", out);
  begin_canvass(Role::pre_candidate);
  request_votes(false, out);
  count_votes(out);
}

// A former voter must stand until its removal is decided: it may be all that knows of it (4.2.2).
bool RaftNode::may_stand() const {
  const Index latest = log_.configuration_index();
  return is_voter(id_) || (latest > commit_ && log_.configuration_at(latest - 1).votes(id_));
}

void RaftNode::campaign(bool transfer, Effects& out) {
  log_.set_term(log_.term() + 1, id_, out);
  log_.sync(out);  // our own vote counts, too, once it is kept; there may be nobody else to ask
  note("stands for election", out);
  begin_canvass(Role::candidate);
  request_votes(transfer, out);
  count_votes(out);
}

void RaftNode::begin_canvass(Role role) {
  role_ = role;
  reset_election_timer();
  const bool keep = role == Role::candidate && config_.bugs.pre_vote_counts;
  for_each_other([&](NodeId, Peer& peer) {
    peer.answered = false;
    peer.granted = keep && peer.granted;
  });
}

void RaftNode::request_votes(bool transfer, Effects& out) {
  heartbeat_due_ = now_ + config_.heartbeat;
  VoteRequest m;
  m.pre_vote = role_ == Role::pre_candidate;
  m.term = log_.term() + (m.pre_vote ? 1 : 0);
  m.last_index = log_.last_index();
  m.last_term = log_.last_term();
  m.transfer = transfer;
  for_each_other([&](NodeId node, Peer& peer) {
    if (is_voter(node) && !peer.answered) send(node, m, out);
  });
}

void RaftNode::count_votes(Effects& out) {
  std::size_t votes = is_voter(id_) ? 1 : 0;
  for_each_other([&](NodeId node, Peer& peer) { votes += is_voter(node) && peer.granted ? 1 : 0; });
  if (votes < majority()) return;
  role_ == Role::pre_candidate ? campaign(false, out) : lead(out);
}

void RaftNode::lead(Effects& out) {
  role_ = Role::leader;
  leader_ = id_;
  note("leads", out);
  lease_given_up_ = false;
  transfer_.reset();
  for (Peer& peer : peers_) {  // whoever is no member may become one
    peer = Peer{};
    peer.next = log_.last_index() + 1;
    peer.heard = now_;
  }
  // Only entries of our own term are committed by counting (3.6.2), and only once one is do we know
  // what is committed at all (6.4, step 1): so there must be one, even if no client writes.
  term_start_ = 0;
  if (!config_.bugs.commit_old_term) {
    term_start_ = log_.last_index() + 1;
    log_.append({log_.term(), {}, {}}, out);
  }
  heartbeat_due_ = now_ + config_.heartbeat;
  broadcast_append(false, out);
  advance_commit(out);  // a cluster of one has nobody to wait for
}

bool RaftNode::hears_a_leader() const {
  if (config_.bugs.lease_no_promise && role_ != Role::leader) return false;
  return role_ == Role::leader || (leader_ && now_ - leader_heard_ < config_.election_timeout_min);
}

// What a leader's lease rests on (6.4.1, 4.2.3): whoever heard it enters no later term for a while,
// unless the leader itself wishes it.
bool RaftNode::promised_not_to_vote() const {
  return config_.leases && !config_.bugs.lease_no_promise &&
         now_ - leader_heard_ < config_.election_timeout_min;
}

bool RaftNode::hears_a_majority() const {
  return now_ - reached_by_majority(now_, &Peer::heard) <= config_.election_timeout_max;
}

void RaftNode::handle(NodeId from, const VoteRequest& m, Effects& out) {
  const bool bound = !m.transfer && promised_not_to_vote();
  if (!m.pre_vote && !bound && m.term > log_.term()) step_down(m.term, std::nullopt, out);
  const bool up_to_date = config_.bugs.vote_without_log || m.last_term > log_.last_term() ||
                          (m.last_term == log_.last_term() && m.last_index >= log_.last_index());
  const bool free =
      m.term > log_.term() || (m.term == log_.term() && log_.vote().value_or(from) == from);
  VoteReply answer;
  answer.requested = m.term;
  answer.pre_vote = m.pre_vote;
  answer.granted = up_to_date && free && !bound && !(m.pre_vote && hears_a_leader());
  if (answer.granted && !m.pre_vote) {
    if (!log_.vote()) log_.set_term(m.term, from, out);
    reset_election_timer();
  }
  answer.term = log_.term();
  send(from, answer, out);
}

void RaftNode::handle(NodeId from, const VoteReply& m, Effects& out) {
  // Who grants a pre-vote may have entered that very term without voting in it: no refusal.
  const bool consents = m.pre_vote && m.granted;
  if (m.term > log_.term() && !consents) return step_down(m.term, std::nullopt, out);
  const bool awaited = m.pre_vote ? role_ == Role::pre_candidate && m.requested == log_.term() + 1
                                  : role_ == Role::candidate && m.requested == log_.term();
  if (!awaited) return;
  Peer& peer = this->peer(from);
  peer.answered = true;
  peer.granted = peer.granted || m.granted;
  count_votes(out);
}

// The leader hands its leadership over: no pre-vote, and no waiting (3.10).
void RaftNode::handle(NodeId from, const TimeoutNow& m, Effects& out) {
  if (m.term != log_.term() || leader_ != from || role_ != Role::follower || !is_voter(id_)) return;
  note(fmt::format("is to lead in the place of {}", node_name(from)), out);
  campaign(true, out);
}

}  // namespace faultline::raft

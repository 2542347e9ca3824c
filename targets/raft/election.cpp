// RaftNode's elections: pre-vote, votes, becoming leader, check-quorum.
#include <fmt/format.h>

#include <algorithm>

#include "targets/raft/raft_node.hpp"

namespace faultline::raft {

void RaftNode::reset_election_timer(Time now) {
  election_due_ = now + rng_.between(config_.election_timeout_min, config_.election_timeout_max);
}

// Asks whether an election could be won, without disturbing anyone: no term is entered yet.
void RaftNode::seek_pre_votes(Time now, Effects& out) {
  if (role_ == Role::follower) note("hears no leader", out);
  leader_.reset();
  begin_canvass(Role::pre_candidate, now);
  request_votes(now, out);
  count_votes(now, out);
}

void RaftNode::campaign(Time now, Effects& out) {
  log_.set_term(log_.term() + 1, id_, out);
  note("stands for election", out);
  begin_canvass(Role::candidate, now);
  request_votes(now, out);
  count_votes(now, out);
}

void RaftNode::begin_canvass(Role role, Time now) {
  role_ = role;
  reset_election_timer(now);
  for_each_other([](NodeId, Peer& peer) { peer.answered = peer.granted = false; });
}

void RaftNode::request_votes(Time now, Effects& out) {
  heartbeat_due_ = now + config_.heartbeat;
  VoteRequest m;
  m.pre_vote = role_ == Role::pre_candidate;
  m.term = log_.term() + (m.pre_vote ? 1 : 0);
  m.last_index = log_.last_index();
  m.last_term = log_.last_term();
  for_each_other([&](NodeId node, Peer& peer) {
    if (!peer.answered) send(node, m, out);
  });
}

void RaftNode::count_votes(Time now, Effects& out) {
  std::size_t votes = 1;  // our own
  for_each_other([&](NodeId, Peer& peer) { votes += peer.granted ? 1 : 0; });
  if (votes < majority()) return;
  role_ == Role::pre_candidate ? campaign(now, out) : lead(now, out);
}

void RaftNode::lead(Time now, Effects& out) {
  role_ = Role::leader;
  leader_ = id_;
  note("leads", out);
  for_each_other([&](NodeId, Peer& peer) {
    peer = Peer{};
    peer.next = log_.last_index() + 1;
    peer.heard = now;
  });
  // Only entries of our own term are committed by counting (3.6.2), and only once one is do we know
  // what is committed at all (6.4, step 1): so there must be one, even if no client writes.
  term_start_ = 0;
  if (!config_.bugs.commit_old_term) {
    term_start_ = log_.last_index() + 1;
    log_.append({log_.term(), {}}, out);
  }
  heartbeat_due_ = now + config_.heartbeat;
  broadcast_append(false, out);
  advance_commit(out);  // a cluster of one has nobody to wait for
}

bool RaftNode::hears_a_leader(Time now) const {
  return role_ == Role::leader || (leader_ && now - leader_heard_ < config_.election_timeout_min);
}

bool RaftNode::hears_a_majority(Time now) const {
  std::vector<std::uint64_t> heard;
  for (NodeId node = 0; node < static_cast<NodeId>(peers_.size()); ++node) {
    const Time at = node == id_ ? now : peers_[static_cast<std::size_t>(node)].heard;
    heard.push_back(static_cast<std::uint64_t>(at));
  }
  const Time majority_heard = static_cast<Time>(reached_by_majority(std::move(heard)));
  return now - majority_heard <= config_.election_timeout_max;
}

void RaftNode::handle(NodeId from, const VoteRequest& m, Time now, Effects& out) {
  if (!m.pre_vote && m.term > log_.term()) step_down(m.term, std::nullopt, now, out);
  const bool up_to_date = m.last_term > log_.last_term() ||
                          (m.last_term == log_.last_term() && m.last_index >= log_.last_index());
  const bool free =
      m.term > log_.term() || (m.term == log_.term() && log_.vote().value_or(from) == from);
  VoteReply answer;
  answer.requested = m.term;
  answer.pre_vote = m.pre_vote;
  answer.granted = up_to_date && free && !(m.pre_vote && hears_a_leader(now));
  if (answer.granted && !m.pre_vote) {
    if (!log_.vote()) log_.set_term(m.term, from, out);
    reset_election_timer(now);
  }
  answer.term = log_.term();
  send(from, answer, out);
}

void RaftNode::handle(NodeId from, const VoteReply& m, Time now, Effects& out) {
  // Who grants a pre-vote may have entered that very term without voting in it: no refusal.
  const bool consents = m.pre_vote && m.granted;
  if (m.term > log_.term() && !consents) return step_down(m.term, std::nullopt, now, out);
  const bool awaited = m.pre_vote ? role_ == Role::pre_candidate && m.requested == log_.term() + 1
                                  : role_ == Role::candidate && m.requested == log_.term();
  if (!awaited) return;
  Peer& peer = peers_[static_cast<std::size_t>(from)];
  peer.answered = true;
  peer.granted = peer.granted || m.granted;
  count_votes(now, out);
}

}  // namespace faultline::raft

// RaftNode's replication: appending, conflict repair, the commit rule, applying.
#include <fmt/format.h>

#include <algorithm>

#include "targets/raft/raft_node.hpp"

namespace faultline::raft {

void RaftNode::replicate(RequestId id, const kv::Command& command, std::string_view bytes,
                         Effects& out) {
  // What a cas sees is decided by its place in the log, not by what the leader sees now.
  if (config_.bugs.cas_at_proposal && command.kind == kv::Command::Kind::cas) {
    if (store_.read(command.key) != command.expected) {
      return reply(id, {kv::Response::Kind::mismatch, {}, 0}, out);
    }
    kv::Command write = command;
    write.kind = kv::Command::Kind::write;
    return replicate(id, write, kv::encode(write), out);
  }
  const kv::Response foreseen = config_.bugs.ack_before_commit ? preview(command) : kv::Response{};
  log_.append({log_.term(), Bytes(bytes), {}}, out);
  if (config_.bugs.ack_before_commit) {
    reply(id, foreseen, out);
  } else {
    requests_.emplace(log_.last_index(), id);
  }
  broadcast_append(false, out);
  advance_commit(out);  // a cluster of one has nobody to wait for
}

// Sends `to` the entries it lacks, a batch at a time. While a batch is in flight, unless `resend`,
// this is a bare heartbeat, about the last entry known to match.
void RaftNode::send_append(NodeId to, bool resend, Effects& out) {
  Peer& peer = this->peer(to);
  const bool with_entries = resend || !peer.in_flight;
  const Index compacted = log_.snapshot().index;
  if (with_entries && peer.next <= compacted) return send_snapshot(to, out);
  AppendRequest m;
  m.term = log_.term();
  m.previous_index = with_entries ? peer.next - 1 : peer.match;
  if (m.previous_index < compacted) m.previous_index = 0;  // there, everybody agrees
  m.previous_term = log_.term_at(m.previous_index);
  m.commit = commit_;
  m.round = round_;
  m.sent = now_;
  if (with_entries) {
    const Index end = std::min(m.previous_index + config_.max_batch, log_.last_index());
    for (Index i = peer.next; i <= end; ++i) m.entries.push_back(log_.entry(i));
    peer.in_flight = !m.entries.empty();
  }
  send(to, m, out);
}

void RaftNode::broadcast_append(bool resend, Effects& out) {
  for_each_other([&](NodeId node, Peer& peer) {
    if (resend || !peer.in_flight) send_append(node, resend, out);
  });
}

// False if we cannot: we lead that term ourselves.
bool RaftNode::follow(NodeId leader, Term term, Effects& out) {
  if (role_ == Role::leader && term <= log_.term()) {
    note(fmt::format("{} leads term {}, too", node_name(leader), term), out);
    return false;
  }
  if (leader_ != leader) note(fmt::format("follows {}", node_name(leader)), out);
  step_down(term, leader, out);
  leader_heard_ = now_;
  reset_election_timer();
  if (!transfer_) return true;
  const bool done = transfer_->to == leader;
  answer_admin(transfer_->id, done ? AdminResponse::Kind::ok : AdminResponse::Kind::refused, out);
  transfer_.reset();
  return true;
}

void RaftNode::handle(NodeId from, const AppendRequest& m, Effects& out) {
  // A refusal bears neither round nor time: the sender may lead this very term since, and in a new
  // life its rounds begin again.
  AppendReply answer;
  answer.previous_index = m.previous_index;
  answer.term = log_.term();
  if (m.term < log_.term() && !config_.bugs.old_leader) return send(from, answer, out);
  answer.round = m.round;
  answer.sent = m.sent;
  if (!follow(from, m.term, out)) return;

  answer.term = log_.term();
  const bool decided = m.previous_index < log_.snapshot().index;  // and so all logs agree there
  if (m.previous_index > log_.last_index()) {
    answer.index = log_.last_index() + 1;
  } else if (!decided && log_.term_at(m.previous_index) != m.previous_term &&
             !config_.bugs.no_conflict_check) {
    answer.conflict_term = log_.term_at(m.previous_index);
    answer.index = log_.first_of_term_at(m.previous_index);
  } else {
    store_entries(m, out);
    answer.success = true;
    answer.index = m.previous_index + m.entries.size();
    const Index known = config_.bugs.commit_beyond_match ? log_.last_index() : answer.index;
    commit_ = std::max(commit_, std::min(m.commit, known));
    apply_committed(out);
  }
  send(from, answer, out);
}

void RaftNode::store_entries(const AppendRequest& m, Effects& out) {
  Index index = m.previous_index;
  for (const Entry& entry : m.entries) {
    ++index;
    if (index <= log_.snapshot().index) continue;
    if (index <= log_.last_index()) {
      if (log_.term_at(index) == entry.term) continue;
      if (index <= commit_) note(fmt::format("committed entry {} is overwritten", index), out);
      log_.truncate_from(index, out);
    }
    log_.append(entry, out);
  }
  // What follows may be newer than this message: only a conflict is a reason to drop it.
  if (config_.bugs.old_append_truncates && index < log_.last_index()) {
    log_.truncate_from(std::max(index, log_.snapshot().index) + 1, out);
  }
}

void RaftNode::handle(NodeId from, const AppendReply& m, Effects& out) {
  if (m.term > log_.term()) return step_down(m.term, std::nullopt, out);
  if (role_ != Role::leader || m.term < log_.term()) return;
  Peer& peer = this->peer(from);
  peer.heard = now_;
  peer.confirmed = std::max(peer.confirmed, m.sent);
  peer.round = std::max(peer.round, m.round);
  // A snapshot that arrived says nothing about the entries after it.
  const bool all = config_.bugs.snapshot_match && peer.installing;
  const Index matched = all ? log_.last_index() : m.index;
  if (!m.success) {
    back_up(peer, m);
  } else if (matched > peer.match && matched <= log_.last_index()) {
    peer.match = matched;
    peer.next = std::max(peer.next, peer.match + 1);
    peer.in_flight = peer.installing = false;
    advance_commit(out);
  }
  const bool member = is_voter(from) || is_learner(from);
  if (member && !peer.in_flight && peer.next <= log_.last_index()) send_append(from, false, out);
  answer_reads(out);
  pursue_change(out);
  pursue_transfer(out);
}

// Finds the place to try next, skipping a whole term at a time (3.5).
void RaftNode::back_up(Peer& peer, const AppendReply& m) const {
  if (m.previous_index + 1 != peer.next || m.previous_index <= peer.match) return;  // out of date
  Index next = m.index;
  if (m.conflict_term != 0) {
    const std::optional<Index> last = log_.last_of_term(m.conflict_term);
    if (last && *last < m.previous_index) next = *last + 1;
  }
  peer.next = std::clamp(next, peer.match + 1, m.previous_index);
  peer.in_flight = false;
}

void RaftNode::advance_commit(Effects& out) {
  log_.sync(out);  // our own copy counts once it is kept
  const Index reached =
      reached_by_majority(log_.last_index(), &Peer::match, config_.bugs.learner_counts);
  if (reached <= commit_) return;
  // An entry of an earlier term may be on a majority and still be replaced by a later leader.
  if (log_.term_at(reached) != log_.term() && !config_.bugs.commit_old_term) return;
  commit_ = reached;
  apply_committed(out);
  answer_reads(out);
  pursue_change(out);
}

void RaftNode::apply_committed(Effects& out) {
  // The log may end before commit_ only where a bug had committed entries overwritten.
  while (applied_ < std::min(commit_, log_.last_index())) {
    const Entry& entry = log_.entry(++applied_);
    if (entry.command.empty()) continue;  // a no-op, or a configuration
    const Result<kv::Command> command = kv::decode_command(entry.command);
    if (!command) continue;  // checked when it was requested
    if (config_.bugs.retry_applies_twice) store_.forget_sessions();
    const kv::Response response = store_.apply(*command);
    const auto waiting = requests_.find(applied_);
    if (waiting == requests_.end()) continue;
    reply(waiting->second, response, out);
    requests_.erase(waiting);
  }
  compact(out);
}

// What `command` will answer if everything in the log is committed: the bug ack-before-commit.
kv::Response RaftNode::preview(const kv::Command& command) const {
  kv::Store store = store_;
  for (Index i = applied_ + 1; i <= log_.last_index(); ++i) {
    const Result<kv::Command> earlier = kv::decode_command(log_.entry(i).command);
    if (earlier) store.apply(*earlier);
  }
  return store.apply(command);
}

}  // namespace faultline::raft

// RaftNode's replication: appending, conflict repair, the commit rule, applying.
#include <fmt/format.h>

#include <algorithm>

#include "targets/raft/raft_node.hpp"

namespace faultline::raft {

void RaftNode::replicate(RequestId id, const kv::Command& command, std::string_view bytes,
                         Effects& out) {
  const kv::Response foreseen = config_.bugs.ack_before_commit ? preview(command) : kv::Response{};
  log_.append({log_.term(), Bytes(bytes)}, out);
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
  Peer& peer = peers_[static_cast<std::size_t>(to)];
  const bool with_entries = resend || !peer.in_flight;
  AppendRequest m;
  m.term = log_.term();
  m.previous_index = with_entries ? peer.next - 1 : peer.match;
  m.previous_term = log_.term_at(m.previous_index);
  m.commit = commit_;
  m.round = round_;
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

void RaftNode::handle(NodeId from, const AppendRequest& m, Time now, Effects& out) {
  AppendReply answer;
  answer.round = m.round;
  answer.previous_index = m.previous_index;
  answer.term = log_.term();
  if (m.term < log_.term()) return send(from, answer, out);
  if (m.term == log_.term() && role_ == Role::leader) {
    return note(fmt::format("{} leads this term, too", node_name(from)), out);
  }
  if (leader_ != from) note(fmt::format("follows {}", node_name(from)), out);
  step_down(m.term, from, now, out);
  leader_heard_ = now;
  reset_election_timer(now);

  answer.term = log_.term();
  if (m.previous_index > log_.last_index()) {
    answer.index = log_.last_index() + 1;
  } else if (log_.term_at(m.previous_index) != m.previous_term) {
    answer.conflict_term = log_.term_at(m.previous_index);
    answer.index = log_.first_of_term_at(m.previous_index);
  } else {
    store_entries(m, out);
    answer.success = true;
    answer.index = m.previous_index + m.entries.size();
    commit_ = std::max(commit_, std::min(m.commit, answer.index));
    apply_committed(out);
  }
  send(from, answer, out);
}

void RaftNode::store_entries(const AppendRequest& m, Effects& out) {
  Index index = m.previous_index;
  for (const Entry& entry : m.entries) {
    ++index;
    if (index <= log_.last_index()) {
      if (log_.term_at(index) == entry.term) continue;
      if (index <= commit_) note(fmt::format("committed entry {} is overwritten", index), out);
      log_.truncate_from(index, out);
    }
    log_.append(entry, out);
  }
}

void RaftNode::handle(NodeId from, const AppendReply& m, Time now, Effects& out) {
  if (m.term > log_.term()) return step_down(m.term, std::nullopt, now, out);
  if (role_ != Role::leader || m.term < log_.term()) return;
  Peer& peer = peers_[static_cast<std::size_t>(from)];
  peer.heard = now;
  peer.round = std::max(peer.round, m.round);
  if (!m.success) {
    back_up(peer, m);
  } else if (m.index > peer.match && m.index <= log_.last_index()) {
    peer.match = m.index;
    peer.next = std::max(peer.next, peer.match + 1);
    peer.in_flight = false;
    advance_commit(out);
  }
  if (!peer.in_flight && peer.next <= log_.last_index()) send_append(from, false, out);
  answer_reads(out);
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
  std::vector<std::uint64_t> stored;
  for (const Peer& peer : peers_) stored.push_back(peer.match);
  stored[static_cast<std::size_t>(id_)] = log_.last_index();
  const Index reached = reached_by_majority(std::move(stored));
  // An entry of an earlier term may be on a majority and still be replaced by a later leader.
  const bool countable = log_.term_at(reached) == log_.term() || config_.bugs.commit_old_term;
  if (reached <= commit_ || !countable) return;
  commit_ = reached;
  apply_committed(out);
  answer_reads(out);
}

void RaftNode::apply_committed(Effects& out) {
  // The log may end before commit_ only where a bug had committed entries overwritten.
  while (applied_ < std::min(commit_, log_.last_index())) {
    const Entry& entry = log_.entry(++applied_);
    if (entry.command.empty()) continue;
    const Result<kv::Command> command = kv::decode_command(entry.command);
    if (!command) continue;  // checked when it was requested
    const kv::Response response = store_.apply(*command);
    const auto waiting = requests_.find(applied_);
    if (waiting == requests_.end()) continue;
    reply(waiting->second, response, out);
    requests_.erase(waiting);
  }
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

// RaftNode's snapshots (Ongaro 2014, chapter 5): every node compacts its own log when enough of it
// is applied, and the leader sends its snapshot to whoever needs entries that are no longer there.
#include <fmt/format.h>

#include <utility>

#include "targets/raft/raft_node.hpp"

namespace faultline::raft {

Result<void> RaftNode::restore_store() {
  const Snapshot& snapshot = log_.snapshot();
  if (snapshot.index == 0) return {};
  Result<kv::Store> store = kv::Store::decode(snapshot.state);
  if (!store) return Error{fmt::format("snapshot: {}", store.error().message)};
  store_ = std::move(*store);
  commit_ = applied_ = snapshot.index;
  return {};
}

void RaftNode::compact(Effects& out) {
  // The log may end before applied_ only where a bug had committed entries overwritten.
  if (config_.snapshot_every == 0 || applied_ > log_.last_index()) return;
  if (applied_ - log_.snapshot().index < config_.snapshot_every) return;
  // It stands for the entries whose effect is in it, and no others.
  if (config_.bugs.snapshot_ahead) commit_ = applied_ = log_.last_index();
  if (config_.bugs.snapshot_drops_sessions) store_.forget_sessions();
  log_.begin_with(
      {applied_, log_.term_at(applied_), log_.configuration_at(applied_), store_.encode()}, out);
  note(fmt::format("compacts its log up to {}", applied_), out);
}

void RaftNode::send_snapshot(NodeId to, Effects& out) {
  Peer& peer = this->peer(to);
  peer.in_flight = peer.installing = true;
  send(to, InstallRequest{log_.term(), round_, now_, log_.snapshot()}, out);
}

void RaftNode::handle(NodeId from, const InstallRequest& m, Effects& out) {
  AppendReply answer;
  answer.previous_index = m.snapshot.index;
  answer.term = log_.term();
  if (m.term < log_.term() && !config_.bugs.old_leader) return send(from, answer, out);
  answer.round = m.round;
  answer.sent = m.sent;
  if (!follow(from, m.term, out)) return;
  // What is committed here is in the snapshot, or the snapshot in it: a late copy takes nothing.
  if (m.snapshot.index > commit_ || config_.bugs.snapshot_over_newer) install(m.snapshot, out);
  answer.term = log_.term();
  answer.success = true;
  answer.index = m.snapshot.index;
  send(from, answer, out);
}

void RaftNode::install(Snapshot snapshot, Effects& out) {
  const bool longer = log_.snapshot().index <= snapshot.index && snapshot.index < log_.last_index();
  if (config_.bugs.snapshot_over_newer && longer) {
    log_.truncate_from(snapshot.index + 1, out);
  }
  if (config_.bugs.snapshot_drops_members) {
    snapshot.configuration = Configuration::of_voters(static_cast<int>(peers_.size()));
  }
  log_.begin_with(std::move(snapshot), out);
  const Result<void> restored = restore_store();
  note(fmt::format("installs a snapshot up to {}", log_.snapshot().index), out);
  if (restored) return;
  halted_ = true;
  note(fmt::format("halts: {}", restored.error().message), out);
}

}  // namespace faultline::raft

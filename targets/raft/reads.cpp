// RaftNode's linearizable reads by ReadIndex (Ongaro 2014, section 6.4): remember what is
// committed, confirm by a round of heartbeats begun after the read arrived that nobody else leads,
// and answer once the remembered index is applied. Reads that arrive during a round share the next
// one. While a lease lasts (6.4.1), nobody else can lead, and there is nothing to confirm.
#include <algorithm>

#include "targets/raft/raft_node.hpp"

namespace faultline::raft {

void RaftNode::read(RequestId id, std::int64_t key, Effects& out) {
  if (config_.bugs.stale_read || (holds_lease() && applied_ >= term_start_)) {
    return reply(id, {kv::Response::Kind::ok, store_.read(key), 0}, out);
  }
  // Entries of earlier terms precede the first of ours, so with that one applied none is missed.
  Index index = config_.bugs.read_before_noop ? commit_ : std::max(commit_, term_start_);
  if (config_.bugs.ack_before_commit) index = log_.last_index();  // not to miss what is answered
  const bool idle = confirmed_round() == round_;
  reads_.push_back({id, key, index, round_ + 1});
  if (idle) begin_round(out);
  answer_reads(out);  // a cluster of one has nobody to ask
}

void RaftNode::begin_round(Effects& out) {
  ++round_;
  for_each_other([&](NodeId node, Peer&) { send_append(node, false, out); });
}

std::uint64_t RaftNode::confirmed_round() const {
  return reached_by_majority(round_, &Peer::round);
}

// Those whose answers make a majority have promised not to vote since we sent what they answered:
// when they heard it, that is, but by our clock this is all we know.
bool RaftNode::holds_lease() const {
  if (!config_.leases || lease_given_up_) return false;
  return now_ - reached_by_majority(now_, &Peer::confirmed) < config_.lease();
}

void RaftNode::answer_reads(Effects& out) {
  const std::uint64_t confirmed = confirmed_round();
  std::erase_if(reads_, [&](const PendingRead& read) {
    if (read.round > confirmed || read.index > applied_) return false;
    reply(read.id, {kv::Response::Kind::ok, store_.read(read.key), 0}, out);
    return true;
  });
  const bool more = !reads_.empty() && reads_.back().round > round_;
  if (more && confirmed == round_) begin_round(out);
}

void RaftNode::refuse_reads(Effects& out) {
  for (const PendingRead& read : reads_) {
    kv::Response response = kv::Response::not_led_here(leader_);
    if (config_.bugs.deposed_read) response = {kv::Response::Kind::ok, store_.read(read.key), 0};
    reply(read.id, response, out);
  }
  reads_.clear();
}

}  // namespace faultline::raft

// PaxosNode's linearizable reads: a leader answers them without a slot, once it has proved that it
// knows of everything that was acknowledged before they arrived.
//
// A read notes the slot `free`, the first in which this leader has neither proposed anything nor
// been told of a proposal, at a moment when it might propose there: the acceptors of the slot are
// known, and a quorum has promised the leader's ballot. It then has a quorum of the same acceptors
// confirm, after the read arrived, that they have promised nothing higher. When the read arrived
// nothing was chosen in `free`:
//   - in a lower ballot: or one of the quorum that promised would have reported it;
//   - in this ballot: or it would have been proposed there;
//   - in a higher ballot: or one of the quorum that confirmed had promised that before.
// Effects are acknowledged in the order of slots, so none of `free` or a later slot had been. With
// all slots before `free` applied, the read misses nothing. This is ReadIndex (Ongaro 2014, section
// 6.4), said of slots; it holds across configurations, since only those of one slot are asked, and
// whatever the clocks do. Reads that arrive during a round of confirmation share the next one.
#include <algorithm>

#include "targets/paxos/paxos_node.hpp"

namespace faultline::paxos {

void PaxosNode::read(RequestId id, std::int64_t key, Effects& out) {
  if (config_.bugs.local_read) {
    return reply(id, encode(kv::Response{kv::Response::Kind::ok, store_.read(key), 0}), out);
  }
  reads_.push_back({id, key, {}, 0});
  serve_reads(out);
}

void PaxosNode::serve_reads(Effects& out) {
  if (reads_.empty()) return;
  if (may_propose(next_)) {
    for (PendingRead& read : reads_) {
      if (!read.free) read.free = next_, read.round = round_ + 1;
    }
  }
  const bool wanted = std::ranges::any_of(
      reads_, [&](const PendingRead& read) { return read.free && read.round > round_; });
  if (wanted && confirmed(quorum_of(next_)) == round_) {
    ++round_;
    for (NodeId node = 0; node < size(); ++node) {
      if (node != id_ && belongs(node)) send_accept(node, false, out);
    }
  }
  std::erase_if(reads_, [&](const PendingRead& read) {
    if (!read.free || applied_ + 1 < *read.free) return false;
    if (confirmed(quorum_of(*read.free)) < read.round) return false;
    const kv::Response response{kv::Response::Kind::ok, store_.read(read.key), 0};
    reply(read.id, encode(response), out);
    return true;
  });
}

// The latest round that such a quorum has answered.
std::uint64_t PaxosNode::confirmed(const Quorum& quorum) const {
  std::vector<std::uint64_t> rounds;
  for (const Peer& peer : peers_) rounds.push_back(peer.round);
  rounds[static_cast<std::size_t>(id_)] = round_;
  return quorum.reached(rounds);
}

}  // namespace faultline::paxos

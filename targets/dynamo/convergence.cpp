// What brings replicas together that missed writes: hints that come home, and anti-entropy.
#include <algorithm>
#include <set>

#include "targets/dynamo/dynamo_node.hpp"

namespace faultline::dynamo {

void DynamoNode::hand_off(Effects& out) {
  for (const auto& [place, siblings] : replica_.hints()) {
    send(place.first, Handoff{place.second, siblings}, out);
  }
}

void DynamoNode::handle(NodeId from, const Handoff& m, Time, Effects& out) {
  if (m.siblings.empty()) return;
  // The rule: a hint may be older than what came since.
  if (config_.bugs.stale_handoff) {
    replica_.replace(m.key, m.siblings, out);
  } else {
    replica_.merge(m.key, m.siblings, out);
  }
  send(from, HandoffReply{m.key, digest(m.siblings)}, out);
}

void DynamoNode::handle(NodeId from, const HandoffReply& m, Time, Effects& out) {
  replica_.drop_hint(from, m.key, m.digest, out);
}

bool DynamoNode::shares(std::int64_t key, NodeId other) const {
  return is_replica(id_, key) && is_replica(other, key);
}

// With one node after the other.
void DynamoNode::exchange(Effects& out) {
  do {
    exchanged_with_ = (exchanged_with_ + 1) % size_;
  } while (exchanged_with_ == id_);
  Digests digests;
  for (const auto& [key, siblings] : replica_.items()) {
    if (shares(key, exchanged_with_)) digests.keys.emplace_back(key, digest(siblings));
  }
  send(exchanged_with_, digests, out);
}

void DynamoNode::handle(NodeId from, const Digests& m, Time, Effects& out) {
  std::map<std::int64_t, std::uint64_t> theirs(m.keys.begin(), m.keys.end());
  for (const auto& [key, siblings] : replica_.items()) {
    if (shares(key, from)) theirs.try_emplace(key, digest({}));
  }
  Items items;
  items.answer = true;
  for (const auto& [key, digest_of_theirs] : theirs) {
    const Siblings& mine = replica_.item(key);
    if (shares(key, from) && digest(mine) != digest_of_theirs) items.items.emplace_back(key, mine);
  }
  if (!items.items.empty()) send(from, items, out);
}

void DynamoNode::handle(NodeId from, const Items& m, Time, Effects& out) {
  Items back;
  for (const auto& [key, theirs] : m.items) {
    if (!shares(key, from)) continue;
    if (!theirs.empty()) replica_.merge(key, theirs, out);
    if (m.answer && replica_.item(key) != theirs) back.items.emplace_back(key, replica_.item(key));
  }
  if (!back.items.empty()) send(from, back, out);
}

}  // namespace faultline::dynamo

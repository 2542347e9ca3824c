#include "tests/targets/paxos/random_run.hpp"

#include <fmt/format.h>

namespace faultline::paxos {

RandomRun::RandomRun(std::uint64_t seed, const Config& config)
    : kv::RandomRun(seed),
      cluster_(size_of(seed), config, seed),
      checked_(static_cast<std::size_t>(cluster_.size()), 0) {}

void RandomRun::watch_node(NodeId node) {
  if (!cluster_.alive(node)) {
    checked_[static_cast<std::size_t>(node)] = 0;
    return;
  }
  watch_chosen(node);
  watch_leader(node);
}

// Agreement: no two nodes know different values as chosen in one slot.
void RandomRun::watch_chosen(NodeId node) {
  const DurableAcceptor& acceptor = cluster_.node(node).acceptor();
  Slot& checked = checked_[static_cast<std::size_t>(node)];
  if (acceptor.chosen() < checked) checked = 0;  // it was restarted
  while (checked < acceptor.chosen()) {
    const Proposal* proposal = acceptor.accepted(++checked);
    if (proposal == nullptr) continue;  // in a snapshot
    const auto [known, is_new] = chosen_.try_emplace(checked, proposal->value);
    if (!is_new && known->second != proposal->value) {
      return fail(fmt::format("agreement: {} knows another value as chosen in slot {}",
                              node_name(node), checked));
    }
  }
}

// A ballot is led by one node.
void RandomRun::watch_leader(NodeId node) {
  const PaxosNode& paxos = cluster_.node(node);
  if (paxos.role() != Role::leading) return;
  const auto [known, is_new] = leaders_.try_emplace(paxos.ballot(), node);
  if (known->second != node) {
    fail(fmt::format("{} and {} both lead {}", node_name(known->second), node_name(node),
                     ballot_name(known->first)));
  }
}

}  // namespace faultline::paxos

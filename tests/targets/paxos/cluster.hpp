// Cluster: Paxos nodes, moved by hand; see NodeCluster.
#pragma once

#include <cstdint>

#include "targets/paxos/paxos_node.hpp"
#include "tests/targets/kv/cluster.hpp"

namespace faultline::paxos {

using kv::cas_of;
using kv::read_of;
using kv::write_of;

class Cluster : public kv::ClusterOf<PaxosNode> {
 public:
  explicit Cluster(int size, const Config& config = {}, std::uint64_t seed = 1)
      : ClusterOf(
            size, config, seed,
            {.messages = config.bugs.accept_before_sync, .answers = config.bugs.accept_before_sync},
            config.patience_max) {}
};

}  // namespace faultline::paxos

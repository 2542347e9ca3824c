// Cluster: Raft nodes, moved by hand; see NodeCluster.
#pragma once

#include <cstdint>

#include "targets/raft/raft_node.hpp"
#include "tests/targets/kv/cluster.hpp"

namespace faultline::raft {

using kv::cas_of;
using kv::read_of;
using kv::write_of;

class Cluster : public kv::ClusterOf<RaftNode> {
 public:
  explicit Cluster(int size, const Config& config = {}, std::uint64_t seed = 1)
      : ClusterOf(size, config, seed, {.messages = config.bugs.ack_before_sync},
                  config.election_timeout_max) {}
};

}  // namespace faultline::raft

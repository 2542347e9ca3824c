// The Raft target: an embedded cluster of RaftNodes, spoken to by kv clients.
// Lives on the event loop; keeps nothing between calls but its options.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/target.hpp"
#include "targets/kv/kv_client.hpp"
#include "targets/raft/config.hpp"

namespace faultline::raft {

struct RaftOptions {
  Config config;
  std::vector<std::string> arguments = {"raft"};  // that make the same nodes elsewhere
  kv::ClientOptions client;
  Duration start_timeout = 10 * kSecond;  // for the first leader to be elected
};

// What a node of such a cluster runs.
NodeFactory make_raft_nodes(const Config& config);

}  // namespace faultline::raft

namespace faultline {

std::unique_ptr<Target> make_raft_target(const raft::RaftOptions& options = {});

}  // namespace faultline

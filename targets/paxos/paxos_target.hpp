// The Paxos target: an embedded cluster of PaxosNodes, spoken to by kv clients.
// Lives on the event loop; keeps nothing between calls but its options.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/target.hpp"
#include "targets/kv/kv_client.hpp"
#include "targets/paxos/config.hpp"

namespace faultline::paxos {

struct PaxosOptions {
  Config config;
  std::vector<std::string> arguments = {"paxos"};  // that make the same nodes elsewhere
  kv::ClientOptions client;
  Duration start_timeout = 10 * kSecond;  // for the first leader to be elected
};

// What a node of such a cluster runs.
NodeFactory make_paxos_nodes(const Config& config);

}  // namespace faultline::paxos

namespace faultline {

std::unique_ptr<Target> make_paxos_target(const paxos::PaxosOptions& options = {});

}  // namespace faultline

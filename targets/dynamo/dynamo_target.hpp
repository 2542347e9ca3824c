// The Dynamo target: an embedded cluster of DynamoNodes, spoken to by their clients. Nobody leads.
// Lives on the event loop; keeps nothing between calls but its options.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/target.hpp"
#include "targets/dynamo/config.hpp"
#include "targets/dynamo/dynamo_client.hpp"

namespace faultline::dynamo {

struct DynamoOptions {
  Config config;
  std::vector<std::string> arguments = {"dynamo"};  // that make the same nodes elsewhere
  ClientOptions client;
  Duration start_timeout = 10 * kSecond;  // for every node to answer
};

// What a node of such a cluster runs. A cluster of less than config.n nodes has as many replicas as
// nodes.
NodeFactory make_dynamo_nodes(const Config& config);

}  // namespace faultline::dynamo

namespace faultline {

std::unique_ptr<Target> make_dynamo_target(const dynamo::DynamoOptions& options = {});

}  // namespace faultline

// Cluster: DynamoNodes, moved by hand; see NodeCluster.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "targets/dynamo/dynamo_node.hpp"
#include "tests/targets/node_cluster.hpp"

namespace faultline::dynamo {

class Cluster : public NodeCluster {
 public:
  explicit Cluster(const Config& config, int size = 5);

  const DynamoNode& node(NodeId node) const {
    return static_cast<const DynamoNode&>(NodeCluster::node(node));
  }
  // The value of the key at the node; nothing if it has none, or several.
  std::optional<std::int64_t> value(NodeId node, std::int64_t key) const;

  // Which messages are lost, besides those over cut links. None to begin with.
  std::function<bool(NodeId from, NodeId to, const Message&)> loses;

  RequestId write(NodeId node, std::int64_t key, std::int64_t value, VersionVector context = {});
  RequestId read(NodeId node, std::int64_t key);
  std::optional<Response> answer(RequestId id) const;
  // Carries out a read and returns what it saw; nothing if it got no answer.
  std::optional<Response> read_now(NodeId node, std::int64_t key);

 private:
  bool is_lost(const Envelope& envelope) const override;
};

}  // namespace faultline::dynamo

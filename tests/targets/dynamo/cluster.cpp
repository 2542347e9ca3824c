#include "tests/targets/dynamo/cluster.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace faultline::dynamo {

Cluster::Cluster(const Config& config, int size)
    : NodeCluster(
          size,
          [config](NodeId id, int of, Rng) { return std::make_unique<DynamoNode>(id, of, config); },
          1, {}) {}

std::optional<std::int64_t> Cluster::value(NodeId node, std::int64_t key) const {
  const Siblings& siblings = this->node(node).replica().item(key);
  if (siblings.size() != 1) return std::nullopt;
  return siblings.front().value;
}

bool Cluster::is_lost(const Envelope& envelope) const {
  if (NodeCluster::is_lost(envelope)) return true;
  const Result<Message> message = decode_message(envelope.message);
  EXPECT_TRUE(message.has_value());
  return !message || (loses && loses(envelope.from, envelope.to, *message));
}

RequestId Cluster::write(NodeId node, std::int64_t key, std::int64_t value, VersionVector context) {
  return request_bytes(node, encode(Request{key, value, std::move(context)}));
}

RequestId Cluster::read(NodeId node, std::int64_t key) {
  return request_bytes(node, encode(Request{key, std::nullopt, {}}));
}

std::optional<Response> Cluster::answer(RequestId id) const {
  const Bytes* bytes = answer_bytes(id);
  if (bytes == nullptr) return std::nullopt;
  const Result<Response> response = decode_response(*bytes);
  EXPECT_TRUE(response.has_value());
  return response ? std::optional(*response) : std::nullopt;
}

std::optional<Response> Cluster::read_now(NodeId node, std::int64_t key) {
  const RequestId id = read(node, key);
  deliver_all();
  return answer(id);
}

}  // namespace faultline::dynamo

#include "tests/targets/kv/cluster.hpp"

#include <gtest/gtest.h>

namespace faultline::kv {

bool Cluster::elect(NodeId candidate, bool deliver_after) {
  for (int i = 0; i < 20; ++i) {
    pass(2 * patience_);
    tick(candidate);
    while (!network().empty() && !leads(candidate)) deliver(0);
    if (!leads(candidate)) continue;
    if (deliver_after) deliver_all();
    return true;
  }
  return false;
}

std::optional<NodeId> Cluster::leader() const {
  std::optional<NodeId> found;
  for (NodeId node = 0; node < size(); ++node) {
    if (!leads(node)) continue;
    if (!found || this->node(node).status().term > this->node(*found).status().term) found = node;
  }
  return found;
}

int Cluster::leaders() const {
  int count = 0;
  for (NodeId node = 0; node < size(); ++node) count += leads(node) ? 1 : 0;
  return count;
}

RequestId Cluster::request(NodeId node, const Command& command) {
  return request_bytes(node, encode(command));
}

RequestId Cluster::ask(NodeId node, const AdminRequest& request) {
  return request_bytes(node, encode(request));
}

std::optional<Response> Cluster::answer(RequestId id) const {
  const Bytes* bytes = answer_bytes(id);
  if (bytes == nullptr) return std::nullopt;
  const Result<Response> response = decode_response(*bytes);
  EXPECT_TRUE(response.has_value());
  return response ? std::optional(*response) : std::nullopt;
}

std::optional<AdminResponse> Cluster::admin_answer(RequestId id) const {
  const Bytes* bytes = answer_bytes(id);
  if (bytes == nullptr) return std::nullopt;
  const Result<AdminResponse> response = decode_admin_response(*bytes);
  EXPECT_TRUE(response.has_value());
  return response ? std::optional(*response) : std::nullopt;
}

Command write_of(std::int64_t session, std::uint64_t sequence, std::int64_t key,
                 std::int64_t value) {
  return {session, sequence, Command::Kind::write, key, 0, value};
}

Command cas_of(std::int64_t session, std::uint64_t sequence, std::int64_t key,
               std::int64_t expected, std::int64_t value) {
  return {session, sequence, Command::Kind::cas, key, expected, value};
}

Command read_of(std::int64_t session, std::uint64_t sequence, std::int64_t key) {
  return {session, sequence, Command::Kind::read, key, 0, 0};
}

}  // namespace faultline::kv

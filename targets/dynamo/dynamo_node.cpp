#include "targets/dynamo/dynamo_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace faultline::dynamo {
namespace {

// Spreads keys over the ring: the finalizer of splitmix64.
std::uint64_t spread(std::int64_t key) {
  auto x = static_cast<std::uint64_t>(key) + 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// In a cluster too small for its replicas (the target starts none) each node has one.
Config for_size(Config config, int size) {
  config.n = std::min(config.n, size);
  return config;
}

}  // namespace

DynamoNode::DynamoNode(NodeId id, int size, const Config& config)
    : id_(id),
      size_(size),
      config_(for_size(config, size)),
      replica_(config.bugs),
      exchanged_with_(id) {
  assert(0 <= id && id < size);
}

void DynamoNode::start(std::span<const Bytes> durable, Time now, Effects& out) {
  const Result<void> restored = replica_.replay(durable);
  if (!restored) {
    halted_ = true;
    note(fmt::format("halts: {}", restored.error().message), out);
    return;
  }
  replica_.begin_life(out);
  replica_.sync(out);
  note(fmt::format("starts life {} with {} keys and {} hints", replica_.life(),
                   replica_.items().size(), replica_.hints().size()),
       out);
  handoff_due_ = now;
  exchange_due_ = now + config_.exchange_interval;
}

void DynamoNode::receive(NodeId from, std::string_view message, Time now, Effects& out) {
  if (halted_ || from < 0 || from >= size_ || from == id_) return;
  const Result<Message> decoded = decode_message(message);
  if (!decoded) {
    note(fmt::format("drops a message of {}: {}", node_name(from), decoded.error().message), out);
    return;
  }
  std::visit([&](const auto& m) { handle(from, m, now, out); }, *decoded);
  handle_own_messages(now, out);
}

void DynamoNode::tick(Time now, Effects& out) {
  if (halted_) return;
  tend_operations(now, out);
  handle_own_messages(now, out);
  if (now >= handoff_due_) {
    handoff_due_ = now + config_.handoff_interval;
    hand_off(out);
  }
  if (now >= exchange_due_ && size_ > 1) {
    exchange_due_ = now + config_.exchange_interval;
    exchange(out);
  }
}

std::string DynamoNode::describe(std::string_view message) const {
  const Result<Message> decoded = decode_message(message);
  return decoded ? dynamo::describe(*decoded) : decoded.error().message;
}

// The ring is that of the nodes' numbers: membership is fixed, so nothing would be gained by
// hashing them, too.
std::vector<NodeId> DynamoNode::preference_list(std::int64_t key) const {
  const auto size = static_cast<std::uint64_t>(size_);
  const std::uint64_t first = spread(key) % size;
  std::vector<NodeId> nodes;
  for (std::uint64_t i = 0; i < size; ++i) nodes.push_back(static_cast<NodeId>((first + i) % size));
  return nodes;
}

bool DynamoNode::is_replica(NodeId node, std::int64_t key) const {
  const std::vector<NodeId> nodes = preference_list(key);
  const auto end = nodes.begin() + config_.n;
  return std::find(nodes.begin(), end, node) != end;
}

void DynamoNode::send(NodeId to, Message message, Effects& out) {
  if (to == id_) {
    to_itself_.push_back(std::move(message));
    return;
  }
  replica_.sync(out);
  out.send(to, encode(message));
}

void DynamoNode::reply(RequestId id, const Response& response, Effects& out) {
  replica_.sync(out);
  out.reply(id, encode(response));
}

void DynamoNode::handle_own_messages(Time now, Effects& out) {
  while (!to_itself_.empty()) {
    const Message message = std::move(to_itself_.front());
    to_itself_.pop_front();
    std::visit([&](const auto& m) { handle(id_, m, now, out); }, message);
  }
}

}  // namespace faultline::dynamo

#include "tests/targets/node_cluster.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace faultline {

NodeCluster::NodeCluster(int size, NodeFactory make, std::uint64_t seed, Leaks leaks)
    : make_(std::move(make)), rng_(seed), leaks_(leaks), members_(static_cast<std::size_t>(size)) {
  for (NodeId node = 0; node < size; ++node) restart(node);
}

void NodeCluster::crash(NodeId node) {
  Member& member = members_[at(node)];
  member.node.reset();
  member.disk.written.clear();
}

void NodeCluster::restart(NodeId node) {
  crash(node);
  Member& member = members_[at(node)];
  member.node = make_(node, size(), rng_.split(fmt::format("{} {}", node, member.lives++)));
  Effects effects;
  member.node->start(member.disk.synced, clock_of(node), effects);
  carry_out(node, effects);
}

void NodeCluster::isolate(NodeId node) {
  for (NodeId other = 0; other < size(); ++other) {
    if (other != node) cut(node, other), cut(other, node);
  }
}

void NodeCluster::connect_only(const std::set<NodeId>& group) {
  heal();
  for (NodeId node = 0; node < size(); ++node) {
    if (!group.contains(node)) isolate(node);
  }
}

void NodeCluster::pass(Duration time) {
  now_ += time;
  for (Member& member : members_) member.clock += time * member.permille / 1000;
}

void NodeCluster::tick(NodeId node) {
  if (!alive(node)) return;
  Effects effects;
  this->node(node).tick(clock_of(node), effects);
  carry_out(node, effects);
}

void NodeCluster::deliver(const Envelope& envelope) {
  const NodeId to = envelope.to;
  if (!alive(to) || is_lost(envelope)) return;
  Effects effects;
  node(to).receive(envelope.from, envelope.message, clock_of(to), effects);
  carry_out(to, effects);
}

void NodeCluster::deliver(std::size_t index) {
  const Envelope envelope = std::move(network_[index]);
  network_.erase(network_.begin() + static_cast<std::ptrdiff_t>(index));
  deliver(envelope);
}

void NodeCluster::deliver_all() {
  for (int budget = 100'000; !network_.empty(); --budget) {
    ASSERT_GT(budget, 0) << "the nodes never fall silent";
    deliver(0);
  }
}

void NodeCluster::run_for(Duration time) {
  for (const Time end = now_ + time; now_ < end; pass(10 * kMillisecond)) {
    for (NodeId node = 0; node < size(); ++node) tick(node);
    deliver_all();
  }
}

RequestId NodeCluster::request_bytes(NodeId node, std::string_view bytes) {
  const RequestId id = ++last_request_;
  if (!alive(node)) return id;
  Effects effects;
  this->node(node).request(id, bytes, clock_of(node), effects);
  carry_out(node, effects);
  return id;
}

const Bytes* NodeCluster::answer_bytes(RequestId id) const {
  const auto found = answers_.find(id);
  return found == answers_.end() ? nullptr : &found->second;
}

void NodeCluster::carry_out(NodeId node, Effects& effects) {
  Member& member = members_[at(node)];
  for (Effects::Effect& effect : effects.list) {
    const bool synced = member.disk.written.empty();
    if (auto* send = std::get_if<Effects::Send>(&effect)) {
      EXPECT_TRUE(synced || leaks_.messages) << "sent before it was synced";
      EXPECT_NE(send->to, node) << "sent to itself";
      network_.push_back({node, send->to, std::move(send->message)});
    } else if (auto* reply = std::get_if<Effects::Reply>(&effect)) {
      EXPECT_TRUE(synced || leaks_.answers) << "answered before it was synced";
      EXPECT_TRUE(answers_.emplace(reply->request, std::move(reply->answer)).second)
          << "answered twice";
    } else {
      const bool sync = std::holds_alternative<Effects::Sync>(effect);
      EXPECT_FALSE(sync && synced && member.lives == 1) << "a sync of nothing";
      member.disk.carry_out(effect);
    }
  }
  for (std::string& line : effects.log) member.log.push_back(std::move(line));
}

}  // namespace faultline

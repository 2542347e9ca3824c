#include "tests/targets/paxos/cluster.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <utility>

namespace faultline::paxos {

Cluster::Cluster(int size, const Config& config, std::uint64_t seed)
    : config_(config), rng_(seed), members_(static_cast<std::size_t>(size)) {
  for (NodeId node = 0; node < size; ++node) restart(node);
}

void Cluster::crash(NodeId node) {
  Member& member = members_[at(node)];
  member.node.reset();
  member.written.clear();
}

void Cluster::restart(NodeId node) {
  crash(node);
  Member& member = members_[at(node)];
  const Rng rng = rng_.split(fmt::format("{} {}", node, member.lives++));
  member.node = std::make_unique<PaxosNode>(node, size(), rng, config_);
  Effects effects;
  member.node->start(member.synced, clock_of(node), effects);
  carry_out(node, effects);
}

void Cluster::isolate(NodeId node) {
  for (NodeId other = 0; other < size(); ++other) {
    if (other != node) cut(node, other), cut(other, node);
  }
}

void Cluster::connect_only(const std::set<NodeId>& group) {
  heal();
  for (NodeId node = 0; node < size(); ++node) {
    if (!group.contains(node)) isolate(node);
  }
}

void Cluster::pass(Duration time) {
  now_ += time;
  for (Member& member : members_) member.clock += time * member.permille / 1000;
}

void Cluster::tick(NodeId node) {
  if (!alive(node)) return;
  Effects effects;
  members_[at(node)].node->tick(clock_of(node), effects);
  carry_out(node, effects);
}

void Cluster::deliver(std::size_t index) {
  const Envelope envelope = network_[index];
  network_.erase(network_.begin() + static_cast<std::ptrdiff_t>(index));
  if (!alive(envelope.to) || cuts_.contains({envelope.from, envelope.to})) return;
  Effects effects;
  members_[at(envelope.to)].node->receive(envelope.from, envelope.message, clock_of(envelope.to),
                                          effects);
  carry_out(envelope.to, effects);
}

void Cluster::deliver_all() {
  for (int budget = 100'000; !network_.empty(); --budget) {
    ASSERT_GT(budget, 0) << "the nodes never fall silent";
    deliver(0);
  }
}

void Cluster::run_for(Duration time) {
  for (const Time end = now_ + time; now_ < end; pass(10 * kMillisecond)) {
    for (NodeId node = 0; node < size(); ++node) tick(node);
    deliver_all();
  }
}

bool Cluster::elect(NodeId candidate, bool deliver_after) {
  for (int i = 0; i < 20; ++i) {
    pass(2 * config_.patience_max);
    tick(candidate);
    while (!network_.empty() && node(candidate).role() != Role::leading) deliver(0);
    if (node(candidate).role() != Role::leading) continue;
    if (deliver_after) deliver_all();
    return true;
  }
  return false;
}

std::optional<NodeId> Cluster::leader() {
  std::optional<NodeId> found;
  for (NodeId node = 0; node < size(); ++node) {
    if (!alive(node) || !this->node(node).status().leader) continue;
    if (!found || this->node(node).status().term > this->node(*found).status().term) found = node;
  }
  return found;
}

RequestId Cluster::request(NodeId node, const kv::Command& command) {
  return request_bytes(node, kv::encode(command));
}

RequestId Cluster::request_bytes(NodeId node, std::string_view bytes) {
  const RequestId id = ++last_request_;
  if (!alive(node)) return id;
  Effects effects;
  members_[at(node)].node->request(id, bytes, clock_of(node), effects);
  carry_out(node, effects);
  return id;
}

void Cluster::receive(NodeId from, NodeId to, const Message& message) {
  network_.push_back({from, to, encode(message)});
  deliver(network_.size() - 1);
}

RequestId Cluster::ask(NodeId node, const AdminRequest& request) {
  return request_bytes(node, encode(request));
}

std::optional<AdminResponse> Cluster::admin_answer(RequestId id) const {
  const auto found = answers_.find(id);
  if (found == answers_.end()) return std::nullopt;
  const Result<AdminResponse> response = decode_admin_response(found->second);
  EXPECT_TRUE(response.has_value());
  return response ? std::optional(*response) : std::nullopt;
}

std::optional<kv::Response> Cluster::answer(RequestId id) const {
  const auto found = answers_.find(id);
  if (found == answers_.end()) return std::nullopt;
  const Result<kv::Response> response = kv::decode_response(found->second);
  EXPECT_TRUE(response.has_value());
  return response ? std::optional(*response) : std::nullopt;
}

void Cluster::carry_out(NodeId node, Effects& effects) {
  Member& member = members_[at(node)];
  for (Effects::Effect& effect : effects.list) {
    const bool may_leave = member.written.empty() || config_.bugs.accept_before_sync;
    if (auto* write = std::get_if<Effects::Write>(&effect)) {
      member.written.push_back(std::move(write->record));
    } else if (auto* rewrite = std::get_if<Effects::Rewrite>(&effect)) {
      member.synced = std::move(rewrite->records);
      member.written.clear();
    } else if (std::holds_alternative<Effects::Sync>(effect)) {
      EXPECT_FALSE(member.written.empty() && member.lives == 1) << "a sync of nothing";
      ++member.syncs;
      for (Bytes& record : member.written) member.synced.push_back(std::move(record));
      member.written.clear();
    } else if (auto* send = std::get_if<Effects::Send>(&effect)) {
      EXPECT_TRUE(may_leave) << "sent before it was synced";
      network_.push_back({node, send->to, std::move(send->message)});
    } else if (auto* reply = std::get_if<Effects::Reply>(&effect)) {
      EXPECT_TRUE(may_leave) << "answered before it was synced";
      EXPECT_TRUE(answers_.emplace(reply->request, std::move(reply->answer)).second)
          << "answered twice";
    }
  }
  for (std::string& line : effects.log) member.log.push_back(std::move(line));
}

kv::Command write_of(std::int64_t session, std::uint64_t sequence, std::int64_t key,
                     std::int64_t value) {
  return {session, sequence, kv::Command::Kind::write, key, 0, value};
}

kv::Command cas_of(std::int64_t session, std::uint64_t sequence, std::int64_t key,
                   std::int64_t expected, std::int64_t value) {
  return {session, sequence, kv::Command::Kind::cas, key, expected, value};
}

kv::Command read_of(std::int64_t session, std::uint64_t sequence, std::int64_t key) {
  return {session, sequence, kv::Command::Kind::read, key, 0, 0};
}

}  // namespace faultline::paxos

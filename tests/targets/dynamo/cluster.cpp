#include "tests/targets/dynamo/cluster.hpp"

#include <gtest/gtest.h>

namespace faultline::dynamo {

Cluster::Cluster(const Config& config, int size)
    : config_(config), members_(static_cast<std::size_t>(size)) {
  for (NodeId node = 0; node < size; ++node) restart(node);
}

std::optional<std::int64_t> Cluster::value(NodeId node, std::int64_t key) const {
  const Siblings& siblings = members_[at(node)].node->replica().item(key);
  if (siblings.size() != 1) return std::nullopt;
  return siblings.front().value;
}

void Cluster::crash(NodeId node) {
  members_[at(node)].node.reset();
  members_[at(node)].written.clear();
}

void Cluster::restart(NodeId node) {
  crash(node);
  Member& member = members_[at(node)];
  member.node = std::make_unique<DynamoNode>(node, size(), config_);
  Effects effects;
  member.node->start(member.synced, clock(node), effects);
  carry_out(node, effects);
}

void Cluster::deliver_all() {
  for (int budget = 100'000; !network_.empty(); --budget) {
    ASSERT_GT(budget, 0) << "the nodes never fall silent";
    const Envelope envelope = network_.front();
    network_.erase(network_.begin());
    if (!alive(envelope.to)) continue;
    if (cut_off_.contains(envelope.from) || cut_off_.contains(envelope.to)) continue;
    const Result<Message> message = decode_message(envelope.message);
    ASSERT_TRUE(message.has_value());
    if (loses && loses(envelope.from, envelope.to, *message)) continue;
    Effects effects;
    members_[at(envelope.to)].node->receive(envelope.from, envelope.message, clock(envelope.to),
                                            effects);
    carry_out(envelope.to, effects);
  }
}

void Cluster::run_for(Duration time) {
  for (const Time end = now_ + time; now_ < end; now_ += 10 * kMillisecond) {
    for (NodeId node = 0; node < size(); ++node) {
      if (!alive(node)) continue;
      Effects effects;
      members_[at(node)].node->tick(clock(node), effects);
      carry_out(node, effects);
    }
    deliver_all();
  }
}

RequestId Cluster::write(NodeId node, std::int64_t key, std::int64_t value, VersionVector context) {
  return request(node, {key, value, std::move(context)});
}

RequestId Cluster::read(NodeId node, std::int64_t key) {
  return request(node, {key, std::nullopt, {}});
}

RequestId Cluster::request(NodeId node, const Request& request) {
  const RequestId id = ++last_request_;
  Effects effects;
  members_[at(node)].node->request(id, encode(request), clock(node), effects);
  carry_out(node, effects);
  return id;
}

std::optional<Response> Cluster::answer(RequestId id) const {
  const auto found = answers_.find(id);
  if (found == answers_.end()) return std::nullopt;
  const Result<Response> response = decode_response(found->second);
  EXPECT_TRUE(response.has_value());
  return response ? std::optional(*response) : std::nullopt;
}

std::optional<Response> Cluster::read_now(NodeId node, std::int64_t key) {
  const RequestId id = read(node, key);
  deliver_all();
  return answer(id);
}

void Cluster::carry_out(NodeId node, Effects& effects) {
  Member& member = members_[at(node)];
  for (Effects::Effect& effect : effects.list) {
    if (auto* write = std::get_if<Effects::Write>(&effect)) {
      member.written.push_back(std::move(write->record));
    } else if (std::holds_alternative<Effects::Sync>(effect)) {
      for (Bytes& record : member.written) member.synced.push_back(std::move(record));
      member.written.clear();
    } else if (auto* rewrite = std::get_if<Effects::Rewrite>(&effect)) {
      member.synced = std::move(rewrite->records);
      member.written.clear();
    } else if (auto* send = std::get_if<Effects::Send>(&effect)) {
      EXPECT_TRUE(member.written.empty()) << "sent before it was synced";
      EXPECT_NE(send->to, node) << "sent to itself";
      network_.push_back({node, send->to, std::move(send->message)});
    } else if (auto* reply = std::get_if<Effects::Reply>(&effect)) {
      EXPECT_TRUE(member.written.empty()) << "answered before it was synced";
      EXPECT_TRUE(answers_.emplace(reply->request, std::move(reply->answer)).second)
          << "answered twice";
    }
  }
}

}  // namespace faultline::dynamo

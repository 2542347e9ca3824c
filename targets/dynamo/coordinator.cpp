// What a node does for a client: it asks the replicas of the key, counts answers, and answers.
#include <fmt/format.h>

#include <algorithm>

#include "targets/dynamo/dynamo_node.hpp"

namespace faultline::dynamo {

void DynamoNode::request(RequestId id, std::string_view request, Time now, Effects& out) {
  if (halted_) return;
  const Result<Request> decoded = decode_request(request);
  if (!decoded) return reply(id, {Response::Kind::malformed, {}, {}}, out);
  // Unique in all lives: late replies to an earlier one must not be taken for this one's.
  const std::uint64_t number = replica_.life() << 32U | ++operations_begun_;
  Operation& operation = operations_[number];
  operation.client = id;
  operation.key = decoded->key;
  operation.write = decoded->write;
  operation.deadline = now + config_.op_timeout;
  if (!decoded->write || config_.versions == Versions::counter) {
    ask_replicas(number, now, out);
  } else {
    Version version;
    version.value = *decoded->write;
    if (config_.versions == Versions::vector) {
      version.vector = decoded->context;
    } else {
      version.stamp = {static_cast<std::uint64_t>(now / kMillisecond), id_, number};
    }
    begin_store(number, {version}, now, out);
  }
  handle_own_messages(now, out);
}

void DynamoNode::begin_store(std::uint64_t number, Siblings siblings, Time now, Effects& out) {
  Operation& operation = operations_.at(number);
  operation.phase = Operation::Phase::store;
  operation.siblings = std::move(siblings);
  operation.answered_by_itself.clear();
  operation.rounds = 0;
  ask_replicas(number, now, out);
  // The rule: when W of them have said that they have it.
  if (config_.bugs.ack_on_send && operation.write) answer(operation, out);
}

// Once more those that have not answered; from the second round on also another node for each.
void DynamoNode::ask_replicas(std::uint64_t number, Time now, Effects& out) {
  Operation& operation = operations_.at(number);
  operation.ask_again = now + config_.patience;
  const int round = operation.rounds++;
  const std::vector<NodeId> nodes = preference_list(operation.key);
  const int others = size_ - config_.n;
  for (int i = 0; i < config_.n; ++i) {
    const NodeId owner = nodes[static_cast<std::size_t>(i)];
    if (operation.answered_by_itself.contains(owner)) continue;
    ask(number, owner, owner, out);
    if (round == 0 || others == 0 || !strangers_help(operation)) continue;
    const int stranger = config_.n + (i + round) % others;
    ask(number, nodes[static_cast<std::size_t>(stranger)], owner, out);
  }
}

// A hint is always of use to its owner, later; what a stranger says of a key, only in a sloppy
// quorum.
bool DynamoNode::strangers_help(const Operation& operation) const {
  return config_.sloppy || operation.phase == Operation::Phase::store;
}

void DynamoNode::ask(std::uint64_t number, NodeId node, NodeId owner, Effects& out) {
  const Operation& operation = operations_.at(number);
  if (operation.phase == Operation::Phase::query) {
    send(node, Query{number, operation.key, owner}, out);
  } else {
    send(node, Store{number, operation.key, owner, operation.siblings}, out);
  }
}

// Answers towards the quorum of this phase.
std::size_t DynamoNode::counted(const Operation& operation) const {
  const bool hints_count = config_.sloppy || config_.bugs.count_hints;
  return static_cast<std::size_t>(
      std::ranges::count_if(operation.answered_by_itself,
                            [&](const auto& entry) { return entry.second || hints_count; }));
}

void DynamoNode::handle(NodeId from, const QueryReply& m, Time now, Effects& out) {
  const auto found = operations_.find(m.op);
  if (found == operations_.end() || found->second.phase != Operation::Phase::query) return;
  Operation& operation = found->second;
  operation.answered_by_itself[m.owner] |= from == m.owner;
  operation.seen[m.owner] = m.siblings;
  operation.siblings = merged(operation.siblings, m.siblings, config_.bugs);
  if (counted(operation) >= static_cast<std::size_t>(config_.r)) conclude_query(m.op, now, out);
}

void DynamoNode::conclude_query(std::uint64_t number, Time now, Effects& out) {
  const Operation& operation = operations_.at(number);
  if (!operation.write) return conclude_read(number, now, out);
  Version version;
  version.value = *operation.write;
  version.stamp = {1, id_, config_.bugs.reuse_stamps ? 0 : number};
  for (const Version& seen : operation.siblings) version.stamp.time = seen.stamp.time + 1;
  begin_store(number, {version}, now, out);
}

void DynamoNode::conclude_read(std::uint64_t number, Time now, Effects& out) {
  Operation& operation = operations_.at(number);
  const auto has_it = [&](const auto& entry) { return entry.second == operation.siblings; };
  const auto holders = static_cast<int>(std::ranges::count_if(operation.seen, has_it));
  const bool known = operation.siblings.empty() || holders >= config_.w;
  // The rule: what a read returns is stored by a write quorum, so that later reads see it.
  if (config_.repair == Repair::before_answer && !known && !config_.bugs.no_write_back) {
    return begin_store(number, operation.siblings, now, out);
  }
  answer(operation, out);
  if (config_.repair == Repair::after_answer) {
    for (const auto& [owner, siblings] : operation.seen) {
      if (siblings == operation.siblings) continue;
      send(owner, Store{number, operation.key, owner, operation.siblings}, out);
    }
  }
  operations_.erase(number);
}

void DynamoNode::handle(NodeId from, const StoreReply& m, Time, Effects& out) {
  const auto found = operations_.find(m.op);
  if (found == operations_.end() || found->second.phase != Operation::Phase::store) return;
  Operation& operation = found->second;
  operation.answered_by_itself[m.owner] |= from == m.owner;
  if (counted(operation) >= static_cast<std::size_t>(config_.w)) answer(operation, out);
  const bool all = operation.answered_by_itself.size() == static_cast<std::size_t>(config_.n);
  if (operation.answered && all) operations_.erase(found);
}

void DynamoNode::answer(Operation& operation, Effects& out) {
  if (std::exchange(operation.answered, true)) return;
  Response response;
  if (!operation.write) {
    for (const Version& version : operation.siblings) {
      response.values.push_back(version.value);
      join(response.context, version.vector);
    }
    std::ranges::sort(response.values);
  }
  reply(operation.client, response, out);
}

void DynamoNode::tend_operations(Time now, Effects& out) {
  for (auto next = operations_.begin(); next != operations_.end();) {
    const auto it = next++;
    Operation& operation = it->second;
    if (now >= operation.deadline) {
      // Until something is stored, nothing has happened; after that nobody knows.
      const bool undone = !operation.write || operation.phase == Operation::Phase::query;
      if (!operation.answered && undone) {
        reply(operation.client, {Response::Kind::unavailable, {}, {}}, out);
      }
      operations_.erase(it);
    } else if (now >= operation.ask_again) {
      ask_replicas(it->first, now, out);
    }
  }
}

void DynamoNode::handle(NodeId from, const Query& m, Time, Effects& out) {
  send(from, QueryReply{m.op, m.owner, replica_.held(m.key)}, out);
}

void DynamoNode::handle(NodeId from, const Store& m, Time, Effects& out) {
  if (m.siblings.empty()) return;
  if (m.owner == id_) {
    replica_.merge(m.key, m.siblings, out);
  } else {
    replica_.keep_hint(m.owner, m.key, m.siblings, out);
  }
  send(from, StoreReply{m.op, m.owner}, out);
}

}  // namespace faultline::dynamo

#include "targets/raft/raft_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>

namespace faultline::raft {

RaftNode::RaftNode(NodeId id, int size, Rng rng, const Config& config)
    : id_(id),
      config_(config),
      rng_(rng),
      log_(config.bugs),
      peers_(static_cast<std::size_t>(size)) {
  assert(0 <= id && id < size);
}

void RaftNode::start(std::span<const Bytes> durable, Time now, Effects& out) {
  const Result<void> restored = log_.replay(durable);
  if (!restored) {
    halted_ = true;
    out.log.push_back(fmt::format("halts: {}", restored.error().message));
    return;
  }
  note(fmt::format("starts with {} entries", log_.last_index()), out);
  reset_election_timer(now);
}

void RaftNode::receive(NodeId from, std::string_view message, Time now, Effects& out) {
  if (halted_) return;
  if (from < 0 || from >= static_cast<NodeId>(peers_.size()) || from == id_) return;
  const Result<Message> decoded = decode_message(message);
  if (!decoded) {
    note(fmt::format("drops a message of {}: {}", node_name(from), decoded.error().message), out);
    return;
  }
  std::visit([&](const auto& m) { handle(from, m, now, out); }, *decoded);
}

void RaftNode::request(RequestId id, std::string_view request, Time, Effects& out) {
  if (halted_) return;
  const Result<kv::Command> command = kv::decode_command(request);
  if (!command) {
    reply(id, {kv::Response::Kind::malformed, {}, 0}, out);
  } else if (role_ != Role::leader) {
    reply(id, kv::Response::not_led_here(leader_), out);
  } else if (command->kind == kv::Command::Kind::read) {
    read(id, command->key, out);
  } else {
    replicate(id, *command, request, out);
  }
}

void RaftNode::tick(Time now, Effects& out) {
  if (halted_) return;
  if (role_ == Role::leader) {
    if (!hears_a_majority(now)) {
      note("hears no majority", out);
      step_down(log_.term(), std::nullopt, now, out);
    } else if (now >= heartbeat_due_) {
      heartbeat_due_ = now + config_.heartbeat;
      broadcast_append(true, out);
    }
  } else if (now >= election_due_) {
    seek_pre_votes(now, out);
  } else if (role_ != Role::follower && now >= heartbeat_due_) {
    request_votes(now, out);
  }
}

void RaftNode::step_down(Term term, std::optional<NodeId> leader, Time now, Effects& out) {
  if (term > log_.term()) log_.set_term(term, std::nullopt, out);
  leader_ = leader;
  if (std::exchange(role_, Role::follower) != Role::leader) return;
  note("leads no longer", out);
  // Whether the entries in flight will be committed is unknown: their clients are told nothing.
  requests_.clear();
  refuse_reads(out);
  reset_election_timer(now);
}

void RaftNode::send(NodeId to, const Message& message, Effects& out) {
  log_.sync(out);
  out.send(to, encode(message));
}

void RaftNode::reply(RequestId id, const kv::Response& response, Effects& out) {
  log_.sync(out);
  out.reply(id, encode(response));
}

void RaftNode::note(std::string_view line, Effects& out) const {
  out.log.push_back(fmt::format("term {}: {}", log_.term(), line));
}

std::uint64_t RaftNode::reached_by_majority(std::vector<std::uint64_t> values) const {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(majority() - 1);
  std::nth_element(values.begin(), nth, values.end(), std::greater<>());
  return *nth;
}

}  // namespace faultline::raft

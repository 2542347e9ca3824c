#include "targets/raft/raft_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace faultline::raft {

RaftNode::RaftNode(NodeId id, int size, Rng rng, const Config& config)
    : id_(id),
      config_(config),
      rng_(rng),
      log_(size, config.bugs),
      peers_(static_cast<std::size_t>(size)) {
  assert(0 <= id && id < size);
}

void RaftNode::start(std::span<const Bytes> durable, Time now, Effects& out) {
  now_ = now;
  Result<void> restored = log_.replay(durable);
  if (restored) restored = restore_store();
  if (!restored) {
    halted_ = true;
    out.log.push_back(fmt::format("halts: {}", restored.error().message));
    return;
  }
  note(fmt::format("starts with {} entries, {} of them in a snapshot", log_.last_index(), applied_),
       out);
  leader_heard_ = config_.leases ? now_ : kNever;  // it may have, and does not remember
  reset_election_timer();
}

void RaftNode::receive(NodeId from, std::string_view message, Time now, Effects& out) {
  now_ = now;
  if (halted_) return;
  if (from < 0 || from >= static_cast<NodeId>(peers_.size()) || from == id_) return;
  const Result<Message> decoded = decode_message(message);
  if (!decoded) {
    note(fmt::format("drops a message of {}: {}", node_name(from), decoded.error().message), out);
    return;
  }
  std::visit([&](const auto& m) { handle(from, m, out); }, *decoded);
}

std::string RaftNode::describe(std::string_view message) const {
  const Result<Message> decoded = decode_message(message);
  return decoded ? raft::describe(*decoded) : "garbage";
}

void RaftNode::request(RequestId id, std::string_view request, Time now, Effects& out) {
  now_ = now;
  if (halted_) return;
  if (is_admin_request(request)) {
    const Result<AdminRequest> admin = decode_admin_request(request);
    if (!admin) return answer_admin(id, AdminResponse::Kind::refused, out);
    return administer(id, *admin, out);
  }
  const Result<kv::Command> command = kv::decode_command(request);
  if (!command) {
    reply(id, {kv::Response::Kind::malformed, {}, 0}, out);
  } else if (config_.bugs.follower_read && command->kind == kv::Command::Kind::read) {
    reply(id, {kv::Response::Kind::ok, store_.read(command->key), 0}, out);
  } else if (role_ != Role::leader) {
    reply(id, kv::Response::not_led_here(leader_), out);
  } else if (command->kind == kv::Command::Kind::read) {
    read(id, command->key, out);
  } else if (transfer_) {
    reply(id, kv::Response::not_led_here(std::nullopt), out);  // let the other one catch up (3.10)
  } else {
    replicate(id, *command, request, out);
  }
}

void RaftNode::tick(Time now, Effects& out) {
  now_ = now;
  if (halted_) return;
  give_up_late_ones(out);
  if (role_ == Role::leader) {
    const bool removed = !is_voter(id_) && log_.configuration_index() <= commit_;
    if (removed || !hears_a_majority()) {
      note(removed ? "is no voter any more" : "hears no majority", out);
      step_down(log_.term(), std::nullopt, out);
    } else if (now_ >= heartbeat_due_) {
      heartbeat_due_ = now_ + config_.heartbeat;
      broadcast_append(true, out);
    }
  } else if (now_ >= election_due_) {
    seek_pre_votes(out);
  } else if (role_ != Role::follower && now_ >= heartbeat_due_) {
    request_votes(false, out);
  }
}

void RaftNode::step_down(Term term, std::optional<NodeId> leader, Effects& out) {
  if (term > log_.term()) log_.set_term(term, std::nullopt, out);
  leader_ = leader;
  if (std::exchange(role_, Role::follower) != Role::leader) return;
  note("leads no longer", out);
  // Whether the entries in flight will be committed is unknown: their clients are told nothing.
  requests_.clear();
  change_.reset();
  refuse_reads(out);
  reset_election_timer();
}

void RaftNode::send(NodeId to, const Message& message, Effects& out) {
  // Whoever is told that we have an entry relies on it.
  const bool sync = !config_.bugs.ack_before_sync || !std::holds_alternative<AppendReply>(message);
  if (sync) log_.sync(out);
  out.send(to, encode(message));
}

void RaftNode::reply(RequestId id, const kv::Response& response, Effects& out) {
  log_.sync(out);
  out.reply(id, encode(response));
}

void RaftNode::note(std::string_view line, Effects& out) const {
  out.log.push_back(fmt::format("term {}: {}", log_.term(), line));
}

std::size_t RaftNode::majority() const {
  const std::size_t voters = log_.configuration().voters.size();
  return config_.bugs.half_quorum ? std::max<std::size_t>(1, voters / 2) : voters / 2 + 1;
}

}  // namespace faultline::raft

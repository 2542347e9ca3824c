#include "targets/paxos/paxos_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace faultline::paxos {

PaxosNode::PaxosNode(NodeId id, int size, Rng rng, const Config& config)
    : id_(id),
      config_(config),
      rng_(rng),
      acceptor_(config.bugs),
      configurations_(size),
      peers_(static_cast<std::size_t>(size)) {
  assert(0 <= id && id < size);
}

void PaxosNode::start(std::span<const Bytes> durable, Time now, Effects& out) {
  Result<void> restored = acceptor_.replay(durable);
  if (restored && acceptor_.snapshot_slot() > 0) restored = decode_state(acceptor_.snapshot());
  if (!restored) {
    halted_ = true;
    out.log.push_back(fmt::format("halts: {}", restored.error().message));
    return;
  }
  applied_ = acceptor_.snapshot_slot();
  apply_chosen(out);
  note(fmt::format("starts, knows {} slots as chosen", acceptor_.chosen()), out);
  reset_patience(now);
}

void PaxosNode::receive(NodeId from, std::string_view message, Time now, Effects& out) {
  if (halted_ || from < 0 || from >= size() || from == id_) return;
  const Result<Message> decoded = decode_message(message);
  if (!decoded) {
    note(fmt::format("drops a message of {}: {}", node_name(from), decoded.error().message), out);
    return;
  }
  std::visit([&](const auto& m) { handle(from, m, now, out); }, *decoded);
}

void PaxosNode::request(RequestId id, std::string_view request, Time now, Effects& out) {
  if (halted_) return;
  if (is_admin_request(request)) {
    const Result<AdminRequest> admin = decode_admin_request(request);
    if (admin) return administer(id, *admin, now, out);
    return reply(id, encode(AdminResponse{AdminResponse::Kind::refused, {}, {}}), out);
  }
  const Result<kv::Command> command = kv::decode_command(request);
  if (!command) {
    reply(id, encode(kv::Response{kv::Response::Kind::malformed, {}, 0}), out);
  } else if (role_ != Role::leading) {
    reply(id, encode(kv::Response::not_led_here(leader_)), out);
  } else if (command->kind == kv::Command::Kind::read) {
    read(id, command->key, out);
  } else {
    queue_.push_back({id, Bytes(request)});
    progress(out);
  }
}

void PaxosNode::tick(Time now, Effects& out) {
  if (halted_) return;
  if (role_ == Role::leading) return tick_leader(now, out);
  if (acceptor_.chosen() < behind_of_ && leader_ && now >= learn_due_) {
    learn_due_ = now + config_.heartbeat;
    send(*leader_, Learn{first_unchosen()}, out);
  }
  if (now >= patience_ends_) {
    miss_leader(now, out);
  } else if (role_ != Role::follower && now >= heartbeat_due_) {
    heartbeat_due_ = now + config_.heartbeat;
    role_ == Role::suspecting ? ask_suspicions(now, out) : send_prepares(out);
  }
}

NodeStatus PaxosNode::status() const {
  constexpr std::uint64_t kMostNodes = 1000;  // a ballot as one number, in the order of ballots
  const Ballot ballot = role_ == Role::leading ? ballot_ : acceptor_.promised();
  return {role_ == Role::leading,
          ballot.round * kMostNodes + static_cast<std::uint64_t>(ballot.node), acceptor_.chosen()};
}

std::string PaxosNode::describe(std::string_view message) const {
  const Result<Message> decoded = decode_message(message);
  return decoded ? paxos::describe(*decoded) : "garbage";
}

bool PaxosNode::belongs(NodeId node) const {
  return is_member(members_at(first_unchosen()), node) || is_member(configurations_.latest(), node);
}

void PaxosNode::send(NodeId to, const Message& message, Effects& out) {
  acceptor_.sync(out);
  out.send(to, encode(message));
}

void PaxosNode::reply(RequestId id, Bytes answer, Effects& out) {
  acceptor_.sync(out);
  out.reply(id, std::move(answer));
}

void PaxosNode::note(std::string_view line, Effects& out) const {
  out.log.push_back(fmt::format("{}: {}", ballot_name(acceptor_.promised()), line));
}

}  // namespace faultline::paxos

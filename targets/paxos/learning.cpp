// PaxosNode's learning: what is chosen, what comes of it, and how those who lag catch up: by the
// proposals as they were chosen, or by a snapshot where those are no longer kept.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "targets/paxos/paxos_node.hpp"

namespace faultline::paxos {

// The leader of `ballot` says that all slots up to `chosen` are. What was accepted in that ballot
// is what was chosen; what was accepted in a lower one may not be.
void PaxosNode::learn_up_to(Slot chosen, Ballot ballot, Time now, Effects& out) {
  while (acceptor_.chosen() < chosen) {
    const Proposal* proposal = acceptor_.accepted(first_unchosen());
    if (proposal == nullptr) break;
    if (proposal->ballot != ballot && !config_.bugs.any_ballot) break;
    acceptor_.note_chosen();
  }
  apply_chosen(out);
  // The rest may be on its way; it is asked for if it does not come.
  if (behind_of_ <= acceptor_.chosen()) learn_due_ = now + config_.heartbeat;
  behind_of_ = std::max(behind_of_, chosen);
}

void PaxosNode::apply_chosen(Effects& out) {
  while (applied_ < acceptor_.chosen()) {
    ++applied_;
    const Proposal* proposal = acceptor_.accepted(applied_);
    if (proposal != nullptr) apply(applied_, proposal->value, out);
  }
  const bool due =
      config_.snapshot_every > 0 && applied_ >= acceptor_.snapshot_slot() + config_.snapshot_every;
  if (due) compact(out);
}

void PaxosNode::apply(Slot slot, const Bytes& value, Effects& out) {
  std::optional<RequestId> request;
  if (const auto waiting = requests_.find(slot); waiting != requests_.end()) {
    request = waiting->second;
    requests_.erase(waiting);
  }
  if (is_configuration(value)) {
    const Result<Membership> membership = decode_configuration(value);
    if (!membership) return;
    configurations_.add(slot + config_.alpha, *membership);
    note(fmt::format("slot {} changes who belongs to the cluster", slot), out);
    const AdminResponse done{AdminResponse::Kind::ok, id_, *membership};
    if (request) reply(*request, encode(done), out);
    return;
  }
  const Result<kv::Command> command = kv::decode_command(value);
  if (!command) return;  // a no-op: others were checked when they were requested
  const kv::Response response = store_.apply(*command);
  if (request) reply(*request, encode(response), out);
}

void PaxosNode::compact(Effects& out) {
  const Slot kept = std::min(config_.keep_behind, applied_);
  acceptor_.compact(applied_ - kept, encode_state(), out);
  note(fmt::format("snapshot of {} slots", applied_), out);
}

Bytes PaxosNode::encode_state() const {
  ByteWriter state;
  configurations_.write(state, applied_ + 1);
  state.text(store_.encode());
  return state.take();
}

Result<void> PaxosNode::decode_state(std::string_view state) {
  ByteReader in(state);
  Configurations configurations(size());
  configurations.read(in);
  Result<kv::Store> store = kv::Store::decode(in.text());
  if (!store) return store.error();
  if (!in.complete()) return Error{"paxos snapshot: no configurations"};
  configurations_ = std::move(configurations);
  store_ = std::move(*store);
  return {};
}

void PaxosNode::teach(NodeId to, Slot first, Effects& out) {
  if (first > acceptor_.chosen()) return;
  if (first <= acceptor_.base()) {
    Snapshot m{acceptor_.snapshot_slot(), acceptor_.snapshot(), acceptor_.chosen()};
    return send(to, m, out);
  }
  Chosen m{first, {}, acceptor_.chosen()};
  const Slot last = std::min(acceptor_.chosen(), first + config_.max_lesson - 1);
  for (Slot slot = first; slot <= last; ++slot) m.proposals.push_back(*acceptor_.accepted(slot));
  send(to, m, out);
}

void PaxosNode::handle(NodeId from, const Learn& m, Time, Effects& out) {
  if (m.first > 0) teach(from, m.first, out);
}

void PaxosNode::handle(NodeId from, const Chosen& m, Time now, Effects& out) {
  const Slot end = m.first + m.proposals.size();
  if (m.first > first_unchosen() || end <= first_unchosen()) return;
  if (role_ == Role::leading && end <= next_) return;  // it will get to know that by itself
  if (role_ == Role::leading) step_down(now, out);
  for (Slot slot = first_unchosen(); slot < end; ++slot) {
    acceptor_.learn(m.proposals[slot - m.first], out);
  }
  learnt_from(from, m.chosen, now, out);
}

void PaxosNode::handle(NodeId from, const Snapshot& m, Time now, Effects& out) {
  if (m.slot <= acceptor_.chosen()) return;
  if (role_ == Role::leading && m.slot < next_) return;
  const Result<void> decoded = decode_state(m.state);
  if (!decoded) return note("drops a snapshot: " + decoded.error().message, out);
  if (role_ == Role::leading) step_down(now, out);
  acceptor_.install(m.slot, m.state, out);
  applied_ = m.slot;
  note(fmt::format("is given a snapshot of {} slots", m.slot), out);
  learnt_from(from, m.chosen, now, out);
}

void PaxosNode::learnt_from(NodeId from, Slot more, Time now, Effects& out) {
  apply_chosen(out);
  if (more > acceptor_.chosen()) send(from, Learn{first_unchosen()}, out);
  learn_due_ = now + config_.heartbeat;
  if (role_ == Role::preparing) count_promises(now, out);  // of what begins further on now
}

}  // namespace faultline::paxos

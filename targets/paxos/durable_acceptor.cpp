#include "targets/paxos/durable_acceptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "targets/kv/bytes.hpp"

namespace faultline::paxos {
namespace {

// The first byte of a record.
constexpr std::uint8_t kPromiseRecord = 1;   // ballot
constexpr std::uint8_t kSlotsRecord = 2;     // chosen, number, then slot, ballot, value each
constexpr std::uint8_t kSnapshotRecord = 3;  // base, slot, state

void write_ballot(ByteWriter& out, Ballot ballot) {
  out.natural(ballot.round);
  out.natural(static_cast<std::uint64_t>(ballot.node));
}

Ballot read_ballot(ByteReader& in) {
  constexpr std::uint64_t kMostNodes = 1'000'000;
  Ballot ballot;
  ballot.round = in.natural();
  const std::uint64_t node = in.natural();
  if (node > kMostNodes) in.fail();
  ballot.node = static_cast<NodeId>(node);
  return ballot;
}

Bytes promise_record(Ballot ballot) {
  ByteWriter record;
  record.byte(kPromiseRecord);
  write_ballot(record, ballot);
  return record.take();
}

ByteWriter slots_record(Slot chosen, std::size_t count) {
  ByteWriter record;
  record.byte(kSlotsRecord);
  record.natural(chosen);
  record.natural(count);
  return record;
}

void write_slot(ByteWriter& record, Slot slot, Ballot ballot, std::string_view value) {
  record.natural(slot);
  write_ballot(record, ballot);
  record.text(value);
}

}  // namespace

Result<void> DurableAcceptor::replay(std::span<const Bytes> records) {
  unsynced_ = !records.empty();  // some may have been written but not synced
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Result<void> result = replay_one(records[i]);
    if (!result) return Error{fmt::format("log record {}: {}", i, result.error().message)};
  }
  return {};
}

Result<void> DurableAcceptor::replay_one(std::string_view record) {
  ByteReader in(record);
  const std::uint8_t kind = in.byte();
  if (kind == kPromiseRecord) {
    const Ballot ballot = read_ballot(in);
    if (!in.complete()) return Error{"a damaged promise"};
    promised_ = std::max(promised_, ballot);
  } else if (kind == kSlotsRecord) {
    if (!replay_slots(in)) return Error{"damaged slots"};
  } else if (kind == kSnapshotRecord) {
    const Slot base = in.natural();
    const Slot slot = in.natural();
    const std::string_view state = in.text();
    if (!in.complete() || base > slot) return Error{"a damaged snapshot"};
    base_ = base;
    snapshot_slot_ = chosen_ = slot;
    snapshot_ = Bytes(state);
  } else {
    return Error{"a record of no known kind"};
  }
  return {};
}

bool DurableAcceptor::replay_slots(ByteReader& in) {
  const Slot chosen = in.natural();
  const std::uint64_t count = in.natural();
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const Slot slot = in.natural();
    Proposal proposal;
    proposal.ballot = read_ballot(in);
    proposal.value = Bytes(in.text());
    if (slot == 0) in.fail();
    if (in.failed()) break;
    if (!bugs_.forget_promise) promised_ = std::max(promised_, proposal.ballot);
    put(slot, proposal);
  }
  if (!in.complete()) return false;
  for (Slot slot = chosen_ + 1; slot <= chosen; ++slot) {
    if (accepted_.find(slot) == accepted_.end()) return false;
  }
  chosen_ = std::max(chosen_, chosen);
  return true;
}

const Proposal* DurableAcceptor::accepted(Slot slot) const {
  const auto found = accepted_.find(slot);
  return found == accepted_.end() ? nullptr : &found->second;
}

std::vector<Promise::Report> DurableAcceptor::accepted_from(Slot first) const {
  std::vector<Promise::Report> reports;
  for (auto it = accepted_.lower_bound(first); it != accepted_.end(); ++it) {
    reports.push_back({it->first, it->second});
  }
  return reports;
}

// What was learnt may be of a ballot that was never promised here, so that lower ones are accepted
// after it. They do not take its place: it is chosen, and will be taught and reported.
void DurableAcceptor::put(Slot slot, const Proposal& proposal) {
  if (slot <= base_) return;
  Proposal& known = accepted_[slot];
  if (known.ballot <= proposal.ballot) known = proposal;
}

bool DurableAcceptor::promise(Ballot ballot, Effects& out) {
  if (!may_promise(promised_, ballot)) return false;
  if (promised_ == ballot) return true;
  promised_ = ballot;
  if (bugs_.forget_promise) return true;
  out.write(promise_record(ballot));
  unsynced_ = true;
  return true;
}

bool DurableAcceptor::accept(Ballot ballot, Slot first, std::span<const Bytes> values,
                             Effects& out) {
  if (!may_accept(promised_, ballot, bugs_)) return false;
  // To accept is to promise: else a lower ballot could be accepted afterwards.
  if (ballot > promised_) promise(ballot, out);
  if (values.empty()) return true;
  ByteWriter record = slots_record(chosen_, values.size());
  Slot slot = first;
  for (const Bytes& value : values) {
    write_slot(record, slot, ballot, value);
    put(slot++, {ballot, value});
  }
  out.write(record.take());
  if (!bugs_.accept_before_sync) unsynced_ = true;
  return true;
}

void DurableAcceptor::note_chosen() {
  assert(accepted(chosen_ + 1) != nullptr);
  ++chosen_;
}

void DurableAcceptor::learn(const Proposal& proposal, Effects& out) {
  const Slot slot = chosen_ + 1;
  const Proposal* known = accepted(slot);
  if (known == nullptr || known->ballot < proposal.ballot) {
    put(slot, proposal);
    ByteWriter record = slots_record(chosen_, 1);
    write_slot(record, slot, proposal.ballot, proposal.value);
    out.write(record.take());
    unsynced_ = true;
  }
  ++chosen_;
}

void DurableAcceptor::compact(Slot base, Bytes state, Effects& out) {
  assert(base <= chosen_);
  base_ = std::max(base_, base);
  accepted_.erase(accepted_.begin(), accepted_.upper_bound(base_));
  snapshot_slot_ = chosen_;
  snapshot_ = std::move(state);
  rewrite(out);
}

void DurableAcceptor::install(Slot slot, Bytes state, Effects& out) {
  assert(slot > chosen_);
  base_ = snapshot_slot_ = chosen_ = slot;
  accepted_.erase(accepted_.begin(), accepted_.upper_bound(base_));
  snapshot_ = std::move(state);
  rewrite(out);
}

void DurableAcceptor::rewrite(Effects& out) {
  std::vector<Bytes> records;
  ByteWriter snapshot;
  snapshot.byte(kSnapshotRecord);
  snapshot.natural(base_);
  snapshot.natural(snapshot_slot_);
  snapshot.text(snapshot_);
  records.push_back(snapshot.take());
  if (!bugs_.forget_promise) records.push_back(promise_record(promised_));
  ByteWriter slots = slots_record(chosen_, accepted_.size());
  for (const auto& [slot, proposal] : accepted_) {
    write_slot(slots, slot, proposal.ballot, proposal.value);
  }
  records.push_back(slots.take());
  out.rewrite(std::move(records));
  unsynced_ = false;
}

void DurableAcceptor::sync(Effects& out) {
  if (std::exchange(unsynced_, false)) out.sync();
}

}  // namespace faultline::paxos

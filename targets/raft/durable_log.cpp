#include "targets/raft/durable_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "targets/kv/bytes.hpp"

namespace faultline::raft {
namespace {

// The first byte of a record.
constexpr std::uint8_t kTermRecord = 1;      // term, 0 or the vote + 1
constexpr std::uint8_t kEntryRecord = 2;     // index, entry
constexpr std::uint8_t kTruncateRecord = 3;  // index
constexpr std::uint8_t kSnapshotRecord = 4;  // snapshot

Bytes entry_record(Index index, const Entry& entry) {
  ByteWriter record;
  record.byte(kEntryRecord);
  record.natural(index);
  write_entry(record, entry);
  return record.take();
}

Bytes snapshot_record(const Snapshot& snapshot) {
  ByteWriter record;
  record.byte(kSnapshotRecord);
  write_snapshot(record, snapshot);
  return record.take();
}

}  // namespace

DurableLog::DurableLog(int size, const Bugs& bugs) : bugs_(bugs) {
  configurations_.emplace_back(0, Configuration::of_voters(size));
}

Result<void> DurableLog::replay(std::span<const Bytes> records) {
  unsynced_ = !records.empty();  // some may have been written but not synced
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Result<void> result = replay_one(records[i]);
    if (!result) return Error{fmt::format("log record {}: {}", i, result.error().message)};
  }
  if (bugs_.volatile_term) {  // as if neither had been kept
    term_ = 0;
    vote_.reset();
  }
  return {};
}

Result<void> DurableLog::replay_one(std::string_view record) {
  ByteReader in(record);
  switch (in.byte()) {
    case kTermRecord: return replay_term(in);
    case kEntryRecord: return replay_entry(in);
    case kTruncateRecord: return replay_truncation(in);
    case kSnapshotRecord: {
      Snapshot snapshot = read_snapshot(in);
      if (!in.complete()) return Error{"a damaged snapshot"};
      // What is known so far is the first one: no record precedes that of a snapshot.
      if (bugs_.snapshot_drops_members) snapshot.configuration = configuration();
      replace_by(std::move(snapshot));
      return {};
    }
    default: return Error{"a record of no known kind"};
  }
}

Result<void> DurableLog::replay_term(ByteReader& in) {
  const Term term = in.natural();
  const std::uint64_t vote = in.natural();
  if (!in.complete() || vote > std::uint64_t{std::numeric_limits<NodeId>::max()}) {
    return Error{"a damaged term record"};
  }
  term_ = term;
  vote_ = vote == 0 ? std::nullopt : std::optional(static_cast<NodeId>(vote - 1));
  return {};
}

Result<void> DurableLog::replay_entry(ByteReader& in) {
  const Index index = in.natural();
  Entry entry = read_entry(in);
  if (!in.complete()) return Error{"a damaged entry"};
  if (index != last_index() + 1) {
    return Error{fmt::format("entry {}, expected {}", index, last_index() + 1)};
  }
  take(std::move(entry));
  return {};
}

Result<void> DurableLog::replay_truncation(ByteReader& in) {
  const Index index = in.natural();
  if (!in.complete() || index <= snapshot_.index || index > last_index()) {
    return Error{"a bad truncation"};
  }
  drop_from(index);
  return {};
}

void DurableLog::set_term(Term term, std::optional<NodeId> vote, Effects& out) {
  if (bugs_.forget_vote) vote.reset();
  term_ = term;
  vote_ = vote;
  out.write(term_record());
  unsynced_ = true;
}

Bytes DurableLog::term_record() const {
  ByteWriter record;
  record.byte(kTermRecord);
  record.natural(term_);
  record.natural(vote_ ? static_cast<std::uint64_t>(*vote_) + 1 : 0);
  return record.take();
}

Term DurableLog::term_at(Index index) const {
  if (index == 0) return 0;
  return index == snapshot_.index ? snapshot_.term : entry(index).term;
}

const Entry& DurableLog::entry(Index index) const {
  assert(index > snapshot_.index && index <= last_index());
  return entries_[index - snapshot_.index - 1];
}

bool DurableLog::holds(Index index, Term term) const {
  return snapshot_.index <= index && index <= last_index() && term_at(index) == term;
}

Index DurableLog::first_of_term_at(Index index) const {
  while (index > snapshot_.index + 1 && term_at(index - 1) == term_at(index)) --index;
  return index;
}

std::optional<Index> DurableLog::last_of_term(Term term) const {
  for (Index index = last_index(); index > snapshot_.index && term_at(index) >= term; --index) {
    if (term_at(index) == term) return index;
  }
  return std::nullopt;
}

const Configuration& DurableLog::configuration_at(Index index) const {
  auto found = configurations_.rbegin();
  while (found->first > index) ++found;
  return found->second;
}

void DurableLog::append(Entry entry, Effects& out) {
  out.write(entry_record(last_index() + 1, entry));
  unsynced_ = true;
  take(std::move(entry));
}

void DurableLog::truncate_from(Index index, Effects& out) {
  assert(index > snapshot_.index && index <= last_index());
  ByteWriter record;
  record.byte(kTruncateRecord);
  record.natural(index);
  out.write(record.take());
  unsynced_ = true;
  drop_from(index);
}

void DurableLog::begin_with(Snapshot snapshot, Effects& out) {
  replace_by(std::move(snapshot));
  std::vector<Bytes> records{snapshot_record(snapshot_), term_record()};
  for (Index i = snapshot_.index + 1; i <= last_index(); ++i) {
    records.push_back(entry_record(i, entry(i)));
  }
  out.rewrite(std::move(records));
  unsynced_ = false;
}

void DurableLog::take(Entry entry) {
  entries_.push_back(std::move(entry));
  const Entry& taken = entries_.back();
  if (taken.configuration) configurations_.emplace_back(last_index(), *taken.configuration);
}

void DurableLog::drop_from(Index index) {
  entries_.resize(index - snapshot_.index - 1);
  while (configurations_.back().first >= index) configurations_.pop_back();
}

void DurableLog::replace_by(Snapshot snapshot) {
  if (holds(snapshot.index, snapshot.term)) {
    const auto covered = static_cast<std::ptrdiff_t>(snapshot.index - snapshot_.index);
    entries_.erase(entries_.begin(), entries_.begin() + covered);
  } else {
    entries_.clear();
    configurations_.clear();
  }
  const auto follows = [&](const auto& each) { return each.first > snapshot.index; };
  const auto first = std::find_if(configurations_.begin(), configurations_.end(), follows);
  configurations_.erase(configurations_.begin(), first);
  configurations_.emplace(configurations_.begin(), snapshot.index, snapshot.configuration);
  snapshot_ = std::move(snapshot);
}

void DurableLog::sync(Effects& out) {
  if (std::exchange(unsynced_, false)) out.sync();
}

}  // namespace faultline::raft

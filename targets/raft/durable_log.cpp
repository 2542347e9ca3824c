#include "targets/raft/durable_log.hpp"

#include <fmt/format.h>

#include <cassert>
#include <limits>
#include <utility>

#include "targets/kv/bytes.hpp"

namespace faultline::raft {
namespace {

// The first byte of a record.
constexpr std::uint8_t kTermRecord = 1;      // term, 0 or the vote + 1
constexpr std::uint8_t kEntryRecord = 2;     // index, term, command
constexpr std::uint8_t kTruncateRecord = 3;  // index

}  // namespace

Result<void> DurableLog::replay(std::span<const Bytes> records) {
  unsynced_ = !records.empty();  // some may have been written but not synced
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Result<void> result = replay_one(records[i]);
    if (!result) return Error{fmt::format("log record {}: {}", i, result.error().message)};
  }
  return {};
}

Result<void> DurableLog::replay_one(std::string_view record) {
  ByteReader in(record);
  const std::uint8_t kind = in.byte();
  if (kind == kTermRecord) {
    const Term term = in.natural();
    const std::uint64_t vote = in.natural();
    if (!in.complete() || vote > std::uint64_t{std::numeric_limits<NodeId>::max()}) {
      return Error{"a damaged term record"};
    }
    term_ = term;
    vote_ = vote == 0 ? std::nullopt : std::optional(static_cast<NodeId>(vote - 1));
  } else if (kind == kEntryRecord) {
    const Index index = in.natural();
    Entry entry;
    entry.term = in.natural();
    entry.command = Bytes(in.text());
    if (!in.complete()) return Error{"a damaged entry"};
    if (index != last_index() + 1) {
      return Error{fmt::format("entry {}, expected {}", index, last_index() + 1)};
    }
    entries_.push_back(std::move(entry));
  } else if (kind == kTruncateRecord) {
    const Index index = in.natural();
    if (!in.complete() || index == 0 || index > last_index()) return Error{"a bad truncation"};
    entries_.resize(index - 1);
  } else {
    return Error{"a record of no known kind"};
  }
  return {};
}

void DurableLog::set_term(Term term, std::optional<NodeId> vote, Effects& out) {
  if (bugs_.forget_vote) vote.reset();
  term_ = term;
  vote_ = vote;
  ByteWriter record;
  record.byte(kTermRecord);
  record.natural(term);
  record.natural(vote ? static_cast<std::uint64_t>(*vote) + 1 : 0);
  out.write(record.take());
  unsynced_ = true;
}

Term DurableLog::term_at(Index index) const {
  return index == 0 ? 0 : entry(index).term;
}

const Entry& DurableLog::entry(Index index) const {
  assert(index >= 1 && index <= last_index());
  return entries_[index - 1];
}

Index DurableLog::first_of_term_at(Index index) const {
  while (index > 1 && term_at(index - 1) == term_at(index)) --index;
  return index;
}

std::optional<Index> DurableLog::last_of_term(Term term) const {
  for (Index index = last_index(); index > 0 && term_at(index) >= term; --index) {
    if (term_at(index) == term) return index;
  }
  return std::nullopt;
}

void DurableLog::append(Entry entry, Effects& out) {
  ByteWriter record;
  record.byte(kEntryRecord);
  record.natural(last_index() + 1);
  record.natural(entry.term);
  record.text(entry.command);
  out.write(record.take());
  unsynced_ = true;
  entries_.push_back(std::move(entry));
}

void DurableLog::truncate_from(Index index, Effects& out) {
  assert(index >= 1 && index <= last_index());
  ByteWriter record;
  record.byte(kTruncateRecord);
  record.natural(index);
  out.write(record.take());
  unsynced_ = true;
  entries_.resize(index - 1);
}

void DurableLog::sync(Effects& out) {
  if (std::exchange(unsynced_, false)) out.sync();
}

}  // namespace faultline::raft

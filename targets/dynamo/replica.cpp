#include "targets/dynamo/replica.hpp"

#include <fmt/format.h>

#include "targets/dynamo/messages.hpp"
#include "targets/kv/bytes.hpp"

namespace faultline::dynamo {
namespace {

// The first byte of a record.
constexpr std::uint8_t kLifeRecord = 1;  // life
constexpr std::uint8_t kItemRecord = 2;  // key, siblings
constexpr std::uint8_t kHintRecord = 3;  // owner, key, siblings; none: it came home

Bytes life_record(std::uint64_t life) {
  ByteWriter record;
  record.byte(kLifeRecord);
  record.natural(life);
  return record.take();
}

Bytes item_record(std::int64_t key, const Siblings& siblings) {
  ByteWriter record;
  record.byte(kItemRecord);
  record.integer(key);
  write_siblings(siblings, record);
  return record.take();
}

Bytes hint_record(NodeId owner, std::int64_t key, const Siblings& siblings) {
  ByteWriter record;
  record.byte(kHintRecord);
  record.integer(owner);
  record.integer(key);
  write_siblings(siblings, record);
  return record.take();
}

}  // namespace

Result<void> Replica::replay(std::span<const Bytes> records) {
  unsynced_ = !records.empty();  // some may have been written but not synced
  records_ = records.size();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Result<void> result = replay_one(records[i]);
    if (!result) return Error{fmt::format("log record {}: {}", i, result.error().message)};
  }
  return {};
}

Result<void> Replica::replay_one(std::string_view record) {
  ByteReader in(record);
  const std::uint8_t kind = in.byte();
  if (kind == kLifeRecord) {
    const std::uint64_t life = in.natural();
    if (!in.complete() || life <= life_) return Error{"a damaged life record"};
    life_ = life;
  } else if (kind == kItemRecord) {
    const std::int64_t key = in.integer();
    Siblings siblings = read_siblings(in);
    if (!in.complete() || siblings.empty()) return Error{"a damaged item"};
    items_.insert_or_assign(key, std::move(siblings));
  } else if (kind == kHintRecord) {
    const NodeId owner = read_node(in);
    const std::int64_t key = in.integer();
    Siblings siblings = read_siblings(in);
    if (!in.complete()) return Error{"a damaged hint"};
    if (siblings.empty()) {
      hints_.erase({owner, key});
    } else {
      hints_.insert_or_assign({owner, key}, std::move(siblings));
    }
  } else {
    return Error{"a record of no known kind"};
  }
  return {};
}

void Replica::begin_life(Effects& out) {
  write(life_record(++life_), out);
}

const Siblings& Replica::item(std::int64_t key) const {
  static const Siblings kNothing;
  const auto found = items_.find(key);
  return found == items_.end() ? kNothing : found->second;
}

Siblings Replica::held(std::int64_t key) const {
  Siblings all = item(key);
  for (const auto& [place, siblings] : hints_) {
    if (place.second == key) all = merged(all, siblings, bugs_);
  }
  return all;
}

void Replica::merge(std::int64_t key, const Siblings& siblings, Effects& out) {
  replace(key, merged(item(key), siblings, bugs_), out);
}

void Replica::replace(std::int64_t key, const Siblings& siblings, Effects& out) {
  if (siblings == item(key)) return;
  write(item_record(key, siblings), out);
  items_.insert_or_assign(key, siblings);
}

void Replica::keep_hint(NodeId owner, std::int64_t key, const Siblings& siblings, Effects& out) {
  Siblings& hint = hints_[{owner, key}];
  Siblings both = merged(hint, siblings, bugs_);
  if (both == hint) return;
  hint = std::move(both);
  if (!bugs_.forget_hints) write(hint_record(owner, key, hint), out);
}

void Replica::drop_hint(NodeId owner, std::int64_t key, std::uint64_t digest, Effects& out) {
  const auto found = hints_.find({owner, key});
  if (found == hints_.end() || dynamo::digest(found->second) != digest) return;
  hints_.erase(found);
  if (!bugs_.forget_hints) write(hint_record(owner, key, {}), out);
}

void Replica::write(Bytes record, Effects& out) {
  out.write(std::move(record));
  ++records_;
  unsynced_ = true;
}

void Replica::sync(Effects& out) {
  if (!std::exchange(unsynced_, false)) return;
  const std::size_t live = 1 + items_.size() + hints_.size();
  if (records_ < 4 * live + 256) return out.sync();
  std::vector<Bytes> records{life_record(life_)};
  for (const auto& [key, siblings] : items_) records.push_back(item_record(key, siblings));
  for (const auto& [place, siblings] : hints_) {
    if (!bugs_.forget_hints) records.push_back(hint_record(place.first, place.second, siblings));
  }
  records_ = records.size();
  out.rewrite(std::move(records));
}

}  // namespace faultline::dynamo

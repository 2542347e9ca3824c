// Replica: what a node must not forget: the versions of its keys, the hints it keeps for others,
// and how many lives it has had; in memory and as the records that a restart replays.
//
// A change is written at once and synced by sync(), which does nothing if nothing was written; a
// node calls it before it sends or answers anything. Owned by its node; one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"
#include "targets/dynamo/bugs.hpp"
#include "targets/dynamo/version.hpp"

namespace faultline::dynamo {

class Replica {
 public:
  using Items = std::map<std::int64_t, Siblings>;                     // by key
  using Hints = std::map<std::pair<NodeId, std::int64_t>, Siblings>;  // by owner and key

  explicit Replica(const Bugs& bugs = {}) : bugs_(bugs) {}

  // Restores what `records` say, in order. After an error the node must not serve.
  Result<void> replay(std::span<const Bytes> records);
  void begin_life(Effects& out);
  std::uint64_t life() const { return life_; }  // 1, 2, ...

  const Items& items() const { return items_; }
  const Hints& hints() const { return hints_; }
  const Siblings& item(std::int64_t key) const;  // empty: never written
  Siblings held(std::int64_t key) const;         // the item, and hints for whomever

  void merge(std::int64_t key, const Siblings& siblings, Effects& out);
  void replace(std::int64_t key, const Siblings& siblings, Effects& out);
  void keep_hint(NodeId owner, std::int64_t key, const Siblings& siblings, Effects& out);
  // Unless it has changed since it had that digest.
  void drop_hint(NodeId owner, std::int64_t key, std::uint64_t digest, Effects& out);

  void sync(Effects& out);

 private:
  Result<void> replay_one(std::string_view record);
  void write(Bytes record, Effects& out);

  Bugs bugs_;
  std::uint64_t life_ = 0;
  Items items_;
  Hints hints_;
  std::size_t records_ = 0;  // in the log
  bool unsynced_ = false;
};

}  // namespace faultline::dynamo

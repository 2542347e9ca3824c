// DurableLog: what a Raft node must not forget: its term, its vote in that term, and its log
// (Ongaro 2014, section 3.8), in memory and as the records that a restart replays.
//
// A change is written at once and synced by sync(), which does nothing if nothing was written; a
// node calls it before it sends or answers anything. Owned by its node; one thread at a time.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"
#include "targets/raft/bugs.hpp"
#include "targets/raft/messages.hpp"

namespace faultline::raft {

class DurableLog {
 public:
  explicit DurableLog(const Bugs& bugs = {}) : bugs_(bugs) {}

  // Restores what `records` say, in order. After an error the node must not serve.
  Result<void> replay(std::span<const Bytes> records);

  Term term() const { return term_; }
  std::optional<NodeId> vote() const { return vote_; }
  void set_term(Term term, std::optional<NodeId> vote, Effects& out);

  Index last_index() const { return entries_.size(); }
  Term last_term() const { return term_at(last_index()); }
  Term term_at(Index index) const;                     // 0 for index 0; index <= last_index()
  const Entry& entry(Index index) const;               // 1 <= index <= last_index()
  Index first_of_term_at(Index index) const;           // the first entry of the run of its term
  std::optional<Index> last_of_term(Term term) const;  // the last entry of that term, if any
  void append(Entry entry, Effects& out);
  void truncate_from(Index index, Effects& out);  // this entry and all after it

  void sync(Effects& out);

 private:
  Result<void> replay_one(std::string_view record);

  Bugs bugs_;
  Term term_ = 0;
  std::optional<NodeId> vote_;
  std::vector<Entry> entries_;
  bool unsynced_ = false;
};

}  // namespace faultline::raft

// DurableLog: what a Raft node must not forget: its term, its vote in that term, and its log
// (Ongaro 2014, section 3.8), in memory and as the records that a restart replays. The log begins
// with a snapshot in the place of the entries up to its index (chapter 5), if there is one. The
// configuration in force is the latest in the log, committed or not (4.1).
//
// A change is written at once and synced by sync(), which does nothing if nothing was written; a
// node calls it before it sends or answers anything. Owned by its node; one thread at a time.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"
#include "targets/raft/bugs.hpp"
#include "targets/raft/messages.hpp"

namespace faultline::raft {

class DurableLog {
 public:
  // Of a cluster that begins with that many nodes, all of which vote.
  explicit DurableLog(int size, const Bugs& bugs = {});

  // Restores what `records` say, in order. After an error the node must not serve.
  Result<void> replay(std::span<const Bytes> records);

  Term term() const { return term_; }
  std::optional<NodeId> vote() const { return vote_; }
  void set_term(Term term, std::optional<NodeId> vote, Effects& out);

  const Snapshot& snapshot() const { return snapshot_; }
  Index last_index() const { return snapshot_.index + entries_.size(); }
  Term last_term() const { return term_at(last_index()); }
  Term term_at(Index index) const;           // of index 0: 0; else snapshot's index <= it <= last
  const Entry& entry(Index index) const;     // snapshot's index < it <= last_index()
  bool holds(Index index, Term term) const;  // as an entry, or as the snapshot's last one
  // Of an entry that is there, the first of the run of its term that is there, too.
  Index first_of_term_at(Index index) const;
  std::optional<Index> last_of_term(Term term) const;  // the last entry of that term, if any

  const Configuration& configuration() const { return configurations_.back().second; }
  Index configuration_index() const { return configurations_.back().first; }  // 0: the first one
  const Configuration& configuration_at(Index index) const;  // snapshot's index <= it

  void append(Entry entry, Effects& out);
  void truncate_from(Index index, Effects& out);  // this entry and all after it

  // Puts the snapshot in the place of all entries up to its index. What follows is kept if it is
  // known to: if the log holds the snapshot's last entry. Durable at once.
  void begin_with(Snapshot snapshot, Effects& out);

  void sync(Effects& out);

 private:
  Result<void> replay_one(std::string_view record);
  Result<void> replay_term(ByteReader& in);
  Result<void> replay_entry(ByteReader& in);
  Result<void> replay_truncation(ByteReader& in);
  Bytes term_record() const;
  void take(Entry entry);  // in memory
  void drop_from(Index index);
  void replace_by(Snapshot snapshot);

  Bugs bugs_;
  Term term_ = 0;
  std::optional<NodeId> vote_;
  Snapshot snapshot_;
  std::vector<Entry> entries_;  // that follow it
  // The snapshot's, or the first of all, and those of entries: where it is in the log.
  std::vector<std::pair<Index, Configuration>> configurations_;
  bool unsynced_ = false;
};

}  // namespace faultline::raft

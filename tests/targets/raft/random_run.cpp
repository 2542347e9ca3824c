#include "tests/targets/raft/random_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::raft {

RandomRun::RandomRun(std::uint64_t seed, const Config& config)
    : kv::RandomRun(seed),
      cluster_(size_of(seed), config, seed),
      checked_commit_(static_cast<std::size_t>(cluster_.size()), 0),
      checked_store_(static_cast<std::size_t>(cluster_.size()), 0),
      checked_log_(static_cast<std::size_t>(cluster_.size())) {}

void RandomRun::watch_node(NodeId node) {
  if (!cluster_.alive(node)) {
    checked_commit_[static_cast<std::size_t>(node)] = 0;
    checked_log_[static_cast<std::size_t>(node)] = {};
    return;
  }
  watch_log(node);
  watch_commits(node);
  watch_store(node);
  watch_leader(node);
}

// Log matching: an index and a term name one entry, and what precedes it.
void RandomRun::watch_log(NodeId node) {
  const DurableLog& log = cluster_.node(node).log();
  auto& checked = checked_log_[static_cast<std::size_t>(node)];
  const std::pair<Index, Term> now{log.last_index(), log.last_term()};
  if (std::exchange(checked, now) == now) return;
  for (Index i = log.snapshot().index + 1; i <= log.last_index(); ++i) {
    const Entry& entry = log.entry(i);
    const std::pair<Term, Entry> content{log.term_at(i - 1), entry};
    const auto [known, is_new] = entries_.try_emplace({i, entry.term}, content);
    if (!is_new && known->second != content) {
      return fail(fmt::format("log matching: {} has another entry {} of term {}", node_name(node),
                              i, entry.term));
    }
  }
}

// State machine safety: no two nodes commit different entries in one place.
void RandomRun::watch_commits(NodeId node) {
  const RaftNode& raft = cluster_.node(node);
  Index& checked = checked_commit_[static_cast<std::size_t>(node)];
  if (raft.commit_index() < checked) checked = 0;  // it was restarted
  while (checked < std::min(raft.commit_index(), raft.log().last_index())) {
    if (++checked <= raft.log().snapshot().index) continue;
    const Entry& entry = raft.log().entry(checked);
    const auto [known, is_new] = committed_.try_emplace(checked, entry);
    if (!is_new && known->second != entry) {
      return fail(fmt::format("state machine safety: {} commits another entry {}", node_name(node),
                              checked));
    }
  }
}

// State machine safety, once more: what is applied has one effect, through a snapshot or not.
void RandomRun::watch_store(NodeId node) {
  const RaftNode& raft = cluster_.node(node);
  Index& checked = checked_store_[static_cast<std::size_t>(node)];
  if (std::exchange(checked, raft.applied_index()) == raft.applied_index()) return;
  const auto [known, is_new] = stores_.try_emplace(checked, raft.store());
  if (!is_new && known->second != raft.store()) {
    fail(fmt::format("state machine safety: {} has another store after entry {}", node_name(node),
                     checked));
  }
}

// Election safety, and leader completeness when a node comes to lead.
void RandomRun::watch_leader(NodeId node) {
  const RaftNode& raft = cluster_.node(node);
  if (raft.role() != Role::leader) return;
  const auto [known, is_new] = leaders_.try_emplace(raft.log().term(), node);
  if (known->second != node) {
    return fail(fmt::format("election safety: {} and {} both lead term {}",
                            node_name(known->second), node_name(node), known->first));
  }
  if (!is_new) return;
  for (const auto& [index, entry] : committed_) {
    if (index <= raft.log().snapshot().index) continue;
    if (index > raft.log().last_index() || raft.log().entry(index) != entry) {
      return fail(fmt::format("leader completeness: {} leads term {} without entry {}",
                              node_name(node), known->first, index));
    }
  }
}

}  // namespace faultline::raft

// Bugs: rules of Raft that can be left out on purpose. Plain values.
#pragma once

#include <span>

#include "targets/bug.hpp"

namespace faultline::raft {

struct Bugs {
  bool stale_read = false;
  bool ack_before_commit = false;
  bool commit_old_term = false;
  bool forget_vote = false;
  bool volatile_term = false;
  bool vote_without_log = false;
  bool pre_vote_counts = false;
  bool half_quorum = false;
  bool ack_before_sync = false;
  bool old_leader = false;
  bool no_conflict_check = false;
  bool old_append_truncates = false;
  bool commit_beyond_match = false;
  bool read_before_noop = false;
  bool deposed_read = false;
  bool follower_read = false;
  bool lease_drift = false;
  bool lease_no_promise = false;
  bool snapshot_ahead = false;
  bool snapshot_drops_sessions = false;
  bool snapshot_drops_members = false;
  bool snapshot_match = false;
  bool snapshot_over_newer = false;
  bool retry_applies_twice = false;
  bool cas_at_proposal = false;
  bool member_change_early = false;
  bool member_change_overlap = false;
  bool learner_counts = false;
  bool timeout_as_failure = false;
};

std::span<const BugOf<Bugs>> known_bugs();  // in the order in which to show them

}  // namespace faultline::raft

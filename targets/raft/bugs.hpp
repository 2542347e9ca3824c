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
};

std::span<const BugOf<Bugs>> known_bugs();  // in the order in which to show them

}  // namespace faultline::raft

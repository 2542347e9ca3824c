// Bugs: rules of Paxos that can be left out on purpose. Plain values.
#pragma once

#include <span>

#include "targets/bug.hpp"

namespace faultline::paxos {

struct Bugs {
  bool equal_ballots = false;
  bool forget_promise = false;
  bool accept_before_sync = false;
  bool accept_below_promise = false;
  bool own_value = false;
  bool first_value = false;
  bool noop_over_value = false;
  bool any_ballot = false;
  bool minority_quorum = false;
  bool local_read = false;
};

std::span<const BugOf<Bugs>> known_bugs();  // in the order in which to show them

}  // namespace faultline::paxos

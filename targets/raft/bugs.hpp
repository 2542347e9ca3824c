// Bugs: rules of Raft that can be left out on purpose, so that a tester can be tested. Each breaks
// one rule, in the place of the rule; the table says which and where the rule is from. Plain
// values.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/core/result.hpp"

namespace faultline::raft {

struct Bugs {
  bool stale_read = false;
  bool ack_before_commit = false;
  bool commit_old_term = false;
  bool forget_vote = false;
};

struct BugInfo {
  std::string_view name;    // as given to --bug
  std::string_view doc;     // what a node with this bug does, one line
  std::string_view source;  // the rule it breaks
  bool Bugs::*flag;
};

std::span<const BugInfo> known_bugs();  // in the order in which to show them

// Turns on the bugs named. Error: names the one that raft does not have.
Result<Bugs> parse_bugs(std::span<const std::string> names);

}  // namespace faultline::raft

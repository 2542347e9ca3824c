// Bugs: rules of the Dynamo-style store that can be left out on purpose. Plain values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "targets/bug.hpp"

namespace faultline::dynamo {

struct Bugs {
  bool no_write_back = false;
  bool ack_on_send = false;
  bool count_hints = false;
  bool equal_stamps = false;
  bool reuse_stamps = false;
  bool stale_handoff = false;
  bool forget_hints = false;
  bool overwrite_siblings = false;
};

std::span<const BugOf<Bugs>> known_bugs();  // in the order in which to show them

// The settings ("name=value") without which these bugs break nothing that is promised.
std::vector<std::string> settings_for(std::span<const std::string> bugs);

}  // namespace faultline::dynamo

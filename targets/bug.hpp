// Bug: a rule that a target can be told to leave out, so that a tester can be tested. Each breaks
// one rule, in the place of the rule. Every target has a table of its own; plain values.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>

#include "harness/core/result.hpp"

namespace faultline {

struct Bug {
  std::string_view name;    // as given to --bug
  std::string_view doc;     // what a node with this bug does, one line
  std::string_view rule;    // that it breaks
  std::string_view source;  // the paper's section, the issue or the post-mortem it is from
  std::string_view faults;  // without which it does not show: "partition", "kill", "none"
};

// Of the target whose switches are the members of Flags.
template <class Flags>
struct BugOf : Bug {
  bool Flags::*flag;
};

// Turns on the bugs named. Error: names the one that `target` does not have, and those it has.
template <class Flags>
Result<Flags> parse_bugs(std::string_view target, std::span<const BugOf<Flags>> known,
                         std::span<const std::string> names) {
  Flags flags;
  for (const std::string& name : names) {
    bool found = false;
    std::string others;
    for (const BugOf<Flags>& bug : known) {
      others += fmt::format(" {}", bug.name);
      if (bug.name != name) continue;
      flags.*bug.flag = true;
      found = true;
    }
    if (!found) return Error{fmt::format("{} has no bug '{}'; it has:{}", target, name, others)};
  }
  return flags;
}

}  // namespace faultline

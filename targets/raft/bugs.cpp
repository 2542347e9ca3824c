#include "targets/raft/bugs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace faultline::raft {
namespace {

constexpr std::array kBugs{
    BugInfo{"stale-read", "a leader answers reads without confirming that it still leads",
            "Ongaro 2014, section 6.4 (ReadIndex, step 3)", &Bugs::stale_read},
    BugInfo{"ack-before-commit", "a leader acknowledges a write once it is in its own log",
            "Ongaro 2014, section 3.5", &Bugs::ack_before_commit},
    BugInfo{"commit-old-term",
            "a new leader trusts entries of earlier terms: it adds none of its own before it "
            "commits them by counting replicas, or reads",
            "Ongaro 2014, section 3.6.2 and figure 3.7 (figure 8 of the Raft paper)",
            &Bugs::commit_old_term},
    BugInfo{"forget-vote",
            "a node does not keep its vote, on disk or in memory: it may vote twice in a term",
            "Ongaro 2014, sections 3.4 and 3.8", &Bugs::forget_vote},
};

const BugInfo* find_bug(std::string_view name) {
  const auto found = std::ranges::find(kBugs, name, &BugInfo::name);
  return found == kBugs.end() ? nullptr : &*found;
}

}  // namespace

std::span<const BugInfo> known_bugs() {
  return kBugs;
}

Result<Bugs> parse_bugs(std::span<const std::string> names) {
  Bugs bugs;
  for (const std::string& name : names) {
    const BugInfo* bug = find_bug(name);
    if (bug == nullptr) {
      std::string known;
      for (const BugInfo& each : kBugs) known += fmt::format(" {}", each.name);
      return Error{fmt::format("raft has no bug '{}'; it has:{}", name, known)};
    }
    bugs.*(bug->flag) = true;
  }
  return bugs;
}

}  // namespace faultline::raft

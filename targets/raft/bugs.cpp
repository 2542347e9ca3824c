#include "targets/raft/bugs.hpp"

#include <array>

namespace faultline::raft {
namespace {

constexpr std::array kBugs{
    BugOf<Bugs>{{"stale-read", "a leader answers reads without confirming that it still leads",
                 "a read is answered only after a round of heartbeats to a majority",
                 "Ongaro 2014, section 6.4 (ReadIndex, step 3)", "partition"},
                &Bugs::stale_read},
    BugOf<Bugs>{{"ack-before-commit", "a leader acknowledges a write once it is in its own log",
                 "a write is answered only when it is committed", "Ongaro 2014, section 3.5",
                 "partition or kill"},
                &Bugs::ack_before_commit},
    BugOf<Bugs>{{"commit-old-term",
                 "a new leader trusts entries of earlier terms: it adds none of its own before it "
                 "commits them by counting replicas, or reads",
                 "only entries of the leader's own term are committed by counting replicas",
                 "Ongaro 2014, section 3.6.2 and figure 3.7 (figure 8 of the Raft paper)",
                 "partition, kill"},
                &Bugs::commit_old_term},
    BugOf<Bugs>{{"forget-vote",
                 "a node does not keep its vote, on disk or in memory: it may vote twice in a term",
                 "a node votes once in a term, and knows it after a restart",
                 "Ongaro 2014, sections 3.4 and 3.8", "partition"},
                &Bugs::forget_vote},
};

}  // namespace

std::span<const BugOf<Bugs>> known_bugs() {
  return kBugs;
}

}  // namespace faultline::raft

#include "targets/paxos/bugs.hpp"

#include <array>

namespace faultline::paxos {
namespace {

constexpr std::array kBugs{
    BugOf<Bugs>{{"equal-ballots", "two proposers that are in the same round use the same ballot",
                 "different proposers choose their ballots from disjoint sets",
                 "Lamport 2001, section 2.5", "partition"},
                &Bugs::equal_ballots},
    BugOf<Bugs>{
        {"forget-promise", "an acceptor does not store what it promised: a restart frees it",
         "an acceptor remembers its promise even if it fails and then restarts",
         "Lamport 2001, section 2.2; github.com/palantir/atlasdb/issues/1508",
         "partition and kill"},
        &Bugs::forget_promise},
    BugOf<Bugs>{{"accept-before-sync", "an acceptor says that it accepted before that is on disk",
                 "an acceptor records its intended response in stable storage before sending it",
                 "Lamport 2001, section 2.5; github.com/efficient/epaxos/issues/28", "kill"},
                &Bugs::accept_before_sync},
    BugOf<Bugs>{{"accept-below-promise", "an acceptor accepts a proposal below its promise",
                 "a proposal is accepted only if no higher ballot was promised (P1a)",
                 "Lamport 2001, section 2.2; github.com/scylladb/scylladb/issues/6139",
                 "partition or pause"},
                &Bugs::accept_below_promise},
    BugOf<Bugs>{
        {"own-value", "a new leader proposes what it likes: it ignores what the promises report",
         "a proposer proposes the value of the highest ballot reported to it (P2c)",
         "Lamport 2001, section 2.2; github.com/luohaha/MyPaxos/issues/18 (promises of another "
         "ballot count, so that nothing is reported)",
         "partition, kill or pause"},
        &Bugs::own_value},
    BugOf<Bugs>{{"first-value",
                 "a new leader takes the value that it hears of first, not that of the highest "
                 "ballot",
                 "a proposer proposes the value of the highest ballot reported to it (P2c)",
                 "Lamport 2001, section 2.2; github.com/scylladb/scylladb/issues/6149 (an older "
                 "proposal is replayed)",
                 "partition and kill"},
                &Bugs::first_value},
    BugOf<Bugs>{
        {"noop-over-value",
         "a new leader fills with no-ops the slots of which it accepted nothing itself",
         "a gap is filled with a no-op only if phase 1 constrains no value there",
         "Lamport 2001, section 3; github.com/Cjen1/OCons/pull/21 (the logs of a quorum are "
         "merged wrongly)",
         "partition, kill or packet"},
        &Bugs::noop_over_value},
    BugOf<Bugs>{
        {"any-ballot",
         "what an acceptor accepted counts as chosen once the slot is, whatever the ballot",
         "a value is chosen when a quorum has accepted the same proposal",
         "Lamport 2001, section 2.3; github.com/Tencent/phxpaxos/issues/21", "partition or pause"},
        &Bugs::any_ballot},
    BugOf<Bugs>{
        {"minority-quorum", "half of the acceptors, rounded down, are taken for a quorum",
         "any two quorums have an acceptor in common", "Lamport 2001, section 2.2", "partition"},
        &Bugs::minority_quorum},
    BugOf<Bugs>{{"local-read", "a leader reads its own copy without asking if it was preempted",
                 "a read proves that no higher ballot chose anything before it began",
                 "Chandra, Griesemer and Redstone 2007, section 5.2; "
                 "github.com/yugabyte/yugabyte-db/issues/16",
                 "partition or pause"},
                &Bugs::local_read},
};

}  // namespace

std::span<const BugOf<Bugs>> known_bugs() {
  return kBugs;
}

}  // namespace faultline::paxos

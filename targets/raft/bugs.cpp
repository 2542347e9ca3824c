#include "targets/raft/bugs.hpp"

#include <array>
#include <vector>

namespace faultline::raft {
namespace {

constexpr std::array kElections{
    BugOf<Bugs>{{"forget-vote",
                 "a node does not keep its vote, on disk or in memory: it may vote twice in a term",
                 "a node votes once in a term, and knows it after a restart",
                 "Ongaro 2014, sections 3.4 and 3.8", "partition"},
                &Bugs::forget_vote},
    BugOf<Bugs>{
        {"volatile-term",
         "a node keeps its term and its vote in memory only: a restart forgets both",
         "a node knows its term and its vote after a restart", "Ongaro 2014, section 3.8", "kill"},
        &Bugs::volatile_term},
    BugOf<Bugs>{{"vote-without-log", "a node votes for whoever asks first, whatever its log lacks",
                 "a vote goes only to a log that is at least as up to date as the voter's",
                 "Ongaro 2014, section 3.6.1", "partition"},
                &Bugs::vote_without_log},
    BugOf<Bugs>{{"pre-vote-counts", "a candidate counts the pre-votes it got as votes",
                 "a pre-vote binds nobody: two may get it for the same term",
                 "Ongaro 2014, section 9.6", "partition or kill"},
                &Bugs::pre_vote_counts},
    BugOf<Bugs>{
        {"half-quorum", "half of the voters, rounded down, are taken for a majority",
         "any two majorities share a node", "Ongaro 2014, sections 3.4 and 3.6.3", "partition"},
        &Bugs::half_quorum},
};

constexpr std::array kReplication{
    BugOf<Bugs>{{"ack-before-commit", "a leader acknowledges a write once it is in its own log",
                 "a write is answered only when it is committed", "Ongaro 2014, section 3.5",
                 "partition or kill"},
                &Bugs::ack_before_commit},
    BugOf<Bugs>{
        {"ack-before-sync", "a follower acknowledges entries that it has written, but not synced",
         "entries are on stable storage before they are acknowledged",
         "Ongaro 2014, section 3.8; nats-io/nats-server#7564 (Jepsen, NATS 2.12.1)", "kill"},
        &Bugs::ack_before_sync},
    BugOf<Bugs>{{"commit-old-term",
                 "a new leader trusts entries of earlier terms: it adds none of its own before it "
                 "commits them by counting replicas, or reads",
                 "only entries of the leader's own term are committed by counting replicas",
                 "Ongaro 2014, section 3.6.2 and figure 3.7 (figure 8 of the Raft paper)",
                 "partition, kill"},
                &Bugs::commit_old_term},
    BugOf<Bugs>{{"commit-beyond-match",
                 "a follower takes the leader's commit index for its whole log, also where the two "
                 "may differ",
                 "a follower commits no more than it knows to match",
                 "Ongaro 2014, figure 3.1 (AppendEntries, rule 5)", "partition"},
                &Bugs::commit_beyond_match},
    BugOf<Bugs>{
        {"no-conflict-check", "a follower appends without comparing the term of the previous entry",
         "entries are appended only where the entry before them matches",
         "Ongaro 2014, section 3.5 (figure 3.1, AppendEntries, rule 2)", "partition"},
        &Bugs::no_conflict_check},
    BugOf<Bugs>{{"old-append-truncates",
                 "a follower drops what it has after the entries of any AppendEntries, even a late "
                 "one",
                 "entries are dropped only if they conflict",
                 "Gjengset 2016, Students' Guide to Raft (the importance of details)", "partition"},
                &Bugs::old_append_truncates},
    BugOf<Bugs>{{"old-leader", "a follower obeys leaders of earlier terms",
                 "what a leader of an earlier term says is refused",
                 "Ongaro 2014, figure 3.1 (AppendEntries, rule 1)", "partition or pause"},
                &Bugs::old_leader},
};

constexpr std::array kReads{
    BugOf<Bugs>{{"stale-read", "a leader answers reads without confirming that it still leads",
                 "a read is answered only after a round of heartbeats to a majority",
                 "Ongaro 2014, section 6.4 (ReadIndex, step 3); etcd-io/etcd#741 (Jepsen, 2014)",
                 "partition"},
                &Bugs::stale_read},
    BugOf<Bugs>{
        {"follower-read", "every node answers reads from what it has applied",
         "a read is answered by a leader", "Ongaro 2014, section 6.4; etcd-io/etcd#3879", "none"},
        &Bugs::follower_read},
    BugOf<Bugs>{{"deposed-read", "a leader that steps down answers the reads it has pending",
                 "a read is answered only if its round was confirmed",
                 "Ongaro 2014, section 6.4 (ReadIndex, step 3)", "partition"},
                &Bugs::deposed_read},
    BugOf<Bugs>{
        {"read-before-noop", "a new leader reads before an entry of its own term is committed",
         "a leader knows what is committed once an entry of its own term is",
         "Ongaro 2014, section 6.4 (ReadIndex, step 1); etcd-io/etcd#7331", "kill"},
        &Bugs::read_before_noop},
    BugOf<Bugs>{{"lease-drift",
                 "a leader's lease is as long as followers do not vote, as if all clocks went at "
                 "one speed (has leases on)",
                 "a lease ends early enough for the drift of clocks that is allowed",
                 "Ongaro 2014, section 6.4.1; tikv/tikv#964", "clock, partition"},
                &Bugs::lease_drift},
    BugOf<Bugs>{
        {"lease-no-promise",
         "a node votes although it has just heard a leader, who has a lease (has leases on)",
         "whoever heard a leader does not vote while the leader may trust in that",
         "Ongaro 2014, sections 4.2.3 and 6.4.1; sofastack/sofa-jraft#25", "partition"},
        &Bugs::lease_no_promise},
};

constexpr std::array kStateMachine{
    BugOf<Bugs>{{"retry-applies-twice", "a request that is sent again is carried out again",
                 "a request is carried out once, however often it is sent",
                 "Ongaro 2014, section 6.3", "partition or kill"},
                &Bugs::retry_applies_twice},
    BugOf<Bugs>{
        {"cas-at-proposal", "a leader compares when a cas arrives, and writes when it is committed",
         "what a command sees is decided by its place in the log",
         "Schneider 1990, Implementing Fault-Tolerant Services Using the State Machine "
         "Approach",
         "none"},
        &Bugs::cas_at_proposal},
    BugOf<Bugs>{{"timeout-as-failure", "a client reports a write that was not answered as failed",
                 "a write that was not answered may have happened", "harness/core/op.hpp",
                 "partition or kill"},
                &Bugs::timeout_as_failure},
};

constexpr std::array kSnapshots{
    BugOf<Bugs>{{"snapshot-ahead",
                 "a snapshot is taken for the whole log, also for entries not applied yet",
                 "a snapshot stands for the entries whose effect it holds",
                 "Ongaro 2014, section 5.1", "none"},
                &Bugs::snapshot_ahead},
    BugOf<Bugs>{{"snapshot-drops-sessions",
                 "a node that compacts its log keeps the values, and drops the table of sessions",
                 "a snapshot holds all by which requests are answered once",
                 "Ongaro 2014, sections 5.1 and 6.3", "partition, kill"},
                &Bugs::snapshot_drops_sessions},
    BugOf<Bugs>{{"snapshot-drops-members",
                 "a snapshot lacks the configuration: who begins with it has the first one",
                 "a snapshot holds the configuration as of its last entry",
                 "Ongaro 2014, section 5.1; async-raft/async-raft#133; moby/swarmkit#238",
                 "membership, partition or kill"},
                &Bugs::snapshot_drops_members},
    BugOf<Bugs>{{"snapshot-match",
                 "a leader takes a follower that installed a snapshot to have all that it has "
                 "itself",
                 "an installed snapshot shows a match up to its last entry",
                 "Ongaro 2014, section 5.1 and figure 5.3", "partition, kill"},
                &Bugs::snapshot_match},
    BugOf<Bugs>{{"snapshot-over-newer",
                 "a follower installs any snapshot, and drops its log for it, even for a late copy",
                 "a snapshot takes nothing from a log that has its last entry",
                 "Ongaro 2014, figure 5.3 (rule 6); etcd-io/etcd#1763; camunda/camunda#6092",
                 "partition, packet"},
                &Bugs::snapshot_over_newer},
};

constexpr std::array kMembership{
    BugOf<Bugs>{{"member-change-early",
                 "a leader changes the members before an entry of its own term is committed",
                 "a leader first commits an entry of its own term",
                 "Ongaro, raft-dev, July 2015; atomix/copycat#23", "membership, partition"},
                &Bugs::member_change_early},
    BugOf<Bugs>{{"member-change-overlap",
                 "a leader changes the members while an earlier change is not committed",
                 "one change at a time", "Ongaro 2014, section 4.1", "membership, partition"},
                &Bugs::member_change_overlap},
    BugOf<Bugs>{{"learner-counts", "a leader counts learners when it commits",
                 "what is committed is on a majority of the voters", "Ongaro 2014, section 4.2.1",
                 "membership, partition"},
                &Bugs::learner_counts},
};

std::vector<BugOf<Bugs>> all_bugs() {
  std::vector<BugOf<Bugs>> all;
  const auto add = [&](std::span<const BugOf<Bugs>> group) {
    all.insert(all.end(), group.begin(), group.end());
  };
  add(kElections);
  add(kReplication);
  add(kReads);
  add(kStateMachine);
  add(kSnapshots);
  add(kMembership);
  return all;
}

}  // namespace

std::span<const BugOf<Bugs>> known_bugs() {
  static const std::vector<BugOf<Bugs>> kAll = all_bugs();
  return kAll;
}

}  // namespace faultline::raft

// RaftNode: a member of a Raft cluster that replicates a key-value store, as a pure state machine.
//
// Ongaro, Consensus: Bridging Theory and Practice, 2014: leader election (3.4) with pre-vote (9.6)
// and check-quorum (6.2), log replication with fast backtracking (3.5), the commit rule (3.6.2),
// linearizable reads by ReadIndex (6.4) or a lease (6.4.1), requests answered once (6.3), snapshots
// (5), changes of one member at a time (4) and leadership transfer (3.10). Whatever a message or an
// answer depends on is synced before it leaves. The config's bugs leave rules out on purpose, each
// in the place of its rule.
//
// One input at a time, one thread; owns all its state. The accessors after status() show the inside
// to tests. Elections are in election.cpp; replication, snapshots, reads and membership in the
// files of those names.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/core/node.hpp"
#include "targets/admin.hpp"
#include "targets/kv/command.hpp"
#include "targets/kv/store.hpp"
#include "targets/raft/config.hpp"
#include "targets/raft/durable_log.hpp"
#include "targets/raft/messages.hpp"

namespace faultline::raft {

enum class Role { follower, pre_candidate, candidate, leader };

class RaftNode : public Node {
 public:
  RaftNode(NodeId id, int size, Rng rng, const Config& config);

  void start(std::span<const Bytes> durable, Time now, Effects& out) override;
  void receive(NodeId from, std::string_view message, Time now, Effects& out) override;
  void request(RequestId id, std::string_view request, Time now, Effects& out) override;
  void tick(Time now, Effects& out) override;
  NodeStatus status() const override { return {role_ == Role::leader, log_.term(), commit_}; }
  std::string describe(std::string_view message) const override;

  Role role() const { return role_; }
  const DurableLog& log() const { return log_; }
  Index commit_index() const { return commit_; }
  Index applied_index() const { return applied_; }
  const kv::Store& store() const { return store_; }

 private:
  // What this node knows of another one. The first two are a candidate's, the rest a leader's.
  struct Peer {
    bool answered = false;  // the request for its vote, in this election
    bool granted = false;
    Index next = 1;           // the entry to send next
    Index match = 0;          // its log agrees with ours up to here
    bool in_flight = false;   // what comes next was sent and not answered yet
    bool installing = false;  // what was sent is a snapshot
    Time heard = 0;           // when it last answered
    Time confirmed = kNever;  // when the latest was sent that it answered
    std::uint64_t round = 0;  // the latest round it answered
  };
  static constexpr Time kNever = std::numeric_limits<Time>::min() / 2;

  struct PendingRead {
    RequestId id;
    std::int64_t key;
    Index index;          // to be applied before the read is answered
    std::uint64_t round;  // to be confirmed before the read is answered
  };

  // What an operator asked of the leader, and is answered when it is done.
  struct PendingChange {
    RequestId id;
    MembershipPower::Change change;
    NodeId node;
    Time deadline;  // for a new voter to catch up
  };
  struct PendingTransfer {
    RequestId id;
    NodeId to;
    Time deadline;
    bool asked = false;  // it was told to stand for election
  };

  // Roles and elections.
  void step_down(Term term, std::optional<NodeId> leader, Effects& out);
  void reset_election_timer();
  void seek_pre_votes(Effects& out);
  void campaign(bool transfer, Effects& out);
  void begin_canvass(Role role);
  void request_votes(bool transfer, Effects& out);
  void count_votes(Effects& out);
  void lead(Effects& out);
  bool may_stand() const;
  bool hears_a_leader() const;
  bool promised_not_to_vote() const;
  bool hears_a_majority() const;
  void handle(NodeId from, const VoteRequest& m, Effects& out);
  void handle(NodeId from, const VoteReply& m, Effects& out);
  void handle(NodeId from, const TimeoutNow& m, Effects& out);

  // Replication.
  void replicate(RequestId id, const kv::Command& command, std::string_view bytes, Effects& out);
  void send_append(NodeId to, bool resend, Effects& out);
  void send_snapshot(NodeId to, Effects& out);
  void broadcast_append(bool resend, Effects& out);
  bool follow(NodeId leader, Term term, Effects& out);
  void handle(NodeId from, const AppendRequest& m, Effects& out);
  void handle(NodeId from, const AppendReply& m, Effects& out);
  void store_entries(const AppendRequest& m, Effects& out);
  void back_up(Peer& peer, const AppendReply& m) const;
  void advance_commit(Effects& out);
  void apply_committed(Effects& out);
  kv::Response preview(const kv::Command& command) const;

  // Snapshots.
  Result<void> restore_store();  // and what was applied to it, from the log's snapshot
  void compact(Effects& out);
  void handle(NodeId from, const InstallRequest& m, Effects& out);
  void install(Snapshot snapshot, Effects& out);

  // Membership and leadership transfer.
  void administer(RequestId id, const AdminRequest& request, Effects& out);
  bool may_change(const AdminRequest& request) const;
  void pursue_change(Effects& out);
  void pursue_transfer(Effects& out);
  void give_up_late_ones(Effects& out);
  void answer_admin(RequestId id, AdminResponse::Kind kind, Effects& out);

  // Reads.
  void read(RequestId id, std::int64_t key, Effects& out);
  bool holds_lease() const;
  void begin_round(Effects& out);
  void answer_reads(Effects& out);
  void refuse_reads(Effects& out);
  std::uint64_t confirmed_round() const;

  // Everything that leaves the node goes through these two: they sync first.
  void send(NodeId to, const Message& message, Effects& out);
  void reply(RequestId id, const kv::Response& response, Effects& out);
  void note(std::string_view line, Effects& out) const;

  Peer& peer(NodeId node) { return peers_[static_cast<std::size_t>(node)]; }
  bool is_voter(NodeId node) const { return log_.configuration().votes(node); }
  bool is_learner(NodeId node) const { return log_.configuration().learns(node); }
  std::size_t majority() const;
  // The greatest value that a majority of the voters has reached, given our own.
  template <class T>
  T reached_by_majority(T own, T Peer::*theirs, bool learners_too = false) const {
    std::vector<T> values;
    for (NodeId node = 0; node < static_cast<NodeId>(peers_.size()); ++node) {
      if (!is_voter(node) && !(learners_too && is_learner(node))) continue;
      values.push_back(node == id_ ? own : peers_[static_cast<std::size_t>(node)].*theirs);
    }
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(majority() - 1);
    std::nth_element(values.begin(), nth, values.end(), std::greater<>());
    return *nth;
  }
  template <class Visit>
  void for_each_other(Visit visit) {
    for (NodeId node = 0; node < static_cast<NodeId>(peers_.size()); ++node) {
      if (node != id_ && (is_voter(node) || is_learner(node))) visit(node, peer(node));
    }
  }

  const NodeId id_;
  const Config config_;
  Rng rng_;
  Time now_ = 0;  // by our clock: when the input at hand came
  DurableLog log_;
  bool halted_ = false;  // what it kept could not be read: it must not take part
  kv::Store store_;      // the effect of the entries up to applied_
  Index commit_ = 0;
  Index applied_ = 0;

  Role role_ = Role::follower;
  std::optional<NodeId> leader_;
  Time leader_heard_ = 0;
  Time election_due_ = 0;
  Time heartbeat_due_ = 0;   // of a leader; of a candidate: when to ask again for votes
  std::vector<Peer> peers_;  // by node id; our own is unused

  Index term_start_ = 0;                 // the first entry of our own term as a leader
  std::map<Index, RequestId> requests_;  // whom to answer when an entry is applied
  std::uint64_t round_ = 0;              // the latest round of confirmation begun
  std::vector<PendingRead> reads_;       // in the order of their arrival
  bool lease_given_up_ = false;          // for this term
  std::optional<PendingChange> change_;
  std::optional<PendingTransfer> transfer_;
};

}  // namespace faultline::raft

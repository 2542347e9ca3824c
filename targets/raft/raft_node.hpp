// RaftNode: a member of a Raft cluster that replicates a key-value store, as a pure state machine.
//
// Ongaro, Consensus: Bridging Theory and Practice, 2014: leader election (3.4) with pre-vote (9.6)
// and check-quorum (6.2), log replication with fast backtracking (3.5), the commit rule (3.6.2),
// linearizable reads by ReadIndex (6.4) and requests answered once (6.3). Whatever a message or an
// answer depends on is synced before it leaves. Membership is fixed and the log is never compacted.
// The config's bugs leave rules out on purpose, each in the place of its rule.
//
// One input at a time, one thread; owns all its state. The accessors after status() show the inside
// to tests. Elections are in election.cpp, replication.cpp and reads.cpp hold what their names say.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/core/node.hpp"
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
  NodeStatus status() const override { return {role_ == Role::leader, log_.term()}; }

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
    bool in_flight = false;   // entries from `next` were sent and not answered yet
    Time heard = 0;           // when it last answered
    std::uint64_t round = 0;  // the latest round it answered
  };

  struct PendingRead {
    RequestId id;
    std::int64_t key;
    Index index;          // to be applied before the read is answered
    std::uint64_t round;  // to be confirmed before the read is answered
  };

  // Roles and elections.
  void step_down(Term term, std::optional<NodeId> leader, Time now, Effects& out);
  void reset_election_timer(Time now);
  void seek_pre_votes(Time now, Effects& out);
  void campaign(Time now, Effects& out);
  void begin_canvass(Role role, Time now);
  void request_votes(Time now, Effects& out);
  void count_votes(Time now, Effects& out);
  void lead(Time now, Effects& out);
  bool hears_a_leader(Time now) const;
  bool hears_a_majority(Time now) const;
  void handle(NodeId from, const VoteRequest& m, Time now, Effects& out);
  void handle(NodeId from, const VoteReply& m, Time now, Effects& out);

  // Replication.
  void replicate(RequestId id, const kv::Command& command, std::string_view bytes, Effects& out);
  void send_append(NodeId to, bool resend, Effects& out);
  void broadcast_append(bool resend, Effects& out);
  void handle(NodeId from, const AppendRequest& m, Time now, Effects& out);
  void handle(NodeId from, const AppendReply& m, Time now, Effects& out);
  void store_entries(const AppendRequest& m, Effects& out);
  void back_up(Peer& peer, const AppendReply& m) const;
  void advance_commit(Effects& out);
  void apply_committed(Effects& out);
  kv::Response preview(const kv::Command& command) const;

  // Reads.
  void read(RequestId id, std::int64_t key, Effects& out);
  void begin_round(Effects& out);
  void answer_reads(Effects& out);
  void refuse_reads(Effects& out);
  std::uint64_t confirmed_round() const;

  // Everything that leaves the node goes through these two: they sync first.
  void send(NodeId to, const Message& message, Effects& out);
  void reply(RequestId id, const kv::Response& response, Effects& out);
  void note(std::string_view line, Effects& out) const;

  std::size_t majority() const { return peers_.size() / 2 + 1; }
  // The greatest value that a majority has reached, given each member's.
  std::uint64_t reached_by_majority(std::vector<std::uint64_t> values) const;
  template <class Visit>
  void for_each_other(Visit visit) {
    for (NodeId node = 0; node < static_cast<NodeId>(peers_.size()); ++node) {
      if (node != id_) visit(node, peers_[static_cast<std::size_t>(node)]);
    }
  }

  const NodeId id_;
  const Config config_;
  Rng rng_;
  DurableLog log_;
  bool halted_ = false;  // its log could not be read: it must not take part
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
};

}  // namespace faultline::raft

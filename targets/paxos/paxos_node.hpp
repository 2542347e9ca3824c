// PaxosNode: a member of a Multi-Paxos cluster that replicates a key-value store, as a pure state
// machine: acceptor, learner and replica always, proposer when it leads or tries to.
//
// Lamport, Paxos Made Simple, 2001; van Renesse and Altinbuken, Paxos Made Moderately Complex,
// 2015. A leader prepares its ballot once for all slots (phase 1) and then only proposes (phase 2),
// at most alpha slots ahead of what is decided. It stays until it is preempted by a higher ballot
// or hears no quorum; nobody prepares a ballot unless a quorum misses the leader. Whatever a
// message or an answer depends on is synced before it leaves. The config's bugs leave rules out on
// purpose, each in the place of its rule.
//
// One input at a time, one thread; owns all its state. The accessors after status() show the inside
// to tests. Phase 1 is in leading.cpp, phase 2 in proposing.cpp; learning.cpp, reads.cpp and
// membership.cpp hold what their names say.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/node.hpp"
#include "targets/admin.hpp"
#include "targets/kv/command.hpp"
#include "targets/kv/store.hpp"
#include "targets/paxos/config.hpp"
#include "targets/paxos/configuration.hpp"
#include "targets/paxos/durable_acceptor.hpp"
#include "targets/paxos/messages.hpp"
#include "targets/paxos/synod.hpp"

namespace faultline::paxos {

// Suspecting: asks whether others miss the leader, too. Preparing: in phase 1. Leading: in phase 2.
enum class Role { follower, suspecting, preparing, leading };

class PaxosNode : public Node {
 public:
  PaxosNode(NodeId id, int size, Rng rng, const Config& config);

  void start(std::span<const Bytes> durable, Time now, Effects& out) override;
  void receive(NodeId from, std::string_view message, Time now, Effects& out) override;
  void request(RequestId id, std::string_view request, Time now, Effects& out) override;
  void tick(Time now, Effects& out) override;
  NodeStatus status() const override;
  std::string describe(std::string_view message) const override;

  Role role() const { return role_; }
  Ballot ballot() const { return ballot_; }
  const DurableAcceptor& acceptor() const { return acceptor_; }
  const Configurations& configurations() const { return configurations_; }
  const kv::Store& store() const { return store_; }

 private:
  // What this node knows of another one; but for the first, as a leader.
  struct Peer {
    bool agreed = false;      // that the leader is missing
    Slot sent = 0;            // proposals were sent to it up to here
    bool in_flight = false;   // the last of them were not answered yet
    Time heard = 0;           // when it last answered
    std::uint64_t round = 0;  // the latest round it answered
  };

  struct Queued {  // to be proposed when there is a slot
    RequestId id;
    Bytes value;
  };

  struct PendingRead {
    RequestId id;
    std::int64_t key;
    std::optional<Slot> free;  // nothing is acknowledged in it or after it; see reads.cpp
    std::uint64_t round = 0;   // to be confirmed by the acceptors of that slot
  };

  struct Handover {
    RequestId id;
    NodeId to;
    Time due;
  };

  // Phase 1: who leads.
  void reset_patience(Time now);
  void note_leader(NodeId leader, Time now);
  void miss_leader(Time now, Effects& out);
  void suspect(Time now, Effects& out);
  void ask_suspicions(Time now, Effects& out);
  void count_suspicions(Time now, Effects& out);
  void prepare(Time now, Effects& out);
  void send_prepares(Effects& out);
  void count_promises(Time now, Effects& out);
  void lead(Time now, Effects& out);
  void step_down(Time now, Effects& out);
  void tick_leader(Time now, Effects& out);
  bool hears_leader(Time now) const;
  bool hears_quorum(Time now) const;
  void handle(NodeId from, const Suspect& m, Time now, Effects& out);
  void handle(NodeId from, const SuspectReply& m, Time now, Effects& out);
  void handle(NodeId from, const Prepare& m, Time now, Effects& out);
  void handle(NodeId from, const Promise& m, Time now, Effects& out);
  void handle(NodeId from, const Preempted& m, Time now, Effects& out);

  // Phase 2: what is proposed, accepted and chosen.
  bool may_propose(Slot slot) const;
  void progress(Effects& out);
  void fill_window(Effects& out);
  std::optional<Bytes> next_value();
  void propose(const Bytes& value, Effects& out);
  bool advance_chosen(Effects& out);
  void send_accept(NodeId to, bool resend, Effects& out);
  void broadcast(bool resend, Effects& out);
  void handle(NodeId from, const Accept& m, Time now, Effects& out);
  void handle(NodeId from, const Accepted& m, Time now, Effects& out);

  // Learning, and what comes of it.
  void learn_up_to(Slot chosen, Ballot ballot, Time now, Effects& out);
  void apply_chosen(Effects& out);
  void apply(Slot slot, const Bytes& value, Effects& out);
  void teach(NodeId to, Slot first, Effects& out);
  void learnt_from(NodeId from, Slot more, Time now, Effects& out);
  void compact(Effects& out);
  Bytes encode_state() const;
  Result<void> decode_state(std::string_view state);
  void handle(NodeId from, const Learn& m, Time now, Effects& out);
  void handle(NodeId from, const Chosen& m, Time now, Effects& out);
  void handle(NodeId from, const Snapshot& m, Time now, Effects& out);

  // Reads.
  void read(RequestId id, std::int64_t key, Effects& out);
  void serve_reads(Effects& out);
  std::uint64_t confirmed(const Quorum& quorum) const;

  // Membership.
  void administer(RequestId id, const AdminRequest& request, Time now, Effects& out);
  bool change_pending() const;
  void hand_over(RequestId id, NodeId to, Time now, Effects& out);
  void end_handover(AdminResponse::Kind kind, Effects& out);
  void handle(NodeId from, const TakeOver& m, Time now, Effects& out);

  // Everything that leaves the node goes through these two: they sync first.
  void send(NodeId to, const Message& message, Effects& out);
  void reply(RequestId id, Bytes answer, Effects& out);
  void note(std::string_view line, Effects& out) const;

  Slot first_unchosen() const { return acceptor_.chosen() + 1; }
  const Membership& members_at(Slot slot) const { return configurations_.at(slot); }
  bool votes() const { return is_voter(members_at(first_unchosen()), id_); }
  bool belongs(NodeId node) const;  // now, or soon
  Quorum quorum_of(Slot slot) const { return Quorum(members_at(slot).voters, config_.bugs); }
  Ballot next_ballot() const;
  Peer& peer(NodeId node) { return peers_[static_cast<std::size_t>(node)]; }
  int size() const { return static_cast<int>(peers_.size()); }

  const NodeId id_;
  const Config config_;
  Rng rng_;
  DurableAcceptor acceptor_;
  bool halted_ = false;  // its log could not be read: it must not take part
  kv::Store store_;      // the effect of the slots up to applied_
  Slot applied_ = 0;
  Configurations configurations_;  // likewise

  Role role_ = Role::follower;
  std::optional<NodeId> leader_;
  Time leader_heard_ = 0;
  Time patience_ends_ = 0;
  Time heartbeat_due_ = 0;        // when to send again what was not answered
  std::uint64_t seen_round_ = 0;  // the highest round of any ballot heard of
  std::vector<Peer> peers_;       // by node id; our own is unused

  Slot behind_of_ = 0;  // it is said to be chosen up to here
  Time learn_due_ = 0;  // when to ask for it

  // A proposer's.
  Ballot ballot_;                    // its latest
  NodeSet promises_;                 // of ballot_
  std::map<Slot, Choice> reported_;  // by those, in slots not yet proposed
  Slot next_ = 1;                    // the first slot in which nothing is proposed
  std::map<Slot, Learner> votes_;    // in slots proposed and not yet chosen
  std::deque<Queued> queue_;
  std::map<Slot, RequestId> requests_;  // whom to answer when a slot is applied
  std::uint64_t round_ = 0;             // the latest round of confirmation begun
  std::vector<PendingRead> reads_;      // in the order of their arrival
  std::optional<Handover> handover_;
};

}  // namespace faultline::paxos

// DynamoNode: a node of a Dynamo-style store, as a pure state machine.
//
// DeCandia et al., Dynamo: Amazon's Highly Available Key-value Store, SOSP 2007: any node
// coordinates a request; a key has N replicas, the first of its preference list; a read waits for R
// answers and a write for W (4.5), of the replicas alone or of whoever stands in for them (sloppy
// quorum with hinted handoff, 4.6); versions by vector (4.4), by clock, or by a counter read first;
// read repair, and anti-entropy by digests (4.7; no Merkle trees: keys are few). With a counter,
// strict overlapping quorums and repair before the answer it is the atomic register of Attiya,
// Bar-Noy and Dolev (1995) with several writers (Lynch and Shvartsman 1997). Membership is fixed.
// Whatever a message or an answer depends on is synced before it leaves. The config's bugs leave
// rules out on purpose, each in the place of its rule.
//
// One input at a time, one thread; owns all its state. coordinator.cpp has what a node does for a
// client, convergence.cpp what it does for the others in the background.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/node.hpp"
#include "targets/dynamo/config.hpp"
#include "targets/dynamo/messages.hpp"
#include "targets/dynamo/replica.hpp"

namespace faultline::dynamo {

class DynamoNode : public Node {
 public:
  DynamoNode(NodeId id, int size, const Config& config);

  void start(std::span<const Bytes> durable, Time now, Effects& out) override;
  void receive(NodeId from, std::string_view message, Time now, Effects& out) override;
  void request(RequestId id, std::string_view request, Time now, Effects& out) override;
  void tick(Time now, Effects& out) override;
  NodeStatus status() const override { return {}; }  // nobody leads
  std::string describe(std::string_view message) const override;

  const Replica& replica() const { return replica_; }
  std::size_t open_operations() const { return operations_.size(); }
  // Every node, the replicas of the key first, then those that stand in for them.
  std::vector<NodeId> preference_list(std::int64_t key) const;

 private:
  // What a coordinator does for a client.
  struct Operation {
    enum class Phase { query, store };
    RequestId client = 0;
    std::int64_t key = 0;
    std::optional<std::int64_t> write;  // nothing: a read
    Phase phase = Phase::query;
    Siblings siblings;  // query: what was seen so far; store: what is to be stored
    // Of this phase: for which replicas there is an answer, and whether it is their own; in the
    // query phase also what it was.
    std::map<NodeId, bool> answered_by_itself;
    std::map<NodeId, Siblings> seen;
    bool answered = false;  // the client
    int rounds = 0;         // in which replicas were asked, in this phase
    Time ask_again = 0;
    Time deadline = 0;
  };
  using Operations = std::map<std::uint64_t, Operation>;

  // Coordination.
  void begin_store(std::uint64_t number, Siblings siblings, Time now, Effects& out);
  void ask_replicas(std::uint64_t number, Time now, Effects& out);
  void ask(std::uint64_t number, NodeId node, NodeId owner, Effects& out);
  std::size_t counted(const Operation& operation) const;
  void conclude_query(std::uint64_t number, Time now, Effects& out);
  void conclude_read(std::uint64_t number, Time now, Effects& out);
  void answer(Operation& operation, Effects& out);
  void tend_operations(Time now, Effects& out);
  bool strangers_help(const Operation& operation) const;
  void handle(NodeId from, const QueryReply& m, Time now, Effects& out);
  void handle(NodeId from, const StoreReply& m, Time now, Effects& out);

  // A replica, or who stands in for one.
  void handle(NodeId from, const Query& m, Time now, Effects& out);
  void handle(NodeId from, const Store& m, Time now, Effects& out);

  // Convergence.
  void hand_off(Effects& out);
  void exchange(Effects& out);
  bool shares(std::int64_t key, NodeId other) const;  // both are replicas of it
  void handle(NodeId from, const Handoff& m, Time now, Effects& out);
  void handle(NodeId from, const HandoffReply& m, Time now, Effects& out);
  void handle(NodeId from, const Digests& m, Time now, Effects& out);
  void handle(NodeId from, const Items& m, Time now, Effects& out);

  // Everything that leaves the node goes through these two: they sync first. What it sends to
  // itself is handled when the input at hand is done with.
  void send(NodeId to, Message message, Effects& out);
  void reply(RequestId id, const Response& response, Effects& out);
  void handle_own_messages(Time now, Effects& out);
  void note(std::string line, Effects& out) const { out.log.push_back(std::move(line)); }

  bool is_replica(NodeId node, std::int64_t key) const;

  const NodeId id_;
  const int size_;
  const Config config_;
  Replica replica_;
  bool halted_ = false;  // its log could not be read: it must not take part
  std::deque<Message> to_itself_;

  std::uint64_t operations_begun_ = 0;  // in this life
  Operations operations_;               // by their number, which no other life has used

  Time handoff_due_ = 0;
  Time exchange_due_ = 0;
  NodeId exchanged_with_;  // the last
};

}  // namespace faultline::dynamo

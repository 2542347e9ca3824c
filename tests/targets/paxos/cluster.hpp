// Cluster: Paxos nodes, their disks and the messages between them, all moved by hand: a test
// decides what is delivered, lost, doubled, who crashes, and when anybody looks at the clock.
// Deterministic; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "targets/admin.hpp"
#include "targets/kv/command.hpp"
#include "targets/paxos/paxos_node.hpp"

namespace faultline::paxos {

class Cluster {
 public:
  struct Envelope {
    NodeId from;
    NodeId to;
    Bytes message;
  };

  explicit Cluster(int size, const Config& config = {}, std::uint64_t seed = 1);

  int size() const { return static_cast<int>(members_.size()); }
  bool alive(NodeId node) const { return members_[at(node)].node != nullptr; }
  PaxosNode& node(NodeId node) { return *members_[at(node)].node; }
  const std::vector<std::string>& log_of(NodeId node) const { return members_[at(node)].log; }
  std::size_t syncs_of(NodeId node) const { return members_[at(node)].syncs; }

  // What was not synced is lost; messages on their way are not, and may meet its next life.
  void crash(NodeId node);
  void restart(NodeId node);  // crashes it first if it is alive

  // Links are directed; what is on its way over a cut link is lost when its turn comes.
  void cut(NodeId from, NodeId to) { cuts_.emplace(from, to); }
  void isolate(NodeId node);
  // Only these talk to each other; everybody else is alone.
  void connect_only(const std::set<NodeId>& group);
  void heal() { cuts_.clear(); }

  Time now() const { return now_; }
  void pass(Duration time);
  void set_rate(NodeId node, int permille) { members_[at(node)].permille = permille; }
  void tick(NodeId node);

  std::vector<Envelope>& network() { return network_; }
  void deliver(std::size_t index);  // network()[index], which is taken out
  void deliver_all();               // until nothing is on its way
  void run_for(Duration time);      // ticks everybody and delivers all, every 10 ms

  // Lets nobody but `candidate` look at the clock until it leads; false if it never does.
  bool elect(NodeId candidate, bool deliver_after = true);
  std::optional<NodeId> leader();  // the one of the highest term

  RequestId request(NodeId node, const kv::Command& command);
  RequestId request_bytes(NodeId node, std::string_view bytes);
  void receive(NodeId from, NodeId to, const Message& message);
  std::optional<kv::Response> answer(RequestId id) const;
  RequestId ask(NodeId node, const AdminRequest& request);
  std::optional<AdminResponse> admin_answer(RequestId id) const;

 private:
  struct Member {
    std::unique_ptr<PaxosNode> node;
    std::vector<Bytes> synced;
    std::vector<Bytes> written;
    std::vector<std::string> log;
    std::size_t syncs = 0;
    std::uint64_t lives = 0;
    Time clock = 0;
    int permille = 1000;
  };

  static std::size_t at(NodeId node) { return static_cast<std::size_t>(node); }
  Time clock_of(NodeId node) const { return members_[at(node)].clock; }
  void carry_out(NodeId node, Effects& effects);

  Config config_;
  Rng rng_;
  Time now_ = 0;
  std::vector<Member> members_;
  std::vector<Envelope> network_;
  std::set<std::pair<NodeId, NodeId>> cuts_;
  RequestId last_request_ = 0;
  std::map<RequestId, Bytes> answers_;
};

kv::Command write_of(std::int64_t session, std::uint64_t sequence, std::int64_t key,
                     std::int64_t value);
kv::Command cas_of(std::int64_t session, std::uint64_t sequence, std::int64_t key,
                   std::int64_t expected, std::int64_t value);
kv::Command read_of(std::int64_t session, std::uint64_t sequence, std::int64_t key);

}  // namespace faultline::paxos

// NodeCluster: nodes of an embedded target, their disks and the messages between them, all moved by
// hand: a test decides what is delivered, lost, doubled, who crashes, and when anybody looks at the
// clock. It expects of every node that what leaves it depends on nothing that a crash would take.
// The cluster of each target is derived from it. Deterministic; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/node.hpp"
#include "tests/targets/disk.hpp"

namespace faultline {

class NodeCluster {
 public:
  struct Envelope {
    NodeId from;
    NodeId to;
    Bytes message;
  };
  struct Leaks {  // what a bug lets out of a node before it is synced
    bool messages = false;
    bool answers = false;
  };

  NodeCluster(int size, NodeFactory make, std::uint64_t seed, Leaks leaks);
  virtual ~NodeCluster() = default;

  int size() const { return static_cast<int>(members_.size()); }
  bool alive(NodeId node) const { return members_[at(node)].node != nullptr; }
  Node& node(NodeId node) const { return *members_[at(node)].node; }
  const std::vector<std::string>& log_of(NodeId node) const { return members_[at(node)].log; }
  std::size_t syncs_of(NodeId node) const { return members_[at(node)].disk.syncs; }

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
  void set_clock(NodeId node, Duration ahead) { members_[at(node)].clock = now_ + ahead; }
  void tick(NodeId node);

  std::vector<Envelope>& network() { return network_; }
  void deliver(const Envelope& envelope);  // which is not of the network
  void deliver(std::size_t index);         // network()[index], which is taken out
  void deliver_all();                      // until nothing is on its way
  void run_for(Duration time);             // ticks everybody and delivers all, every 10 ms

  RequestId request_bytes(NodeId node, std::string_view bytes);
  const Bytes* answer_bytes(RequestId id) const;  // null: there is none yet

 protected:
  virtual bool is_lost(const Envelope& envelope) const {
    return cuts_.contains({envelope.from, envelope.to});
  }

 private:
  struct Member {
    std::unique_ptr<Node> node;
    Disk disk;
    std::vector<std::string> log;
    std::uint64_t lives = 0;
    Time clock = 0;
    int permille = 1000;
  };

  static std::size_t at(NodeId node) { return static_cast<std::size_t>(node); }
  Time clock_of(NodeId node) const { return members_[at(node)].clock; }
  void carry_out(NodeId node, Effects& effects);

  const NodeFactory make_;
  const Rng rng_;
  const Leaks leaks_;
  Time now_ = 0;
  std::vector<Member> members_;
  std::vector<Envelope> network_;
  std::set<std::pair<NodeId, NodeId>> cuts_;
  RequestId last_request_ = 0;
  std::map<RequestId, Bytes> answers_;
};

}  // namespace faultline

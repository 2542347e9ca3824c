// Cluster: DynamoNodes without time or network of their own: a test says what is delivered, lost,
// and when. What a node wrote and did not sync is lost when it crashes. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "targets/dynamo/dynamo_node.hpp"

namespace faultline::dynamo {

class Cluster {
 public:
  struct Envelope {
    NodeId from;
    NodeId to;
    Bytes message;
  };

  explicit Cluster(const Config& config, int size = 5);

  int size() const { return static_cast<int>(members_.size()); }
  const DynamoNode& node(NodeId node) const { return *members_[at(node)].node; }
  bool alive(NodeId node) const { return members_[at(node)].node != nullptr; }
  // Which messages are lost, besides those of nodes that are cut off. None to begin with.
  std::function<bool(NodeId from, NodeId to, const Message&)> loses;
  // The value of the key at the node; nothing if it has none, or several.
  std::optional<std::int64_t> value(NodeId node, std::int64_t key) const;

  void crash(NodeId node);
  void restart(NodeId node);                            // crashes it first, if it is alive
  void cut_off(NodeId node) { cut_off_.insert(node); }  // from all others
  void heal() { cut_off_.clear(); }
  void set_clock(NodeId node, Time ahead) { members_[at(node)].ahead = ahead; }

  void deliver_all();
  void run_for(Duration time);  // ticks, and delivers

  RequestId write(NodeId node, std::int64_t key, std::int64_t value, VersionVector context = {});
  RequestId read(NodeId node, std::int64_t key);
  std::optional<Response> answer(RequestId id) const;
  // Carries out a read and returns what it saw; nothing if it got no answer.
  std::optional<Response> read_now(NodeId node, std::int64_t key);

 private:
  struct Member {
    std::unique_ptr<DynamoNode> node;
    std::vector<Bytes> synced;
    std::vector<Bytes> written;
    Time ahead = 0;
  };

  static std::size_t at(NodeId node) { return static_cast<std::size_t>(node); }
  Time clock(NodeId node) const { return now_ + members_[at(node)].ahead; }
  RequestId request(NodeId node, const Request& request);
  void carry_out(NodeId node, Effects& effects);

  const Config config_;
  Time now_ = kSecond;
  std::vector<Member> members_;
  std::vector<Envelope> network_;
  std::set<NodeId> cut_off_;
  RequestId last_request_ = 0;
  std::map<RequestId, Bytes> answers_;
};

}  // namespace faultline::dynamo

// kv::Cluster: a NodeCluster that replicates the key-value store under a leader, with what its
// clients and operators ask of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "targets/admin.hpp"
#include "targets/kv/command.hpp"
#include "targets/kv/store.hpp"
#include "tests/targets/node_cluster.hpp"

namespace faultline::kv {

class Cluster : public NodeCluster {
 public:
  // A node waits for a leader no longer than `patience`.
  Cluster(int size, NodeFactory make, std::uint64_t seed, Leaks leaks, Duration patience)
      : NodeCluster(size, std::move(make), seed, leaks), patience_(patience) {}

  virtual const Store& store(NodeId node) const = 0;

  // Lets nobody but `candidate` look at the clock until it leads; false if it never does.
  bool elect(NodeId candidate, bool deliver_after = true);
  std::optional<NodeId> leader() const;  // the one of the highest term
  int leaders() const;

  RequestId request(NodeId node, const Command& command);
  std::optional<Response> answer(RequestId id) const;
  RequestId ask(NodeId node, const AdminRequest& request);
  std::optional<AdminResponse> admin_answer(RequestId id) const;

 private:
  bool leads(NodeId node) const { return alive(node) && this->node(node).status().leader; }

  const Duration patience_;
};

// Of nodes of this type.
template <class NodeType>
class ClusterOf : public Cluster {
 public:
  template <class Config>
  ClusterOf(int size, const Config& config, std::uint64_t seed, Leaks leaks, Duration patience)
      : Cluster(
            size,
            [config](NodeId id, int of, Rng rng) {
              return std::make_unique<NodeType>(id, of, rng, config);
            },
            seed, leaks, patience) {}

  NodeType& node(NodeId node) const { return static_cast<NodeType&>(Cluster::node(node)); }
  const Store& store(NodeId node) const override { return this->node(node).store(); }
  template <class Message>
  void receive(NodeId from, NodeId to, const Message& message) {
    deliver({from, to, encode(message)});
  }
};

Command write_of(std::int64_t session, std::uint64_t sequence, std::int64_t key,
                 std::int64_t value);
Command cas_of(std::int64_t session, std::uint64_t sequence, std::int64_t key,
               std::int64_t expected, std::int64_t value);
Command read_of(std::int64_t session, std::uint64_t sequence, std::int64_t key);

}  // namespace faultline::kv

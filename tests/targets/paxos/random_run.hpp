// RandomRun: a Paxos cluster under a random schedule; see kv::RandomRun.
//
// What is watched in the nodes: agreement (no two nodes know different values as chosen in a slot),
// and one leader a ballot.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "tests/targets/kv/random_run.hpp"
#include "tests/targets/paxos/cluster.hpp"

namespace faultline::paxos {

class RandomRun : public kv::RandomRun {
 public:
  RandomRun(std::uint64_t seed, const Config& config);

  std::size_t leaders() const override { return leaders_.size(); }

 private:
  kv::Cluster& cluster() override { return cluster_; }
  void watch_node(NodeId node) override;
  void watch_chosen(NodeId node);
  void watch_leader(NodeId node);

  Cluster cluster_;
  std::vector<Slot> checked_;  // by node: what it knows as chosen was compared up to here
  std::map<Ballot, NodeId> leaders_;
  std::map<Slot, Bytes> chosen_;
};

}  // namespace faultline::paxos

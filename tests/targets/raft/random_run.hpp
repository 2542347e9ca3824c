// RandomRun: a Raft cluster under a random schedule; see kv::RandomRun.
//
// What is watched in the nodes is figure 3.2 of Ongaro 2014: election safety, log matching, leader
// completeness, state machine safety.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "tests/targets/kv/random_run.hpp"
#include "tests/targets/raft/cluster.hpp"

namespace faultline::raft {

class RandomRun : public kv::RandomRun {
 public:
  RandomRun(std::uint64_t seed, const Config& config);

  std::size_t leaders() const override { return leaders_.size(); }

 private:
  kv::Cluster& cluster() override { return cluster_; }
  void watch_node(NodeId node) override;
  void watch_log(NodeId node);
  void watch_commits(NodeId node);
  void watch_store(NodeId node);
  void watch_leader(NodeId node);

  Cluster cluster_;
  // By node: how far what it has was compared.
  std::vector<Index> checked_commit_;
  std::vector<Index> checked_store_;
  std::vector<std::pair<Index, Term>> checked_log_;
  std::map<Term, NodeId> leaders_;
  std::map<std::pair<Index, Term>, std::pair<Term, Entry>> entries_;  // -> term before, entry
  std::map<Index, Entry> committed_;
  std::map<Index, kv::Store> stores_;
};

}  // namespace faultline::raft

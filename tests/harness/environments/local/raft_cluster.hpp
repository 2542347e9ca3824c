// RaftCluster: Raft nodes as processes on the loopback interface, and a client that finds their
// leader. For tests and benchmarks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "targets/kv/command.hpp"
#include "targets/raft/config.hpp"
#include "tests/harness/environments/local/node_process.hpp"

namespace faultline::local {

class RaftCluster {
 public:
  // Below `directory`; started.
  RaftCluster(int size, const std::string& directory, const raft::Config& config = {});

  Loop& loop() { return loop_; }
  NodeProcess& node(std::size_t i) { return nodes_[i]; }
  NodeConnection& link(std::size_t i) { return *links_[i]; }
  int size() const { return static_cast<int>(nodes_.size()); }

  std::size_t wait_for_leader();
  // Tries at one node after the other until it is carried out.
  kv::Response carry_out(kv::Command command);

 private:
  Loop loop_;
  std::vector<NodeProcess> nodes_;
  std::vector<std::unique_ptr<NodeConnection>> links_;
  std::size_t asked_ = 0;
};

}  // namespace faultline::local

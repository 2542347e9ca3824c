// GuardedNode: a node's program as the guardian sees it, a child process with descendants. One
// thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "harness/core/result.hpp"

namespace faultline::local {

class GuardedNode {
 public:
  // Where it runs: its network namespace (a descriptor that stays open) and its directory.
  GuardedNode(int net_namespace, std::string directory)
      : net_namespace_(net_namespace), directory_(std::move(directory)) {}

  // Error: it runs already, or cannot be started.
  Result<void> start(const std::vector<std::string>& argv, int log);
  // The whole process group (what leaves it, as a daemon does, ends with the guardian only). True
  // if that changed anything.
  bool kill();  // and waits until it is gone
  bool pause();
  bool resume();
  // Takes note of the end of a child; true if it was this node's.
  bool reap(pid_t pid, int status);
  bool is_running() const { return pid_ > 0; }  // or paused
  // How it ended by itself; empty if it runs, was killed, or was not started.
  const std::string& death() const { return death_; }

 private:
  int net_namespace_;
  std::string directory_;
  pid_t pid_ = 0;
  bool paused_ = false;
  std::string death_;
};

}  // namespace faultline::local

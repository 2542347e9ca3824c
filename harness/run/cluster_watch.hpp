// ClusterWatch: asks the target again and again who leads, and the environment whether a node's
// program ended by itself, and tells of every change. For runs in real time, where nobody else sees
// it. On the event loop, one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/target.hpp"

namespace faultline {

class ClusterWatch {
 public:
  struct Listener {
    std::function<void(const Leader&)> leads;  // who did not before, or in another term
    std::function<void(NodeId, const std::string& how)> died;
  };

  // Both must outlive it.
  ClusterWatch(Target& target, Environment& environment, Listener listener)
      : target_(target), environment_(environment), listener_(std::move(listener)) {}

  Task<> run();  // until stop(); the answer that it waits for then is not told
  void stop() { stopped_ = true; }
  void look_for_deaths();  // once, now

 private:
  Target& target_;
  Environment& environment_;
  Listener listener_;
  std::optional<Leader> leader_;     // the last that was known
  std::vector<std::string> deaths_;  // by node, as last told; empty: alive again, or never died
  bool stopped_ = false;
};

}  // namespace faultline

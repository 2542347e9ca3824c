// LeaderWatch: asks the target again and again who leads, and tells of every change. For runs in
// real time, whose elections nobody else sees. On the event loop, one thread.
#pragma once

#include <functional>
#include <optional>

#include "harness/core/target.hpp"

namespace faultline {

class LeaderWatch {
 public:
  // Both must outlive it. `tell` is given each leader that is not the one before.
  LeaderWatch(Target& target, Environment& environment, std::function<void(NodeId)> tell)
      : target_(target), environment_(environment), tell_(std::move(tell)) {}

  Task<> run();  // until stop(); the answer that it waits for then is not told
  void stop() { stopped_ = true; }

 private:
  Target& target_;
  Environment& environment_;
  std::function<void(NodeId)> tell_;
  std::optional<NodeId> leader_;  // the last that was known
  bool stopped_ = false;
};

}  // namespace faultline

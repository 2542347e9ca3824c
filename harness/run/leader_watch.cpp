#include "harness/run/leader_watch.hpp"

namespace faultline {

Task<> LeaderWatch::run() {
  constexpr Duration kInterval = 250 * kMillisecond;
  Clock& clock = environment_.clock();
  while (!stopped_) {
    const std::optional<NodeId> leader = co_await target_.leader(environment_);
    if (stopped_) co_return;
    if (leader && leader != leader_) tell_(*leader);
    if (leader) leader_ = leader;
    co_await sleep_until(clock, clock.now() + kInterval);
  }
}

}  // namespace faultline

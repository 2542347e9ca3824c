#include "harness/run/cluster_watch.hpp"

namespace faultline {

Task<> ClusterWatch::run() {
  constexpr Duration kInterval = 250 * kMillisecond;
  Clock& clock = environment_.clock();
  while (!stopped_) {
    const std::optional<Leader> leader = co_await target_.leader(environment_);
    if (stopped_) co_return;
    if (leader && leader != leader_) listener_.leads(*leader);
    if (leader) leader_ = leader;
    look_for_deaths();
    co_await sleep_until(clock, clock.now() + kInterval);
  }
}

void ClusterWatch::look_for_deaths() {
  LaunchingPower* launching = environment_.powers().launching;
  if (launching == nullptr) return;
  deaths_.resize(static_cast<std::size_t>(environment_.size()));
  for (NodeId node = 0; node < environment_.size(); ++node) {
    std::string& told = deaths_[static_cast<std::size_t>(node)];
    std::string how = launching->death(node);
    if (how == told) continue;
    told = std::move(how);
    if (!told.empty()) listener_.died(node, told);
  }
}

}  // namespace faultline

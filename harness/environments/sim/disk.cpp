#include "harness/environments/sim/disk.hpp"

namespace faultline::sim {

Duration Disk::sync_latency() {
  const bool slow = rng_.chance(1, 200);
  return rng_.between(100 * kMicrosecond, (slow ? 20 : 1) * kMillisecond);
}

void Disk::rewrite(std::vector<Bytes> records) {
  records_ = std::move(records);
  synced_ = records_.size();
}

void Disk::crash() {
  const auto unsynced = static_cast<std::int64_t>(records_.size() - synced_);
  records_.resize(synced_ + static_cast<std::size_t>(rng_.between(0, unsynced)));
  synced_ = records_.size();
}

}  // namespace faultline::sim

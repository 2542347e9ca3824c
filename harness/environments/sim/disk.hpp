// Disk: a simulated node's log on storage. What is written survives a crash only once it is synced;
// of the rest a prefix of random length survives, since the system may write back on its own.
#pragma once

#include <span>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/rng.hpp"

namespace faultline::sim {

class Disk {
 public:
  explicit Disk(Rng rng) : rng_(rng) {}

  void write(Bytes record) { records_.push_back(std::move(record)); }
  bool is_dirty() const { return synced_ < records_.size(); }
  Duration sync_latency();                    // how long the next sync takes
  void sync() { synced_ = records_.size(); }  // call when that time has passed
  void rewrite(std::vector<Bytes> records);   // likewise: these are its records, durable
  void crash();                               // loses what was not synced, or the tail of it
  std::span<const Bytes> records() const { return records_; }

 private:
  Rng rng_;
  std::vector<Bytes> records_;
  std::size_t synced_ = 0;  // the first `synced_` records are durable
};

}  // namespace faultline::sim

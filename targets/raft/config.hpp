// Config: the timing and limits of a Raft node, what it may choose, and the rules it is to break. A
// plain value.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/core/time.hpp"
#include "targets/raft/bugs.hpp"
#include "targets/setting.hpp"

namespace faultline::raft {

struct Config {
  Duration heartbeat = 50 * kMillisecond;  // also: when what was not answered is sent again
  Duration election_timeout_min = 150 * kMillisecond;  // drawn anew each time, uniformly
  Duration election_timeout_max = 300 * kMillisecond;  // also: how long a leader leads unheard
  std::size_t max_batch = 8;                           // entries in one AppendEntries
  std::uint64_t snapshot_every = 100;                  // entries applied; 0: never
  bool leases = false;                                 // reads need no round while one lasts
  Bugs bugs;

  // How long, by its own clock, a leader may trust that a majority has heard it: they do not vote
  // for election_timeout_min, by their clocks. Its own may go at half speed (500 permille) and
  // theirs at twice the speed (2000 permille), so a quarter of that; beyond such a drift a read may
  // be stale.
  static constexpr int kClockSpread = 4;
  Duration lease() const {
    return bugs.lease_drift ? election_timeout_min : election_timeout_min / kClockSpread;
  }
};

std::span<const Setting> known_settings();

// The config with these bugs and settings. Error: names what there is not.
Result<Config> make_config(std::span<const std::string> bugs,
                           std::span<const std::string> settings);

}  // namespace faultline::raft

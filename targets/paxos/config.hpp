// Config: the timing and limits of a Paxos node, and the rules it is to break. A plain value.
#pragma once

#include <cstdint>

#include "harness/core/time.hpp"
#include "targets/paxos/bugs.hpp"
#include "targets/setting.hpp"

namespace faultline::paxos {

struct Config {
  Duration heartbeat = 50 * kMillisecond;      // also: when what was not answered is sent again
  Duration patience_min = 150 * kMillisecond;  // with a leader unheard; drawn anew each time
  Duration patience_max = 300 * kMillisecond;  // also: how long a leader leads unheard
  std::uint64_t alpha = 16;                    // slots that may be undecided at a time (the window)
  std::uint64_t max_batch = 16;                // proposals in one Accept
  std::uint64_t max_lesson = 64;     // proposals in one Chosen; who lags more does not lead
  std::uint64_t snapshot_every = 0;  // slots; 0: never
  std::uint64_t keep_behind = 64;    // slots kept behind a snapshot, for those who lag a little
  Bugs bugs;
};

std::span<const Setting> known_settings();

// The config with these bugs and settings. Error: names what there is not.
Result<Config> make_config(std::span<const std::string> bugs,
                           std::span<const std::string> settings);

}  // namespace faultline::paxos

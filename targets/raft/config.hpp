// Config: the timing and limits of a Raft node, and the rules it is to break. A plain value.
#pragma once

#include <cstddef>

#include "harness/core/time.hpp"
#include "targets/raft/bugs.hpp"
#include "targets/setting.hpp"

namespace faultline::raft {

struct Config {
  Duration heartbeat = 50 * kMillisecond;  // also: when what was not answered is sent again
  Duration election_timeout_min = 150 * kMillisecond;  // drawn anew each time, uniformly
  Duration election_timeout_max = 300 * kMillisecond;  // also: how long a leader leads unheard
  std::size_t max_batch = 8;                           // entries in one AppendEntries
  Bugs bugs;
};

std::span<const Setting> known_settings();

// The config with these bugs and settings. Error: names what there is not.
Result<Config> make_config(std::span<const std::string> bugs,
                           std::span<const std::string> settings);

}  // namespace faultline::raft

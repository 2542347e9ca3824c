// Config: how a Dynamo-style store replicates, its timing, and the rules it is to break; and what
// a store so configured promises. A plain value.
#pragma once

#include "harness/core/time.hpp"
#include "targets/dynamo/bugs.hpp"
#include "targets/setting.hpp"

namespace faultline::dynamo {

// Which of two versions of a key is newer.
enum class Versions {
  counter,  // the one of the greater counter, which a write reads from R replicas first
  clock,    // the one of the later time on its coordinator's clock: last writer wins
  vector,   // the one that has seen the other; if neither has, both are kept
};

// When a read stores what it saw at replicas that lack it.
enum class Repair { before_answer, after_answer, off };

struct Config {
  int n = 3;  // replicas of a key
  int r = 2;  // that a read waits for
  int w = 2;  // that a write waits for
  bool sloppy = false;
  Versions versions = Versions::counter;
  Repair repair = Repair::before_answer;
  Duration patience = 100 * kMillisecond;  // then a replica is asked again, and another instead
  Duration op_timeout = kSecond;           // then a coordinator gives up
  Duration handoff_interval = 200 * kMillisecond;
  Duration exchange_interval = 500 * kMillisecond;  // with one other node, for anti-entropy
  Bugs bugs;
};

// From the strongest: each is what the workload of the same name checks. README.md says why.
enum class Level { linearizable, regular, no_lost_writes, eventual };
Level promised(const Config& config);  // without its bugs

std::span<const Setting> known_settings();

// The config with these bugs, the settings that they need, and these settings. Error: names what
// there is not, or what does not fit together.
Result<Config> make_config(std::span<const std::string> bugs,
                           std::span<const std::string> settings);

// Error: there are too few nodes for the replicas.
Result<void> check_nodes(const Config& config, int nodes);

}  // namespace faultline::dynamo

#include "targets/raft/config.hpp"

#include <array>

namespace faultline::raft {
namespace {

constexpr Duration kLeaseElectionTimeout = 600 * kMillisecond;

}  // namespace

std::span<const Setting> known_settings() {
  static const std::array kSettings{
      Setting{"snapshot-every",
              "the log is compacted when so many entries were applied; 0: never",
              {"100", "20", "500", "0"},
              true},
      Setting{"reads",
              "what shows a leader that it still leads: a round of heartbeats begun after the read "
              "(index), or one not long ago (lease; for clocks of half to twice the true speed)",
              {"index", "lease"}},
  };
  return kSettings;
}

Result<Config> make_config(std::span<const std::string> bugs,
                           std::span<const std::string> settings) {
  const auto flags = parse_bugs<Bugs>("raft", known_bugs(), bugs);
  if (!flags) return flags.error();
  const auto chosen = Settings::parse("raft", known_settings(), settings);
  if (!chosen) return chosen.error();
  Config config;
  config.bugs = *flags;
  config.snapshot_every = static_cast<std::uint64_t>(chosen->number("snapshot-every"));
  // Bugs of leases are to be seen without a setting.
  const bool lease_bug = flags->lease_drift || flags->lease_no_promise;
  config.leases = chosen->text("reads") == "lease" || lease_bug;
  if (config.leases) {  // so that one outlasts the time between heartbeats
    config.election_timeout_min = kLeaseElectionTimeout;
    config.election_timeout_max = 2 * kLeaseElectionTimeout;
  }
  return config;
}

}  // namespace faultline::raft

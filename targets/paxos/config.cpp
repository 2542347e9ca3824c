#include "targets/paxos/config.hpp"

#include <array>

namespace faultline::paxos {
namespace {

const std::array kSettings{
    Setting{"snapshot-every",
            "the log is compacted when so many slots were applied; 0: never",
            {"100", "20", "500", "0"},
            true},
};

}  // namespace

std::span<const Setting> known_settings() {
  return kSettings;
}

Result<Config> make_config(std::span<const std::string> bugs,
                           std::span<const std::string> settings) {
  const auto flags = parse_bugs<Bugs>("paxos", known_bugs(), bugs);
  if (!flags) return flags.error();
  const auto chosen = Settings::parse("paxos", known_settings(), settings);
  if (!chosen) return chosen.error();
  Config config;
  config.bugs = *flags;
  config.snapshot_every = static_cast<std::uint64_t>(chosen->number("snapshot-every"));
  return config;
}

}  // namespace faultline::paxos

#include "targets/raft/config.hpp"

namespace faultline::raft {

std::span<const Setting> known_settings() {
  return {};
}

Result<Config> make_config(std::span<const std::string> bugs,
                           std::span<const std::string> settings) {
  const auto flags = parse_bugs<Bugs>("raft", known_bugs(), bugs);
  if (!flags) return flags.error();
  const auto chosen = Settings::parse("raft", known_settings(), settings);
  if (!chosen) return chosen.error();
  Config config;
  config.bugs = *flags;
  return config;
}

}  // namespace faultline::raft

#include "targets/dynamo/config.hpp"

#include <fmt/format.h>

#include <array>

namespace faultline::dynamo {
namespace {

const std::array kSettings{
    Setting{"n", "replicas of a key; not more than nodes", {"3", "1", "2", "4", "5"}},
    Setting{"r", "replicas that a read waits for", {"2", "1", "3", "4", "5"}},
    Setting{"w", "replicas that a write waits for", {"2", "1", "3", "4", "5"}},
    Setting{"sloppy",
            "whether other nodes stand in for replicas that do not answer, and count",
            {"off", "on"}},
    Setting{"versions",
            "the newer of two versions: by a counter read first, by the coordinator's clock (last "
            "writer wins), or by version vector (siblings)",
            {"counter", "clock", "vector"}},
    Setting{"repair",
            "when a read stores what it saw at replicas that lack it, if seen from its answer",
            {"before", "after", "off"}},
};

}  // namespace

std::span<const Setting> known_settings() {
  return kSettings;
}

Level promised(const Config& config) {
  if (config.versions == Versions::vector) return Level::no_lost_writes;
  const bool overlap = config.r + config.w > config.n && !config.sloppy;
  if (config.versions == Versions::clock || !overlap) return Level::eventual;
  return config.repair == Repair::before_answer ? Level::linearizable : Level::regular;
}

Result<Config> make_config(std::span<const std::string> bugs,
                           std::span<const std::string> settings) {
  const auto flags = parse_bugs<Bugs>("dynamo", known_bugs(), bugs);
  if (!flags) return flags.error();
  std::vector<std::string> all = settings_for(bugs);  // the later ones overrule them
  all.insert(all.end(), settings.begin(), settings.end());
  const auto chosen = Settings::parse("dynamo", known_settings(), all);
  if (!chosen) return chosen.error();

  Config config;
  config.bugs = *flags;
  config.n = chosen->number("n");
  config.r = chosen->number("r");
  config.w = chosen->number("w");
  for (const auto& [name, count] : {std::pair("r", config.r), std::pair("w", config.w)}) {
    if (count <= config.n) continue;
    return Error{fmt::format("dynamo: {}={} is more than the n={} replicas of a key", name, count,
                             config.n)};
  }
  config.sloppy = chosen->on("sloppy");
  const std::string& versions = chosen->text("versions");
  config.versions = versions == "counter" ? Versions::counter
                    : versions == "clock" ? Versions::clock
                                          : Versions::vector;
  const std::string& repair = chosen->text("repair");
  config.repair = repair == "before"  ? Repair::before_answer
                  : repair == "after" ? Repair::after_answer
                                      : Repair::off;
  return config;
}

Result<void> check_nodes(const Config& config, int nodes) {
  if (config.n <= nodes) return {};
  return Error{
      fmt::format("dynamo: n={0} replicas of a key need {0} nodes or more (--nodes); there are {1}",
                  config.n, nodes)};
}

}  // namespace faultline::dynamo

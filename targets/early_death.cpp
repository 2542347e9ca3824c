#include "targets/early_death.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace faultline {
namespace {

constexpr std::ptrdiff_t kLastLines = 5;

bool says_why(const std::string& line) {
  return line.starts_with("panic:") || line.starts_with("fatal error:") ||
         line.starts_with("Error");
}

// The last lines; and before them the one that says why, where the traces of all threads follow it.
std::string end_of(const std::vector<std::string>& log) {
  if (log.empty()) return "its log is empty";
  const auto begin = log.end() - std::min(std::ssize(log), kLastLines);
  const auto why = std::find_if(log.begin(), log.end(), says_why);
  std::string text = "its log ends:";
  if (why < begin) text += "\n  " + *why + "\n  ...";
  for (auto line = begin; line != log.end(); ++line) text += "\n  " + *line;
  return text;
}

}  // namespace

std::optional<Error> early_death(Environment& environment, std::string_view target) {
  LaunchingPower* launching = environment.powers().launching;
  if (launching == nullptr) return std::nullopt;
  for (NodeId node = 0; node < environment.size(); ++node) {
    const std::string death = launching->death(node);
    if (death.empty()) continue;
    return Error{fmt::format("{}: {} {} as soon as it was started; {}", target, node_name(node),
                             death, end_of(environment.node_log(node)))};
  }
  return std::nullopt;
}

}  // namespace faultline

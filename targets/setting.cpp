#include "targets/setting.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>

namespace faultline {

Result<Settings> Settings::parse(std::string_view target, std::span<const Setting> known,
                                 std::span<const std::string> given) {
  Settings settings;
  std::vector<std::string_view> names;
  for (const Setting& setting : known) {
    names.push_back(setting.name);
    settings.values_.emplace(setting.name, setting.values.front());
  }
  for (const std::string& text : given) {
    const std::size_t split = text.find('=');
    const std::string_view name = std::string_view(text).substr(0, split);
    const auto found = std::ranges::find(known, name, &Setting::name);
    if (found == known.end()) {
      return Error{fmt::format("{} has no setting '{}'; it has: {}", target, name,
                               names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")))};
    }
    const std::string value = split == std::string::npos ? "" : text.substr(split + 1);
    if (std::ranges::find(found->values, value) == found->values.end()) {
      return Error{fmt::format("setting {} of {} cannot be '{}': it is one of {}", name, target,
                               value, fmt::join(found->values, ", "))};
    }
    settings.values_.insert_or_assign(std::string(name), value);
  }
  return settings;
}

const std::string& Settings::text(std::string_view name) const {
  const auto found = values_.find(name);
  assert(found != values_.end());
  return found->second;
}

int Settings::number(std::string_view name) const {
  return std::stoi(text(name));
}

}  // namespace faultline

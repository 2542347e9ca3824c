// Setting: a choice that a target offers to whoever starts it, such as the size of a quorum: a name
// and the few values it may have. Plain values.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.hpp"

namespace faultline {

struct Setting {
  std::string_view name;                 // as in --set name=value
  std::string_view doc;                  // one line
  std::vector<std::string_view> values;  // the first is the default
  // No choice changes what the target promises, so that a swarm may draw one.
  bool drawn = false;
};

// The settings of a target: what was given, and defaults for the rest.
class Settings {
 public:
  // `given`: "name=value" each. Error: names what `target` does not have, or the values there are.
  static Result<Settings> parse(std::string_view target, std::span<const Setting> known,
                                std::span<const std::string> given);

  // Of a setting of the table, else asserts.
  const std::string& text(std::string_view name) const;
  bool on(std::string_view name) const { return text(name) == "on"; }
  int number(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace faultline

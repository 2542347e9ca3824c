// early_death: what is said of a node whose program ended as soon as it was started.
#pragma once

#include <optional>
#include <string_view>

#include "harness/core/environment.hpp"

namespace faultline {

// Of the first such node, with the end of its log; nothing if none died, or this environment runs
// no programs.
std::optional<Error> early_death(Environment& environment, std::string_view target);

}  // namespace faultline

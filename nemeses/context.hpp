// What a nemesis is made of: the environment whose powers it uses, and the target it may ask who
// leads. Both must outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/core/nemesis.hpp"
#include "harness/core/target.hpp"

namespace faultline {

// In an op's value: whoever leads when the fault strikes.
inline constexpr const char* kLeader = "leader";

struct NemesisContext {
  Environment* environment;
  Target* target;
};

}  // namespace faultline

// What a nemesis is made of: the environment whose powers it uses, and the target it may ask who
// leads. Both must outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/nemesis.hpp"

namespace faultline {

struct NemesisContext {
  Environment* environment;
  Target* target;
};

}  // namespace faultline

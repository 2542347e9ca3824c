// What a nemesis is made of: the environment whose powers it uses, and the target it may ask who
// leads. Both must outlive it. Nemeses that act together share one `cuts`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/core/nemesis.hpp"
#include "harness/core/target.hpp"
#include "nemeses/cuts.hpp"

namespace faultline {

// In an op's value: whoever leads when the fault strikes.
inline constexpr const char* kLeader = "leader";

struct NemesisContext {
  Environment* environment;
  Target* target;
  std::shared_ptr<Cuts> cuts = nullptr;  // null if the environment has no power over its network
};

inline NemesisContext nemesis_context(Environment& environment, Target& target) {
  NetworkPower* network = environment.powers().network;
  return {&environment, &target, network != nullptr ? std::make_shared<Cuts>(*network) : nullptr};
}

}  // namespace faultline

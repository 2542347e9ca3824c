// Client: one of those that the generators of random histories let act in turn.
#pragma once

#include <cstdint>

#include "harness/core/op.hpp"

namespace faultline {

enum class Phase : std::uint8_t { idle, invoked, done };

struct Client {
  Phase phase = Phase::idle;
  Process process = 0;
  Op invocation;
  Op completion;  // when it is done
};

}  // namespace faultline

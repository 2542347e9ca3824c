// A model of the consumer's own: a register that keeps the greatest value written so far.
#pragma once

#include <algorithm>

#include "checkers/model.hpp"

inline faultline::Model max_register() {
  using faultline::Call, faultline::Value, faultline::f::kRead;
  return {
      .name = "max-register",
      .default_initial = "0",
      .functions = {"read", "write"},
      .prepare =
          [](Call call, const faultline::ModelOptions& options) {
            return call.f == kRead ? as_read(std::move(call), options) : as_update(std::move(call));
          },
      .step = [](const Value& state, const Call& call) -> std::optional<Value> {
        if (call.f != kRead) return std::max(state, call.argument);
        if (call.outcome == faultline::Outcome::unknown || call.result == state) return state;
        return std::nullopt;
      },
      .pure = [](const Call& call) { return call.f == kRead; },  // see model.hpp before you say so
  };
}

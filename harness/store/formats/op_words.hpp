// The words that all formats share: the types of ops, and what may name a process. Pure functions.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "harness/core/op.hpp"

namespace faultline::formats {

inline std::optional<OpType> op_type(std::string_view word) {
  if (word == "invoke") return OpType::invoke;
  if (word == "ok") return OpType::ok;
  if (word == "fail") return OpType::fail;
  if (word == "info") return OpType::info;
  return std::nullopt;
}

inline std::optional<Process> process_id(std::int64_t number) {
  if (number < 0 || number > std::numeric_limits<Process>::max()) return std::nullopt;
  return static_cast<Process>(number);
}

}  // namespace faultline::formats

// Time as every part of Faultline counts it: nanoseconds since the start of the run.
// A plain integer, so that arithmetic on it is exact and the same on every machine.
#pragma once

#include <cstdint>
#include <limits>

namespace faultline {

using Time = std::int64_t;      // a point: nanoseconds since the run began
using Duration = std::int64_t;  // a length: nanoseconds

inline constexpr Duration kMicrosecond = 1'000;
inline constexpr Duration kMillisecond = 1'000'000;
inline constexpr Duration kSecond = 1'000'000'000;
inline constexpr Time kNever = std::numeric_limits<Time>::max();

constexpr double to_seconds(Duration d) {
  return static_cast<double>(d) / 1e9;
}

}  // namespace faultline

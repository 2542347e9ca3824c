// Verdict: what a checker says of a history, and how verdicts compose (the worst wins).
#pragma once

#include <cstdint>
#include <string_view>

namespace faultline {

enum class Verdict : std::uint8_t { valid, unknown, invalid };  // in order, the worst last

constexpr Verdict worst(Verdict a, Verdict b) {
  return a < b ? b : a;
}

constexpr std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return "valid";
    case Verdict::unknown: return "unknown";
    case Verdict::invalid: return "invalid";
  }
  return "?";
}

// Exit codes of the program.
inline constexpr int kExitUsage = 254;     // bad input: a flag, a file
inline constexpr int kExitInternal = 255;  // our own bug

constexpr int exit_code(Verdict verdict) {
  return verdict == Verdict::valid ? 0 : verdict == Verdict::invalid ? 1 : 2;
}

}  // namespace faultline

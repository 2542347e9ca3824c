// Random events of every shape that can be recorded, for round trips.
#pragma once

#include <limits>
#include <string>

#include "harness/core/op.hpp"
#include "harness/core/rng.hpp"

namespace faultline {

// Any bytes: plain text, what JSON must escape, several scripts, invalid UTF-8.
inline std::string random_text(Rng& rng) {
  static const std::vector<std::string> kPieces = {"x",
                                                   "\"",
                                                   "\\",
                                                   "\n",
                                                   "\t",
                                                   std::string(1, '\0'),
                                                   "\x7F",
                                                   "é",
                                                   "日本",
                                                   "\xF0\x9F\x90\x99",
                                                   "\x80",
                                                   "\xFF\xFE",
                                                   "\xC3",
                                                   "\\u",
                                                   "\xED\xB2\x80",
                                                   "\xE2\x82",
                                                   "/",
                                                   "]\n[",
                                                   " ",
                                                   "null",
                                                   "\xC0\x80",
                                                   "\xF4\x90\x80\x80"};
  std::string text;
  for (std::uint64_t n = rng.below(6); n > 0; --n) text += rng.pick(kPieces);
  return text;
}

inline Value random_value(Rng& rng, int depth = 0) {
  switch (rng.below(depth < 3 ? 7 : 5)) {
    case 0: return {};
    case 1: return rng.between(-5, 5);
    case 2: return static_cast<std::int64_t>(rng.next());
    case 3: return std::string_view(random_text(rng));
    case 4:
      return rng.chance(1, 2) ? std::numeric_limits<std::int64_t>::min()
                              : std::numeric_limits<std::int64_t>::max();
    default: {
      Value::List items;
      for (std::uint64_t n = rng.below(4); n > 0; --n) {
        items.push_back(random_value(rng, depth + 1));
      }
      return items;
    }
  }
}

inline Op random_op(Rng& rng) {
  static const std::vector<std::string> kNames = {"read", "write", "cas", "a \"b\"\\", "é", ""};
  static const std::vector<std::string> kErrors = {"", "", "timeout", "no \xFF leader", "a\tb"};
  Op op;
  op.time = rng.between(0, std::numeric_limits<std::int64_t>::max());
  op.process = rng.chance(1, 8) ? kNemesis : static_cast<Process>(rng.below(1ULL << 31));
  op.f = Symbol::of(rng.pick(kNames));
  op.type = static_cast<OpType>(rng.below(4));
  op.error = Symbol::of(rng.pick(kErrors));
  if (rng.chance(1, 2)) op.key = random_value(rng);
  if (rng.chance(3, 4)) op.value = random_value(rng);
  return op;
}

}  // namespace faultline

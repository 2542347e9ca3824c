// Rng: the only source of chance in a run. Seeded, splittable, the same on every machine.
//
// xoshiro256** (Blackman and Vigna, 2018) seeded through splitmix64. Integers only: no
// std::*_distribution (every library has its own) and no libm, so that the same seed gives the
// same history byte for byte. Not shared between threads; copying one copies its stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/time.hpp"

namespace faultline {

class Rng {
 public:
  explicit Rng(std::uint64_t seed);

  // A stream of its own for the consumer `name`. It depends on this generator's seed and the name
  // alone, not on how much has been drawn, so that adding a consumer does not disturb the others.
  Rng split(std::string_view name) const;
  Rng split(std::uint64_t index) const;

  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound);                   // uniform in [0, bound); bound > 0
  std::int64_t between(std::int64_t low, std::int64_t high);  // uniform in [low, high]
  bool chance(std::uint32_t numerator, std::uint32_t denominator);  // true with that probability
  Duration around(Duration mean);  // uniform in [0, 2 * mean]: what Jepsen's stagger draws
  std::size_t weighted(std::span<const std::uint32_t> weights);  // index, by weight; not all zero

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_;
};

}  // namespace faultline

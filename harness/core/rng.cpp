#include "harness/core/rng.hpp"

#include <bit>
#include <cassert>

namespace faultline {
namespace {

std::uint64_t splitmix64(std::uint64_t& x) {
  x += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = x;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

Rng::Rng(std::uint64_t seed) : seed_(seed), state_{} {
  std::uint64_t x = seed;
  for (auto& word : state_) word = splitmix64(x);
}

Rng Rng::split(std::string_view name) const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return split(hash);
}

Rng Rng::split(std::uint64_t index) const {
  std::uint64_t x = seed_ ^ std::rotl(index, 32);
  std::uint64_t child = splitmix64(x);
  x ^= index;
  child ^= splitmix64(x);
  return Rng(child);
}

std::uint64_t Rng::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Rng::below(std::uint64_t bound) {
  assert(bound > 0);
  // Lemire's multiply-shift with rejection: unbiased, one multiplication in the common case.
  __extension__ typedef unsigned __int128 Wide;
  Wide product = static_cast<Wide>(next()) * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = -bound % bound;
    while (low < threshold) {
      product = static_cast<Wide>(next()) * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::int64_t Rng::between(std::int64_t low, std::int64_t high) {
  assert(low <= high);
  const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const std::uint64_t draw = span == 0 ? next() : below(span);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw);
}

bool Rng::chance(std::uint32_t numerator, std::uint32_t denominator) {
  return below(denominator) < numerator;
}

Duration Rng::around(Duration mean) {
  return mean <= 0 ? 0 : between(0, 2 * mean);
}

std::size_t Rng::weighted(std::span<const std::uint32_t> weights) {
  std::uint64_t total = 0;
  for (const auto w : weights) total += w;
  std::uint64_t draw = below(total);
  std::size_t i = 0;
  while (draw >= weights[i]) draw -= weights[i++];
  return i;
}

}  // namespace faultline

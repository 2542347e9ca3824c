// Search: what the two ways of searching have in common: they can be advanced in slices, so that
// one thread may race them, and they leave evidence behind.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "checkers/linearizability/expansion.hpp"

namespace faultline {

enum class Progress : std::uint8_t { running, valid, invalid };

// The return event beyond which no linearization got so far, and the states in which it was met.
struct Obstacle {
  std::uint32_t position = 0;
  std::vector<std::uint32_t> states;  // sorted

  // True if `at` is farther than the search has been before.
  bool meet(std::uint32_t at, std::uint32_t state) {
    if (at < position) return false;
    const bool farther = at > position || states.empty();
    if (farther) states.clear();
    position = at;
    const auto it = std::lower_bound(states.begin(), states.end(), state);
    if (it == states.end() || *it != state) states.insert(it, state);
    return farther;
  }
};

// An op of a trace. Traces share their beginnings: they form a tree, each node naming its parent.
struct Step {
  static constexpr std::uint32_t kRoot = UINT32_MAX;
  std::uint32_t parent = kRoot;
  std::uint32_t op = 0;
};

// The trace that ends with the step `last`.
inline Trace trace_to(std::uint32_t last, const std::vector<Step>& steps) {
  Trace ops;
  for (std::uint32_t i = last; i != Step::kRoot; i = steps[i].parent) ops.push_back(steps[i].op);
  std::reverse(ops.begin(), ops.end());
  return ops;
}

class Search {
 public:
  virtual ~Search() = default;
  // Takes about `steps` steps, each of them bounded, unless it is decided sooner.
  virtual Progress advance(std::uint64_t steps) = 0;
  virtual const Obstacle& obstacle() const = 0;
  // If valid a linearization of all; otherwise the one that got as far as the obstacle.
  virtual Trace trace() const = 0;
  virtual std::uint64_t visited() const = 0;  // configurations
  virtual std::size_t memory_bytes() const = 0;
};

}  // namespace faultline

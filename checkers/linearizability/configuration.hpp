// Configuration: how far a linearization has come: the state it reached, which of the ops that are
// open now it contains, and which crashed ops it used. Two linearizations of the same
// configuration have the same future, whatever their order was.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>

namespace faultline {

struct Configuration {
  std::uint32_t state = 0;
  std::uint32_t usage = 0;                                      // see crash_usage.hpp
  boost::container::small_vector<std::uint64_t, 1> linearized;  // a bit per slot

  bool has(std::uint32_t slot) const { return linearized[slot / 64] >> slot % 64 & 1; }
  void add(std::uint32_t slot) { linearized[slot / 64] |= std::uint64_t{1} << slot % 64; }
  void remove(std::uint32_t slot) { linearized[slot / 64] &= ~(std::uint64_t{1} << slot % 64); }
};

}  // namespace faultline

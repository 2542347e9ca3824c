// Configuration: how far a linearization has come: the state it reached, which of the ops that are
// open now it contains, and which crashed ops it used. Two linearizations of the same
// configuration have the same future, whatever their order was.
#pragma once

#include <cstdint>
#include <vector>

namespace faultline {

struct Configuration {
  std::uint32_t state = 0;
  std::uint32_t usage = 0;  // see crash_usage.hpp
  // A bit per slot. More than 64 ops open at once are rare, so the first 64 need no allocation.
  std::uint64_t linearized = 0;
  std::vector<std::uint64_t> linearized_beyond;

  bool has(std::uint32_t slot) const {
    const std::uint64_t word = slot < 64 ? linearized : linearized_beyond[slot / 64 - 1];
    return (word >> slot % 64 & 1) != 0;
  }
  void add(std::uint32_t slot) { word_of(slot) |= std::uint64_t{1} << slot % 64; }
  void remove(std::uint32_t slot) { word_of(slot) &= ~(std::uint64_t{1} << slot % 64); }

 private:
  std::uint64_t& word_of(std::uint32_t slot) {
    return slot < 64 ? linearized : linearized_beyond[slot / 64 - 1];
  }
};

}  // namespace faultline

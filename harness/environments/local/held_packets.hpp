// HeldPackets: packets that are under way in the switch, the next one due first; of those due at
// the same time, the one that was added first. Memory is kept for the next ones. For one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "harness/core/time.hpp"

namespace faultline::local {

inline constexpr std::size_t kLongestPacket = 2048;  // the interfaces' MTU is 1500

class HeldPackets {
 public:
  // A second of 64,000 packets; about 128 MiB.
  static constexpr std::size_t kMost = 65'536;

  // `link` is a number that means something to the caller. False: there are too many.
  bool add(Time at, std::size_t link, std::span<const std::uint8_t> packet);

  Time next() const { return heap_.empty() ? kNever : heap_.front().at; }  // due
  std::size_t size() const { return heap_.size(); }

  // Takes the next one out and calls deliver(link, packet). There must be one.
  template <class Deliver>
  void take_next(const Deliver& deliver) {
    const Entry entry = pop();
    deliver(std::size_t{entry.link},
            std::span<const std::uint8_t>(blocks_[entry.block]->data(), entry.size));
    free_.push_back(entry.block);
  }

 private:
  using Block = std::array<std::uint8_t, kLongestPacket>;
  struct Entry {
    Time at;
    std::uint64_t sequence;
    std::uint32_t block;
    std::uint16_t size;
    std::uint16_t link;
  };
  static bool is_later(const Entry& a, const Entry& b);
  Entry pop();

  std::vector<Entry> heap_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::uint32_t> free_;  // of blocks_
  std::uint64_t sequence_ = 0;
};

}  // namespace faultline::local

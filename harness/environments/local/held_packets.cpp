#include "harness/environments/local/held_packets.hpp"

#include <algorithm>
#include <cassert>

namespace faultline::local {

bool HeldPackets::is_later(const Entry& a, const Entry& b) {
  return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
}

bool HeldPackets::add(Time at, std::size_t link, std::span<const std::uint8_t> packet) {
  assert(packet.size() <= kLongestPacket);
  if (heap_.size() == kMost) return false;
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(blocks_.size()));
    blocks_.push_back(std::make_unique<Block>());
  }
  const std::uint32_t block = free_.back();
  free_.pop_back();
  std::copy(packet.begin(), packet.end(), blocks_[block]->begin());
  heap_.push_back(Entry{.at = at,
                        .sequence = sequence_++,
                        .block = block,
                        .size = static_cast<std::uint16_t>(packet.size()),
                        .link = static_cast<std::uint16_t>(link)});
  std::push_heap(heap_.begin(), heap_.end(), is_later);
  return true;
}

HeldPackets::Entry HeldPackets::pop() {
  assert(!heap_.empty());
  std::pop_heap(heap_.begin(), heap_.end(), is_later);
  const Entry entry = heap_.back();
  heap_.pop_back();
  return entry;
}

}  // namespace faultline::local

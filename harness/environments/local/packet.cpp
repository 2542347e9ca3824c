#include "harness/environments/local/packet.hpp"

namespace faultline::local {
namespace {

constexpr std::size_t kShortestHeader = 20;

std::uint32_t big_endian_32(std::span<const std::uint8_t> bytes) {
  return (std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) |
         (std::uint32_t{bytes[2]} << 8) | std::uint32_t{bytes[3]};
}

}  // namespace

std::optional<PacketHeader> read_header(std::span<const std::uint8_t> packet) {
  if (packet.size() < kShortestHeader || (packet[0] >> 4) != 4) return std::nullopt;
  const std::size_t length = std::size_t{packet[0] & 0xfU} * 4;
  if (length < kShortestHeader || length > packet.size()) return std::nullopt;
  return PacketHeader{.source = big_endian_32(packet.subspan(12, 4)),
                      .destination = big_endian_32(packet.subspan(16, 4)),
                      .length = length};
}

bool flip_bit(std::span<std::uint8_t> packet, std::uint64_t chance) {
  const auto header = read_header(packet);
  if (!header || header->length == packet.size()) return false;
  const std::uint64_t bit = chance % ((packet.size() - header->length) * 8);
  packet[header->length + bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  return true;
}

}  // namespace faultline::local

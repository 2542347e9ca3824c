// What the switch must know of an IPv4 packet, and how it damages one. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace faultline::local {

struct PacketHeader {
  std::uint32_t source = 0;       // 10.99.0.1 is 0x0a630001
  std::uint32_t destination = 0;  // the same
  std::size_t length = 0;         // of the header: where what it carries begins
};

// Nothing: no IPv4 packet, or a header that is cut short.
std::optional<PacketHeader> read_header(std::span<const std::uint8_t> packet);

// Flips one bit behind the header: which one, `chance` says; each is as likely if `chance` is
// uniform. A checksum of TCP, UDP or ICMP always finds one flipped bit. Returns false, and does
// nothing, if there is nothing behind the header.
bool flip_bit(std::span<std::uint8_t> packet, std::uint64_t chance);

}  // namespace faultline::local

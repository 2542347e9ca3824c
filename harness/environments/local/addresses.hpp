// Addresses of the private network: node i has 10.99.0.(i + 1), the clients have 10.99.0.200. No
// host but ours can see it.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/node.hpp"

namespace faultline::local {

inline constexpr std::uint32_t kNetwork = 0x0a630000;      // 10.99.0.0
inline constexpr std::uint32_t kNetworkMask = 0xffffff00;  // /24

// The last byte of an address.
inline std::uint8_t host_number(NodeId node) {
  constexpr std::uint8_t kClientsNumber = 200;
  assert(node == kClients || (node >= 0 && node + 1 < kClientsNumber));
  return node == kClients ? kClientsNumber : static_cast<std::uint8_t>(node + 1);
}

inline std::string address_of(NodeId node) {
  return "10.99.0." + std::to_string(host_number(node));
}

// Of that many nodes, and, the last, of the clients: as Guardian::open_ports() wants them.
inline std::vector<std::string> addresses_of(int nodes) {
  std::vector<std::string> addresses;
  for (NodeId node = 0; node < nodes; ++node) addresses.push_back(address_of(node));
  addresses.push_back(address_of(kClients));
  return addresses;
}

}  // namespace faultline::local

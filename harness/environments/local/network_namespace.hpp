// Network namespaces for nodes, each with one network interface whose other end is a descriptor:
// what the switch reads from and writes to. Nothing has a name outside: namespace and interface
// are gone when the descriptors, and the processes inside, are.
//
// Needs CAP_NET_ADMIN and CAP_SYS_ADMIN, which the root of a user namespace has, too.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/environments/local/file_descriptor.hpp"

namespace faultline::local {

// What is behind a port's descriptor. Either gives and takes whole IP packets, one a call.
enum class PortKind : std::uint8_t {
  tun,    // read() and write(); needs /dev/net/tun
  packet  // recv() and sendto(): an AF_PACKET socket at the far end of a veth pair; slower
};

using HardwareAddress = std::array<std::uint8_t, 6>;

struct Port {
  FileDescriptor net_namespace;  // for setns()
  FileDescriptor device;         // non-blocking; the far end of the node's interface
  PortKind kind = PortKind::tun;
  HardwareAddress mac{};    // of the node's interface; for PortKind::packet
  int interface_index = 0;  // of the far end, where the socket is; for PortKind::packet
};

// A namespace for each address ("10.99.0.1", in a net of /24), with the interfaces lo and eth0 up.
// No offloads: packets are whole, of at most 1500 bytes, and their checksums are real. The calling
// thread stays where it is, and so does the process; on an error nothing is left. Error: what the
// machine lacks, and what to do.
Result<std::vector<Port>> open_ports(std::span<const std::string> addresses, PortKind kind);

}  // namespace faultline::local

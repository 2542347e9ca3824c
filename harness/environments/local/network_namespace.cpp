#include "harness/environments/local/network_namespace.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include "harness/environments/local/network_interface.hpp"
#include "harness/environments/local/veth.hpp"

namespace faultline::local {
namespace {

constexpr const char* kInterface = "eth0";
constexpr int kQueueLength = 10'000;             // TUN's own 500 lose packets in a burst
constexpr int kReceiveBuffer = 8 * 1024 * 1024;  // the same for AF_PACKET

Error failure(const char* what, const char* remedy = "") {
  return Error{fmt::format("cannot {}: {}{}", what, std::strerror(errno), remedy)};
}

// The calling thread moves into a network namespace of its own.
Result<FileDescriptor> enter_new_namespace() {
  if (::unshare(CLONE_NEWNET) < 0) {
    return failure("make a network namespace", errno == ENOSPC
                                                   ? "; allow more: sysctl user.max_net_namespaces"
                                                   : "; it needs root, or a user namespace");
  }
  FileDescriptor own(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!own.is_open()) return failure("open /proc/thread-self/ns/net");
  return own;
}

Result<void> enter(const FileDescriptor& net_namespace) {
  if (::setns(net_namespace.get(), CLONE_NEWNET) < 0) return failure("enter a network namespace");
  return {};
}

Result<FileDescriptor> open_tun() {
  FileDescriptor device(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!device.is_open()) {
    return failure("open /dev/net/tun", errno == EACCES ? "; as root: chmod 0666 /dev/net/tun"
                                                        : "; as root: modprobe tun");
  }
  ifreq request{};
  std::string_view(kInterface).copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(device.get(), TUNSETIFF, &request) < 0) return failure("make a TUN interface");
  // Those of an interface just made are off; this says so, whatever the kernel's default.
  if (::ioctl(device.get(), TUNSETOFFLOAD, 0) < 0) return failure("switch a TUN's offloads off");
  return device;
}

// In the calling thread's namespace, which holds the TUN's node side.
Result<void> open_tun_port(const std::string& address, Port& port) {
  auto device = open_tun();
  if (!device) return device.error();
  port.device = std::move(*device);
  NetworkInterface interface(kInterface);
  if (const auto set = interface.set_queue_length(kQueueLength); !set) return set.error();
  if (const auto set = interface.set_address(address); !set) return set.error();
  return interface.set_up();
}

// The socket sees what the node sends through the far end of its veth pair, and nothing else.
Result<FileDescriptor> open_packet_socket(int interface_index) {
  FileDescriptor socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return failure("open a packet socket");
  const int on = 1;
  const int buffer = kReceiveBuffer;
  if (::setsockopt(socket.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0 ||
      ::setsockopt(socket.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) < 0) {
    return failure("set up a packet socket");
  }
  // Only the machine's root may go beyond its limit; else as much as it allows.
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) < 0 &&
      ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer) < 0) {
    return failure("enlarge the buffer of a packet socket");
  }
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_IP);
  address.sll_ifindex = interface_index;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    return failure("bind a packet socket");
  }
  return socket;
}

// In the namespace of the far ends.
Result<void> open_far_end(const std::string& name, Port& port) {
  const auto pair = create_veth_pair(name, kInterface, port.net_namespace.get());
  if (!pair) return pair.error();
  NetworkInterface interface(name);
  const auto index = interface.index();
  if (!index) return index.error();
  port.interface_index = *index;
  if (const auto set = interface.switch_offloads_off(); !set) return set.error();
  if (const auto set = interface.set_up(IFF_NOARP); !set) return set.error();
  auto socket = open_packet_socket(*index);
  if (!socket) return socket.error();
  port.device = std::move(*socket);
  return {};
}

// In the node's namespace. Without ARP a node sends to its own hardware address, which no stack at
// the far end takes for its own: the packet socket alone sees the packet.
Result<void> set_up_near_end(const std::string& address, Port& port) {
  NetworkInterface interface(kInterface);
  const auto mac = interface.hardware_address();
  if (!mac) return mac.error();
  port.mac = *mac;
  if (const auto set = interface.switch_offloads_off(); !set) return set.error();
  if (const auto set = interface.set_address(address); !set) return set.error();
  return interface.set_up(IFF_NOARP);
}

Result<void> open_packet_port(const FileDescriptor& far_ends, const std::string& far_name,
                              const std::string& address, Port& port) {
  if (const auto entered = enter(far_ends); !entered) return entered.error();
  if (const auto opened = open_far_end(far_name, port); !opened) return opened.error();
  if (const auto entered = enter(port.net_namespace); !entered) return entered.error();
  return set_up_near_end(address, port);
}

// In a thread of its own, which moves about and ends.
Result<std::vector<Port>> open_ports_here(std::span<const std::string> addresses, PortKind kind) {
  FileDescriptor far_ends;  // their namespace; it lives on by the sockets in it
  if (kind == PortKind::packet) {
    auto entered = enter_new_namespace();
    if (!entered) return entered.error();
    far_ends = std::move(*entered);
  }
  std::vector<Port> ports;
  for (const auto& address : addresses) {
    auto own = enter_new_namespace();
    if (!own) return own.error();
    Port port{.net_namespace = std::move(*own), .device = {}, .kind = kind};
    NetworkInterface loopback("lo");
    if (const auto set = loopback.set_up(); !set) return set.error();
    const std::string far_name = fmt::format("node{}", ports.size());
    const auto opened = kind == PortKind::tun ? open_tun_port(address, port)
                                              : open_packet_port(far_ends, far_name, address, port);
    if (!opened) return opened.error();
    ports.push_back(std::move(port));
  }
  return ports;
}

}  // namespace

// A thread's network namespace is its own, its descriptors are the process's. So nobody has to
// find the way back, which in a user namespace is barred.
Result<std::vector<Port>> open_ports(std::span<const std::string> addresses, PortKind kind) {
  Result<std::vector<Port>> ports = Error{};
  std::thread([&] { ports = open_ports_here(addresses, kind); }).join();
  return ports;
}

}  // namespace faultline::local

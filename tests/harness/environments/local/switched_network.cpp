#include "tests/harness/environments/local/switched_network.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <iostream>
#include <thread>
#include <utility>

#include "harness/environments/local/addresses.hpp"

namespace faultline::local {
namespace {

constexpr int kPort = 7000;

[[noreturn]] void fail(const char* what) {
  std::cerr << what << ": " << std::strerror(errno) << "\n";
  std::abort();
}

void check(bool holds, const char* what) {
  if (!holds) fail(what);
}

bool write_file(const char* path, const std::string& text) {
  const FileDescriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  return ::write(file.get(), text.data(), text.size()) >= 0;
}

// A receiver that waits for its turn on a busy machine loses nothing.
void enlarge_buffer(const FileDescriptor& socket) {
  const int bytes = 8 * 1024 * 1024;
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) == 0) return;
  check(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) == 0, "SO_RCVBUF");
}

void in_namespace(const Port& port, const std::function<void()>& act) {
  std::thread([&] {
    check(::setns(port.net_namespace.get(), CLONE_NEWNET) == 0, "setns");
    act();
  }).join();
}

Result<void> enter_user_namespace() {
  const auto user = ::geteuid();
  const auto group = ::getegid();
  if (::unshare(CLONE_NEWUSER) < 0) {
    return Error{fmt::format("no user namespaces here: {}", std::strerror(errno))};
  }
  if (!write_file("/proc/self/setgroups", "deny") ||
      !write_file("/proc/self/uid_map", fmt::format("0 {} 1", user)) ||
      !write_file("/proc/self/gid_map", fmt::format("0 {} 1", group))) {
    return Error{fmt::format("user namespaces are restricted here: {}", std::strerror(errno))};
  }
  return {};
}

}  // namespace

sockaddr_in socket_address(NodeId node) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(kPort);
  check(::inet_pton(AF_INET, address_of(node).c_str(), &out.sin_addr) == 1, "inet_pton");
  return out;
}

Result<void> may_make_namespaces() {
  static const Result<void> entered = ::geteuid() == 0 ? Result<void>{} : enter_user_namespace();
  return entered;
}

Result<std::vector<Port>> open_node_ports(int nodes, PortKind kind) {
  return open_ports(addresses_of(nodes), kind);
}

std::vector<SwitchPort> switch_ports(std::vector<Port>& from) {
  std::vector<SwitchPort> out;
  for (std::size_t i = 0; i < from.size(); ++i) {
    out.push_back({.node = i + 1 == from.size() ? kClients : static_cast<NodeId>(i),
                   .device = std::move(from[i].device),
                   .kind = from[i].kind,
                   .mac = from[i].mac,
                   .interface_index = from[i].interface_index});
  }
  return out;
}

SwitchedNetwork::SwitchedNetwork(std::vector<Port> ports, std::unique_ptr<Capture> capture)
    : ports_(std::move(ports)),
      switch_(std::make_unique<Switch>(switch_ports(ports_), Rng(1), std::move(capture))) {}

LinkCounters SwitchedNetwork::counters(NodeId from, NodeId to) const {
  return switch_->counters().at({from, to});
}

const Port& SwitchedNetwork::port(NodeId node) const {
  return node == kClients ? ports_.back() : ports_.at(static_cast<std::size_t>(node));
}

FileDescriptor SwitchedNetwork::socket(NodeId node, int type, int protocol) const {
  return open_node_socket(port(node), node, type, protocol);
}

void SwitchedNetwork::delete_interface(NodeId node) {
  in_namespace(port(node), [] {
    struct {
      nlmsghdr header{};
      ifinfomsg interface {};
    } request;
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = RTM_DELLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    request.interface.ifi_index = static_cast<int>(::if_nametoindex("eth0"));
    const FileDescriptor kernel(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    check(::send(kernel.get(), &request, sizeof request, 0) > 0, "RTM_DELLINK");
    std::array<char, 4096> answer{};
    check(::recv(kernel.get(), answer.data(), answer.size(), 0) > 0, "RTM_DELLINK");
    check(::if_nametoindex("eth0") == 0, "the interface is still there");
  });
}

FileDescriptor open_node_socket(const Port& port, NodeId node, int type, int protocol) {
  FileDescriptor out;
  in_namespace(port, [&] {
    out = FileDescriptor(::socket(AF_INET, type | SOCK_CLOEXEC, protocol));
    check(out.is_open(), "socket");
  });
  const int on = 1;
  ::setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (type == SOCK_DGRAM) enlarge_buffer(out);
  const auto address = socket_address(node);
  check(::bind(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
        "bind");
  return out;
}

void send_to(const FileDescriptor& from, NodeId to, std::string_view bytes) {
  const auto address = socket_address(to);
  check(::sendto(from.get(), bytes.data(), bytes.size(), 0,
                 reinterpret_cast<const sockaddr*>(&address), sizeof address) >= 0,
        "sendto");
}

std::optional<std::string> receive(const FileDescriptor& at, Duration timeout) {
  pollfd wanted{.fd = at.get(), .events = POLLIN, .revents = 0};
  const timespec wait{.tv_sec = timeout / kSecond, .tv_nsec = timeout % kSecond};
  const int ready = ::ppoll(&wanted, 1, &wait, nullptr);
  check(ready >= 0, "ppoll");
  if (ready == 0) return std::nullopt;
  std::array<char, 4096> bytes{};
  const ssize_t size = ::recv(at.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0 && errno == EAGAIN) return std::nullopt;  // its checksum was wrong
  check(size >= 0, "recv");
  return std::string(bytes.data(), static_cast<std::size_t>(size));
}

Connection connect(const SwitchedNetwork& network, NodeId from, NodeId to) {
  const FileDescriptor listener = network.socket(to, SOCK_STREAM);
  Connection out{.client = network.socket(from, SOCK_STREAM), .server = {}};
  check(::listen(listener.get(), 1) == 0, "listen");
  const auto address = socket_address(to);
  check(
      ::connect(out.client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
      "connect");
  out.server = FileDescriptor(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  check(out.server.is_open(), "accept");
  return out;
}

Time monotonic_now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace faultline::local

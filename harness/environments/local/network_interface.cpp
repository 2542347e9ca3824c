#include "harness/environments/local/network_interface.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "harness/environments/local/link_request.hpp"

namespace faultline::local {

NetworkInterface::NetworkInterface(std::string name)
    : name_(std::move(name)), socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

ifreq NetworkInterface::request() const {
  ifreq out{};
  name_.copy(out.ifr_name, IFNAMSIZ - 1);
  return out;
}

Result<void> NetworkInterface::call(unsigned long request_code, ifreq& argument, const char* what) {
  if (::ioctl(socket_.get(), request_code, &argument) < 0) {
    return Error{fmt::format("interface {}: cannot {}: {}", name_, what, std::strerror(errno))};
  }
  return {};
}

Result<void> NetworkInterface::set_ipv4(unsigned long request_code, const std::string& address,
                                        const char* what) {
  sockaddr_in socket_address{};
  socket_address.sin_family = AF_INET;
  if (::inet_pton(AF_INET, address.c_str(), &socket_address.sin_addr) != 1) {
    return Error{fmt::format("interface {}: {} is no IPv4 address", name_, address)};
  }
  ifreq argument = request();
  std::memcpy(&argument.ifr_addr, &socket_address, sizeof socket_address);
  return call(request_code, argument, what);
}

Result<void> NetworkInterface::set_address(const std::string& address) {
  const auto set = set_ipv4(SIOCSIFADDR, address, "set its address");
  if (!set) return set.error();
  return set_ipv4(SIOCSIFNETMASK, "255.255.255.0", "set its net mask");
}

Result<void> NetworkInterface::set_up(short flags_too) {
  ifreq argument = request();
  const auto read = call(SIOCGIFFLAGS, argument, "read its flags");
  if (!read) return read.error();
  argument.ifr_flags = static_cast<short>(argument.ifr_flags | IFF_UP | flags_too);
  return call(SIOCSIFFLAGS, argument, "set it up");
}

Result<void> NetworkInterface::set_queue_length(int packets) {
  // By netlink: the ioctl for it is root's alone.
  LinkRequest change(LinkRequest::What::change);
  change.add_name(name_);
  change.add(IFLA_TXQLEN, static_cast<std::uint32_t>(packets));
  const int error = change.send();
  if (error == 0) return {};
  return Error{fmt::format("interface {}: cannot set the length of its queue: {}", name_,
                           std::strerror(error))};
}

Result<void> NetworkInterface::switch_offloads_off() {
  for (const unsigned command :
       {ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_SSG}) {
    ethtool_value value{.cmd = command, .data = 0};
    ifreq argument = request();
    argument.ifr_data = reinterpret_cast<char*>(&value);
    if (::ioctl(socket_.get(), SIOCETHTOOL, &argument) < 0 && errno != EOPNOTSUPP) {
      return Error{fmt::format("interface {}: cannot switch its offloads off: {}", name_,
                               std::strerror(errno))};
    }
  }
  return {};
}

Result<std::array<std::uint8_t, 6>> NetworkInterface::hardware_address() {
  ifreq argument = request();
  const auto read = call(SIOCGIFHWADDR, argument, "read its address");
  if (!read) return read.error();
  std::array<std::uint8_t, 6> out{};
  std::memcpy(out.data(), argument.ifr_hwaddr.sa_data, out.size());
  return out;
}

Result<int> NetworkInterface::index() {
  ifreq argument = request();
  const auto read = call(SIOCGIFINDEX, argument, "read its index");
  if (!read) return read.error();
  return argument.ifr_ifindex;
}

}  // namespace faultline::local

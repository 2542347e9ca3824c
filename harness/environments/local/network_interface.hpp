// A network interface of the calling thread's network namespace, by name: its address, flags and
// offloads. By ioctl and
// netlink, since the machine may have no `ip` and no `ethtool`.
#pragma once

#include <net/if.h>

#include <array>
#include <cstdint>
#include <string>

#include "harness/core/result.hpp"
#include "harness/environments/local/file_descriptor.hpp"

namespace faultline::local {

class NetworkInterface {
 public:
  explicit NetworkInterface(std::string name);

  // Each: error with the name, what was to be done, and what the kernel said.
  Result<void> set_address(const std::string& address);  // IPv4, net of /24
  Result<void> set_up(short flags_too = 0);              // and adds those, e.g. IFF_NOARP
  Result<void> set_queue_length(int packets);
  Result<void> switch_offloads_off();  // checksums, segmentation; what it does not have is off
  Result<std::array<std::uint8_t, 6>> hardware_address();
  Result<int> index();

 private:
  ifreq request() const;
  Result<void> call(unsigned long request_code, ifreq& argument, const char* what);
  Result<void> set_ipv4(unsigned long request_code, const std::string& address, const char* what);

  std::string name_;
  FileDescriptor socket_;  // any will do
};

}  // namespace faultline::local

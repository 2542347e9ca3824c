// Netlink requests about one network interface, since the machine may have no `ip`: headers and
// attributes, one after the other, each aligned to four bytes; an attribute that holds others is
// closed once its length is known. An ordinary user may make them in a namespace of their own,
// where some of the older ioctls are root's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace faultline::local {

class LinkRequest {
 public:
  enum class What { create, change };
  explicit LinkRequest(What what);

  void append_interface();
  void add(unsigned short type, std::string_view bytes);
  void add(unsigned short type, std::uint32_t number);
  void add_name(const std::string& name);
  std::size_t open(unsigned short type);  // until close() of what it returned
  void close(std::size_t at);

  // Sends it. The kernel's error number, 0 for done.
  int send();

 private:
  void append(const void* from, std::size_t count);

  std::array<char, 512> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace faultline::local

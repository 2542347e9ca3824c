#include "harness/environments/local/veth.hpp"

#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "harness/environments/local/file_descriptor.hpp"

namespace faultline::local {
namespace {

// A netlink request of one interface: headers and attributes, one after the other, each aligned
// to four bytes; an attribute that holds others is closed once its length is known.
class LinkRequest {
 public:
  LinkRequest() {
    nlmsghdr header{};
    header.nlmsg_type = RTM_NEWLINK;
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    append(&header, sizeof header);
    append_interface();
  }

  void append_interface() {
    const ifinfomsg any{};
    append(&any, sizeof any);
  }
  void add(unsigned short type, std::string_view bytes) {
    const std::size_t at = open(type);
    append(bytes.data(), bytes.size());
    close(at);
  }
  void add_name(const std::string& name) { add(IFLA_IFNAME, {name.c_str(), name.size() + 1}); }
  std::size_t open(unsigned short type) {
    const std::size_t at = size_;
    rtattr attribute{};
    attribute.rta_type = type;
    append(&attribute, sizeof attribute);
    return at;
  }
  void close(std::size_t at) {
    const auto length = static_cast<unsigned short>(size_ - at);
    std::memcpy(bytes_.data() + at + offsetof(rtattr, rta_len), &length, sizeof length);
    size_ = (size_ + 3) & ~std::size_t{3};
  }
  std::string_view finish() {
    const auto length = static_cast<std::uint32_t>(size_);
    std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
    return {bytes_.data(), size_};
  }

 private:
  void append(const void* from, std::size_t count) {
    assert(size_ + count <= bytes_.size());
    std::memcpy(bytes_.data() + size_, from, count);
    size_ += count;
  }

  std::array<char, 512> bytes_{};
  std::size_t size_ = 0;
};

std::string failure(int error) {
  return fmt::format("cannot make a veth pair: {}", std::strerror(error));
}

// The kernel's answer to a request: its error number, 0 for done.
int ask_kernel(std::string_view request) {
  const FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket.is_open()) return errno;
  if (::send(socket.get(), request.data(), request.size(), 0) < 0) return errno;
  std::array<char, 4096> answer{};
  const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
  if (size < 0) return errno;
  nlmsghdr header{};
  nlmsgerr verdict{};
  if (static_cast<std::size_t>(size) < NLMSG_HDRLEN + sizeof verdict.error) return EPROTO;
  std::memcpy(&header, answer.data(), sizeof header);
  std::memcpy(&verdict.error, answer.data() + NLMSG_HDRLEN, sizeof verdict.error);
  return header.nlmsg_type == NLMSG_ERROR ? -verdict.error : EPROTO;
}

}  // namespace

Result<void> create_veth_pair(const std::string& name, const std::string& peer_name,
                              int peer_namespace) {
  LinkRequest request;
  request.add_name(name);
  const std::size_t info = request.open(IFLA_LINKINFO);
  request.add(IFLA_INFO_KIND, "veth");
  const std::size_t data = request.open(IFLA_INFO_DATA);
  const std::size_t peer = request.open(VETH_INFO_PEER);
  request.append_interface();
  request.add_name(peer_name);
  const auto descriptor = static_cast<std::uint32_t>(peer_namespace);
  request.add(IFLA_NET_NS_FD, {reinterpret_cast<const char*>(&descriptor), sizeof descriptor});
  request.close(peer);
  request.close(data);
  request.close(info);
  const int error = ask_kernel(request.finish());
  if (error != 0) return Error{failure(error)};
  return {};
}

}  // namespace faultline::local

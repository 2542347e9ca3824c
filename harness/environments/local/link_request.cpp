#include "harness/environments/local/link_request.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "harness/environments/local/file_descriptor.hpp"

namespace faultline::local {

LinkRequest::LinkRequest(What what) {
  nlmsghdr header{};
  header.nlmsg_type = RTM_NEWLINK;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  if (what == What::create) header.nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
  append(&header, sizeof header);
  append_interface();
}

void LinkRequest::append_interface() {
  const ifinfomsg any{};
  append(&any, sizeof any);
}

void LinkRequest::add(unsigned short type, std::string_view bytes) {
  const std::size_t at = open(type);
  append(bytes.data(), bytes.size());
  close(at);
}

void LinkRequest::add(unsigned short type, std::uint32_t number) {
  add(type, {reinterpret_cast<const char*>(&number), sizeof number});
}

void LinkRequest::add_name(const std::string& name) {
  add(IFLA_IFNAME, {name.c_str(), name.size() + 1});
}

std::size_t LinkRequest::open(unsigned short type) {
  const std::size_t at = size_;
  rtattr attribute{};
  attribute.rta_type = type;
  append(&attribute, sizeof attribute);
  return at;
}

void LinkRequest::close(std::size_t at) {
  const auto length = static_cast<unsigned short>(size_ - at);
  std::memcpy(bytes_.data() + at + offsetof(rtattr, rta_len), &length, sizeof length);
  size_ = (size_ + 3) & ~std::size_t{3};
}

int LinkRequest::send() {
  const auto length = static_cast<std::uint32_t>(size_);
  std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
  const FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket.is_open()) return errno;
  if (::send(socket.get(), bytes_.data(), size_, 0) < 0) return errno;
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

void LinkRequest::append(const void* from, std::size_t count) {
  assert(size_ + count <= bytes_.size());
  std::memcpy(bytes_.data() + size_, from, count);
  size_ += count;
}

}  // namespace faultline::local

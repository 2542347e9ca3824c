#include "harness/environments/local/channel.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace faultline::local {
namespace {

constexpr std::size_t kMostBytes = std::size_t{128} << 10;

Error failure(const char* what) {
  return Error{fmt::format("{}: {}", what, std::strerror(errno))};
}

void take_files(const msghdr& header, std::vector<FileDescriptor>& files) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
       part = CMSG_NXTHDR(const_cast<msghdr*>(&header), part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      files.emplace_back(fd);
    }
  }
}

}  // namespace

Result<std::pair<Channel, Channel>> Channel::make_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return failure("a socket pair cannot be made");
  }
  return std::pair(Channel(FileDescriptor(ends[0])), Channel(FileDescriptor(ends[1])));
}

Result<void> Channel::send(const nlohmann::json& body, const std::vector<int>& files) {
  std::string text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() > kMostBytes || files.size() > kMostFiles) {
    return Error{"a message to another process is too large"};
  }
  iovec bytes{text.data(), text.size()};
  msghdr header{};
  header.msg_iov = &bytes;
  header.msg_iovlen = 1;
  std::vector<char> control(CMSG_SPACE(files.size() * sizeof(int)));
  if (!files.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(files.size() * sizeof(int));
    std::memcpy(CMSG_DATA(part), files.data(), files.size() * sizeof(int));
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket_.get(), &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return failure("a message to another process cannot be sent");
  return {};
}

Result<Message> Channel::receive() {
  std::string text(kMostBytes, '\0');
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostFiles * sizeof(int))> control{};
  iovec bytes{text.data(), text.size()};
  msghdr header{};
  header.msg_iov = &bytes;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t received = 0;
  do {
    received = ::recvmsg(socket_.get(), &header, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return failure("a message of another process cannot be received");
  if (received == 0) return Error{"the other process is gone"};
  Message message;
  take_files(header, message.files);
  text.resize(static_cast<std::size_t>(received));
  message.body = nlohmann::json::parse(text, nullptr, false);
  if ((header.msg_flags & MSG_CTRUNC) != 0) {
    return Error{"too many files are open; the limit can be raised: ulimit -n"};
  }
  const bool whole = (header.msg_flags & MSG_TRUNC) == 0;
  if (!whole || !message.body.is_object()) return Error{"another process sent what is no message"};
  return message;
}

}  // namespace faultline::local

#include "harness/store/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace faultline {
namespace {

constexpr std::size_t kWriteAt = 16384;

}  // namespace

Result<Journal> Journal::create(const std::filesystem::path& path) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) {
    return Error{fmt::format("{}: cannot create the journal: {}", path.string(),
                             errno == EEXIST ? "it exists, and a recorded run is not overwritten"
                                             : std::strerror(errno))};
  }
  Journal journal(path.string(), fd);
  const Result<void> written = journal.flush();
  if (!written) return written.error();
  return journal;
}

Journal::Journal(std::string path, int fd) : path_(std::move(path)), fd_(fd) {
  buffer_.reserve(kWriteAt + kWriteAt / 4);
  buffer_ = formats::kJsonlHeader;
}

Journal::Journal(Journal&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      error_(other.error_),
      buffer_(std::move(other.buffer_)),
      encoder_(std::move(other.encoder_)) {}

Journal::~Journal() {
  if (fd_ < 0) return;
  if (error_ == 0) (void)write_buffer();
  ::close(fd_);
}

Result<void> Journal::append(const Op& op) {
  if (error_ == 0) {
    encoder_.append(buffer_, op);
    if (buffer_.size() < kWriteAt) return {};
  }
  return write_buffer();
}

Result<void> Journal::flush() {
  return write_buffer();
}

Result<void> Journal::write_buffer() {
  std::size_t written = 0;
  while (error_ == 0 && written < buffer_.size()) {
    const ssize_t n = ::write(fd_, buffer_.data() + written, buffer_.size() - written);
    if (n >= 0) {
      written += static_cast<std::size_t>(n);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
  if (error_ == 0) return {};
  return Error{fmt::format("{}: cannot write the journal: {}", path_, std::strerror(error_))};
}

}  // namespace faultline

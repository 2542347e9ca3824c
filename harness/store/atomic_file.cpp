#include "harness/store/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

namespace faultline {
namespace {

namespace fs = std::filesystem;

Error failed(const fs::path& path, std::string_view what, int error) {
  return Error{fmt::format("{}: cannot {} it: {}", path.string(), what, std::strerror(error))};
}

Error in_the_way(const fs::path& path) {
  return Error{fmt::format("{}: it exists, and is not overwritten", path.string())};
}

// Not every file system can rename without replacing; then there is a moment between look and leap.
int rename_to_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(to, ignored))) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const fs::path& path, Existing existing) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  error.clear();  // whatever is in the way of looking is in the way of creating, too
  if (fs::exists(status)) {
    if (existing == Existing::refuse) return in_the_way(path);
    if (!fs::is_regular_file(status)) {
      return Error{path.string() + ": cannot replace it: it is no regular file"};
    }
  }
  // A link stays one: what it leads to is replaced.
  AtomicFile file(fs::exists(status) ? fs::canonical(path, error) : path, existing);
  if (error) return failed(path, "replace", error.value());
  file.fd_ = ::open(file.temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file.fd_ < 0) return failed(path, "create", errno);
  return file;
}

AtomicFile::AtomicFile(fs::path path, Existing existing)
    : path_(std::move(path)), temporary_(path_), existing_(existing) {
  temporary_ += fmt::format(".{}.tmp", ::getpid());
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      existing_(other.existing_),
      fd_(std::exchange(other.fd_, -1)) {}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

Result<void> AtomicFile::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd_, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      return failed(path_, "write", errno);
    }
  }
  return {};
}

Result<void> AtomicFile::commit() {
  int error = ::close(std::exchange(fd_, -1)) == 0 ? 0 : errno;
  if (error == 0 && existing_ == Existing::refuse) {
    error = rename_to_new(temporary_, path_);
  } else if (error == 0 && ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) return {};
  ::unlink(temporary_.c_str());
  if (error == EEXIST) return in_the_way(path_);
  return failed(path_, "write", error);
}

Result<void> replace_file(const fs::path& path, std::string_view text) {
  auto file = AtomicFile::create(path, AtomicFile::Existing::replace);
  if (!file) return file.error();
  if (Result<void> written = file->write(text); !written) return written;
  return file->commit();
}

}  // namespace faultline

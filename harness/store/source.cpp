#include "harness/store/source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace faultline {
namespace {

Error cannot_read(const std::string& name, int error) {
  return Error{fmt::format("{}: cannot read it: {}", name, std::strerror(error))};
}

}  // namespace

Result<Source> Source::open(const std::filesystem::path& path) {
  Source source(path.string());
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) {
    if (errno == ENOENT) return Error{source.name_ + ": no such file"};
    return cannot_read(source.name_, errno);
  }
  const Result<void> loaded = source.load(fd);
  ::close(fd);
  if (!loaded) return loaded.error();
  return source;
}

Result<void> Source::load(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return cannot_read(name_, errno);
  if (S_ISDIR(status.st_mode)) {
    return Error{name_ + ": it is a directory; expected a file"};
  }
  if (S_ISREG(status.st_mode) && status.st_size > 0) {
    return map(fd, static_cast<std::size_t>(status.st_size));
  }
  // A pipe, or one of the kernel's files, whose size is not known beforehand.
  std::array<char, 65536> chunk{};
  for (;;) {
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_read(name_, errno);
    if (n == 0) break;
    owned_.append(chunk.data(), static_cast<std::size_t>(n));
  }
  owned_.reserve(owned_.size() + kPadding);
  return {};
}

// The file is laid over the beginning of a mapping that is longer by the padding.
Result<void> Source::map(int fd, std::size_t size) {
  void* const whole =
      ::mmap(nullptr, size + kPadding, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (whole == MAP_FAILED) return cannot_read(name_, errno);
  mapping_ = whole;
  mapped_size_ = size;
  if (::mmap(whole, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
    return cannot_read(name_, errno);
  }
  ::madvise(whole, size, MADV_SEQUENTIAL);
  return {};
}

Source Source::of_text(std::string name, std::string text) {
  Source source(std::move(name));
  source.owned_ = std::move(text);
  source.owned_.reserve(source.owned_.size() + kPadding);
  return source;
}

Source::Source(Source&& other) noexcept
    : name_(std::move(other.name_)),
      owned_(std::move(other.owned_)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapped_size_(std::exchange(other.mapped_size_, 0)) {}

Source::~Source() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_size_ + kPadding);
}

std::string_view Source::text() const {
  if (mapping_ != nullptr) return {static_cast<const char*>(mapping_), mapped_size_};
  return owned_;
}

std::size_t Source::line_at(std::size_t offset) const {
  const std::string_view before = text().substr(0, offset);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

Error Source::error(std::size_t offset, std::string_view what) const {
  const std::string_view before = text().substr(0, offset);
  std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  if (line_start == 0 && text().starts_with(kByteOrderMark)) line_start = kByteOrderMark.size();
  const std::size_t column = offset < line_start ? 1 : offset - line_start + 1;
  return Error{fmt::format("{}:{}:{}: {}", name_, line_at(offset), column, what)};
}

std::string show_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte > 0x20 && byte < 0x7F) return fmt::format("'{}'", c);
  if (c == ' ') return "a blank";
  if (c == '\n') return "the end of the line";
  return fmt::format("byte 0x{:02x}", byte);
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::string shown(text.substr(0, kMost));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte >= 0x7F;
      },
      '?');
  if (text.size() > kMost) shown += "...";
  return shown;
}

Lines::Lines(std::string_view text)
    : text_(text), at_(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0) {}

bool Lines::next(Line& line) {
  if (at_ >= text_.size()) return false;
  const std::size_t end = text_.find('\n', at_);
  line.terminated = end != std::string_view::npos;
  line.offset = at_;
  line.number = ++number_;
  line.text = text_.substr(at_, line.terminated ? end - at_ : std::string_view::npos);
  at_ += line.text.size() + 1;
  if (line.terminated && line.text.ends_with('\r')) line.text.remove_suffix(1);
  return true;
}

}  // namespace faultline

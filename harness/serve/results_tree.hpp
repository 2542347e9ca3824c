// ResultsTree: the files under results/, and nothing else of the machine.
//
// Every file is opened by the kernel relative to one directory that it must not leave
// (openat2 with RESOLVE_BENEATH): "..", absolute paths, links that lead outside, links in /proc are
// refused whatever the path looks like, and however the tree changes meanwhile. Only regular files
// and directories are opened. Immutable once open; any thread.
#pragma once

#include <dirent.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/result.hpp"

namespace faultline::serve {

// Owns a file descriptor. Movable.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return fd_; }

 private:
  int fd_;
};

using Nanoseconds = std::int64_t;  // since 1970

struct OpenFile {
  FileDescriptor fd;
  std::uint64_t size = 0;
  Nanoseconds modified = 0;

  // Up to `count` bytes from `offset`; shorter at the end of the file, empty if it cannot be read.
  std::string read(std::uint64_t offset, std::size_t count) const;
  // Does anybody still write to it? Nothing if the file system cannot say.
  std::optional<bool> has_writer() const;
};

struct Entry {
  enum class Kind : std::uint8_t { file, directory, other };  // a link is other
  std::string name;
  Kind kind = Kind::other;
  std::uint64_t size = 0;
  Nanoseconds modified = 0;
};

class ResultsTree {
 public:
  // Error: it is no directory that can be read, or the kernel lacks openat2 (before 5.6).
  static Result<ResultsTree> open(const std::filesystem::path& root);

  // Nothing if there is no such regular file, or it cannot be reached or read.
  std::optional<OpenFile> file(std::string_view path) const;
  // The whole text of a file that has at most `most` bytes.
  std::optional<std::string> text(std::string_view path, std::size_t most) const;

  // What is in a directory ("." is the root), in order of names; empty if there is none.
  std::vector<Entry> list(std::string_view path) const;
  // The names of the directories in a directory, in no order: much faster than its list.
  std::vector<std::string> folders(std::string_view path) const;
  // All regular files below a directory, by their paths from there; at most `most` of them.
  std::vector<Entry> files_below(std::string_view path, std::size_t most) const;

  // The tree of a directory of this one: of many paths, the kernel then walks their beginning once.
  // Nothing if there is none.
  std::optional<ResultsTree> below(std::string_view path) const;
  // What the root has of this name, which is no path; nothing if there is nothing.
  std::optional<Entry> entry(const std::string& name) const;

  // Where the link results/<path>, which is relative, leads to; nothing if it is no link.
  std::optional<std::string> link(std::string_view path) const;

 private:
  using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

  explicit ResultsTree(FileDescriptor root) : root_(std::move(root)) {}
  int open_beneath(std::string_view path, int flags) const;
  Directory directory(std::string_view path) const;  // null if there is none

  FileDescriptor root_;
};

}  // namespace faultline::serve

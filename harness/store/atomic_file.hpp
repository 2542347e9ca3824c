// AtomicFile: a file that appears under its name only when it is complete: it is written beside it
// and renamed. One thread at a time. Movable; what was not committed is removed when it is
// destroyed.
#pragma once

#include <filesystem>
#include <string_view>

#include "harness/core/result.hpp"

namespace faultline {

class AtomicFile {
 public:
  // A file of that name is replaced on commit(), or else it is an error, now or then. What is no
  // regular file (a directory, a device) is never replaced.
  enum class Existing { replace, refuse };
  static Result<AtomicFile> create(const std::filesystem::path& path, Existing existing);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  // Unbuffered.
  Result<void> write(std::string_view text);
  Result<void> commit();

 private:
  AtomicFile(std::filesystem::path path, Existing existing);

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  Existing existing_;
  int fd_ = -1;
};

// A file with that text, in place of what was there.
Result<void> replace_file(const std::filesystem::path& path, std::string_view text);

}  // namespace faultline

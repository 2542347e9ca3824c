// Journal: the history of a run as it is recorded, in a file that only grows (history.jsonl).
//
// Lines are gathered in a buffer and handed to the kernel when it passes 16 KiB and on flush() (see
// JournalFlusher), so what was flushed outlives the program; it is not synced to the disk. One
// thread at a time. Movable; closes the file when it is destroyed.
#pragma once

#include <filesystem>
#include <string>

#include "harness/core/op.hpp"
#include "harness/core/result.hpp"
#include "harness/store/formats/jsonl.hpp"

namespace faultline {

class Journal {
 public:
  // Creates the file and writes its header at once. A file that exists is never overwritten.
  static Result<Journal> create(const std::filesystem::path& path);

  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;
  ~Journal();  // writes what is left; call flush() before, to hear of errors

  // After an error (the disk is full) every later call returns the same error, and nothing is
  // written behind the gap.
  Result<void> append(const Op& op);
  Result<void> flush();

 private:
  Journal(std::string path, int fd);
  Result<void> write_buffer();

  std::string path_;
  int fd_;
  int error_ = 0;  // errno of the write that failed
  std::string buffer_;
  formats::JsonlEncoder encoder_;
};

}  // namespace faultline

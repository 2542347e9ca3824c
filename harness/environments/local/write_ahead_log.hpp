// WriteAheadLog: what a node of our own must not forget, in a file. Records are appended in memory;
// sync() writes those since the last one as one block, and returns when they survive a power
// failure. A block goes to disk only when those before it are safe, so:
//   - A file that ends within a block, or has sectors of it that were never written, was torn by a
//     crash in the midst of a sync(): nobody was told of that block, and it is cut off.
//   - Any other flaw is damage to what was promised to be safe: the log does not open.
//
// A block: length of the body (4 bytes, little-endian), CRC-32 of the body, CRC-32 of the block's
// place in the file and of both numbers; then the body: for each record its length (4) and bytes.
// One thread; locked against a second process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"
#include "harness/environments/local/file_descriptor.hpp"

namespace faultline::local {

inline constexpr const char* kLogFile = "write-ahead.log";
inline constexpr std::size_t kMostRecordBytes = std::size_t{1} << 30;

class WriteAheadLog {
 public:
  struct Recovered {
    std::vector<Bytes> records;  // in the order they were appended
    std::string note;            // what was cut off, if anything was
  };

  // Opens the log in `directory`, which exists, or begins one. What was recovered is safe on disk.
  // Error: the log is damaged, in use, or cannot be read.
  static Result<WriteAheadLog> open(const std::string& directory, Recovered& recovered);

  void append(std::string_view record);
  // Not to be let grow beyond kMostRecordBytes, plus one record.
  std::size_t unsynced_bytes() const { return body_.size(); }
  // After an error it is unknown what is on disk: the node must stop (its next life finds out).
  Result<void> sync();
  // The log is `records` from now on, what was appended and not synced is gone: a new file takes
  // the place of the old one when it is safe, so that a crash leaves either. Errors as of sync().
  Result<void> rewrite(const std::vector<Bytes>& records);

 private:
  WriteAheadLog(FileDescriptor file, std::string directory, std::uint64_t end)
      : file_(std::move(file)), directory_(std::move(directory)), end_(end) {}

  std::string path() const { return directory_ + "/" + kLogFile; }

  FileDescriptor file_;
  std::string directory_;
  std::uint64_t end_;  // of the file: where the next block begins
  std::string body_;   // of the next block
};

}  // namespace faultline::local

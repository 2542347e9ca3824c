// ByteWriter and ByteReader: the binary form of messages, requests and records: variable-length
// integers (7 bits a byte; signed ones zigzag) and length-prefixed strings.
//
// A reader never looks outside what it was given: after the first thing that does not fit it has
// failed() and yields zeros. So a decoder reads all its fields and asks complete() once. Values:
// one thread at a time. A reader does not own the bytes it reads.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "harness/core/node.hpp"

namespace faultline {

class ByteWriter {
 public:
  void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void boolean(bool value) { byte(value ? 1 : 0); }
  void natural(std::uint64_t value);
  void integer(std::int64_t value);
  void text(std::string_view value);

  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t byte();
  bool boolean();  // anything but 0 and 1 is a failure
  std::uint64_t natural();
  std::int64_t integer();
  std::string_view text();  // points into the bytes being read

  std::size_t left() const { return rest_.size(); }
  bool failed() const { return failed_; }
  bool complete() const { return !failed_ && rest_.empty(); }  // all read, and nothing was amiss
  void fail() { failed_ = true, rest_ = {}; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace faultline

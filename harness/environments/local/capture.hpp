// Capture: the packets that a switch delivered, in a pcap file for tshark or Wireshark (nanosecond
// times, link type RAW: IP without a link header).
//
// It never holds up the one that records: a thread of its own writes, and what it cannot keep up
// with, what goes beyond the limit of the file, or what the disk does not take, is missing from the
// file and counted.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/core/time.hpp"
#include "harness/environments/local/file_descriptor.hpp"

namespace faultline::local {

struct CaptureLimits {
  std::uint64_t file_bytes = std::uint64_t{1} << 30;
  std::size_t buffer_bytes = std::size_t{4} << 20;  // waiting to be written
};

class Capture {
 public:
  // Error: the file cannot be made.
  static Result<std::unique_ptr<Capture>> create(const std::string& path,
                                                 const CaptureLimits& limits = {});
  ~Capture();  // everything recorded is written
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // `at` in nanoseconds since 1970. For one thread.
  void record(Time at, std::span<const std::uint8_t> packet);

  // Of the packets recorded so far; waits until the others are written. Any thread may ask.
  std::uint64_t missing() const;

 private:
  Capture(FileDescriptor file, const CaptureLimits& limits);
  void write_on();
  bool write_out(const std::vector<char>& bytes) const;

  CaptureLimits limits_;
  FileDescriptor file_;
  std::uint64_t file_bytes_ = 0;  // of the file, once what waits is written

  mutable std::mutex mutex_;  // for all below
  mutable std::condition_variable wake_;
  mutable std::condition_variable settled_some_;
  mutable bool asked_ = false;  // somebody waits for what was recorded so far
  std::vector<char> waiting_;   // records, as they are in the file
  std::uint64_t taken_in_ = 0;  // packets that came into waiting_
  std::uint64_t settled_ = 0;   // of those, written or missing
  std::uint64_t missing_ = 0;
  bool ended_ = false;   // nothing will be recorded any more
  bool failed_ = false;  // the file takes nothing any more
  std::thread writer_;   // last: it uses all of the above
};

}  // namespace faultline::local

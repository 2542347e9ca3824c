// Capture: the packets that a switch delivered, in a pcap file for tshark or Wireshark (nanosecond
// times, link type RAW: IP without a link header).
//
// It never holds up the one that records: a thread of its own writes, and what it cannot keep up
// with, or what goes beyond the limit of the file, is missing from the file and counted.
#pragma once

#include <atomic>
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

  std::uint64_t missing() const { return missing_.load(std::memory_order_relaxed); }

 private:
  Capture(FileDescriptor file, const CaptureLimits& limits);
  void write_on();
  bool write_out(const std::vector<char>& bytes);

  CaptureLimits limits_;
  FileDescriptor file_;
  std::atomic<std::uint64_t> missing_ = 0;
  std::uint64_t file_bytes_ = 0;  // of the file, once what waits is written

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<char> waiting_;  // records, as they are in the file
  bool ended_ = false;         // nothing will be recorded any more
  bool failed_ = false;        // the file takes nothing any more
  std::thread writer_;         // last: it uses all of the above
};

}  // namespace faultline::local

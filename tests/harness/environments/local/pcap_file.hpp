// Reads a pcap file back, by its format and not by the code that writes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/core/time.hpp"

namespace faultline::local {

struct CapturedPacket {
  Time at = 0;  // nanoseconds since 1970
  std::vector<std::uint8_t> bytes;
};

// Error: it is no whole pcap file with nanosecond times and the link type RAW.
Result<std::vector<CapturedPacket>> read_pcap(const std::string& path);

}  // namespace faultline::local

// What of this machine a run must leave as it was, and what of a run may still be there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faultline {

// Routes, interfaces, addresses, mounts and control groups of the host, as text to be compared.
std::string host_state();

// How far the clock of the day is ahead of the monotonic one, in nanoseconds.
std::int64_t clock_offset();

// The command lines of all processes with `mark` in their environment (those that end just now are
// none).
std::vector<std::string> processes_marked(const std::string& mark);

}  // namespace faultline

// Lanes: operations drawn as bars on a time axis, one lane a process, in plain ASCII:
//
//   process 0   |-write 4-|    |-read 4-|
//   process 3     |--cas 4->2-------------->
//   process 7                    |=read 1=| <==
//               0.120 s   0.140 s
//
// The axis keeps the order of all events, so that what overlaps overlaps, but not the distances:
// an event gets as much room as the labels need.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faultline {

struct Bar {
  static constexpr std::uint64_t kOpen = UINT64_MAX;
  std::int64_t lane = 0;  // a process; the lanes are in their order
  std::string label;
  std::uint64_t begin = 0;    // positions of its two events, which no other event shares
  std::uint64_t end = kOpen;  // kOpen: it never ended
  bool marked = false;
  std::string begin_text;  // of the axis, below its beginning
};

// Lines without line breaks.
std::vector<std::string> draw_lanes(const std::vector<Bar>& bars);

std::size_t width_of(const std::vector<std::string>& lines);

}  // namespace faultline

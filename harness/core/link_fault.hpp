// LinkFault: how a directed link misbehaves while it is not cut. A plain value; chances are per
// 10,000 packets (messages, in sim).
#pragma once

#include <cstdint>
#include <string>

#include "harness/core/result.hpp"
#include "harness/core/time.hpp"

namespace faultline {

struct LinkFault {
  enum class Spread : std::uint8_t { uniform, normal, pareto };  // of the jitter

  Duration delay = 0;
  // Uniform: within delay +- jitter. Normal: with that standard deviation. Pareto: a long tail on
  // top of the delay, `jitter` in the mean. Never less than 0.
  Duration jitter = 0;
  Spread spread = Spread::uniform;
  int loss_chance = 0;
  int duplicate_chance = 0;  // a second copy, delayed on its own
  int reorder_chance = 0;    // overtakes what waits: sent on without delay
  int corrupt_chance = 0;    // one bit flipped behind the IP header
  std::int64_t rate = 0;     // bytes a second; 0: no limit. More than 200 ms of it waiting is lost.
  bool fifo = true;          // packets do not overtake each other, but for those reordered

  friend bool operator==(const LinkFault&, const LinkFault&) = default;
};

// "delay 50ms +-10ms normal, loss 5%, rate 20kB/s, not FIFO", for the history; "nothing" for none.
// Exact: it parses back to the same.
std::string describe(const LinkFault& fault);
// Reads what describe() wrote. Error: names the part it cannot read, or that is there twice.
Result<LinkFault> parse_link_fault(const std::string& text);

}  // namespace faultline

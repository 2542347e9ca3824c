// Accesses: the reads and writes of a history, key by key, for checkers of weaker promises than
// linearizability. No value is written to a key twice, so that a read names the write it saw.
// Plain values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkers/linearizability/partition.hpp"
#include "harness/core/op.hpp"

namespace faultline {

// One write, or one read that succeeded. Positions are those of the history; a comes before b in
// real time if a.returned < b.invoked.
struct Access {
  static constexpr std::uint32_t kOpen = Operation::kOpen;
  Process process = 0;
  std::uint32_t invoked = 0;
  std::uint32_t returned = kOpen;  // kOpen: of a write whose outcome is unknown
  // Of a read: what it returned, several values if the store has siblings, sorted; none: what was
  // there before the first write.
  std::vector<std::int64_t> values;

  bool is_before(const Access& other) const { return returned < other.invoked; }
};

struct KeyAccesses {
  Value key;                   // nothing if the ops name none
  std::vector<Access> writes;  // in the order of invocation
  std::vector<Access> reads;
  std::map<std::int64_t, std::size_t> written;   // by value, which of the writes
  std::map<std::int64_t, std::uint32_t> failed;  // by value, where a write that failed was invoked
};

// The keys in the order in which they first appear. The error names an op that is neither read nor
// write, has a value of another kind, or writes what was written before.
OpResult<std::vector<KeyAccesses>> read_accesses(const History& history);

// Why `read` saw something out of thin air: a value that nobody wrote, or only later, or by a write
// that failed. Nothing: all it saw was written.
std::optional<std::string> thin_air(const KeyAccesses& accesses, const Access& read);

// An event as a line of evidence: where it is in a stored history, its time, and the op.
std::string event_line(const History& history, std::uint32_t index);

}  // namespace faultline

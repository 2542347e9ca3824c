// SpaceTime: a stretch of a simulated run as it is drawn: the lines of the nodes and of the clients
// in question, side by side, time going down; the messages between them as arrows (Lamport, Time,
// Clocks and the Ordering of Events in a Distributed System, CACM 1978, calls it a space-time
// diagram). Plain values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/op.hpp"
#include "harness/core/result.hpp"
#include "harness/store/source.hpp"

namespace faultline {

struct SpaceTime {
  struct Window {
    Time from = 0;
    Time to = 0;
  };
  struct Message {
    NodeId from = 0;
    NodeId to = 0;
    Time sent = 0;
    Time ended = kNever;  // arrived or lost; kNever: neither is known
    bool lost = false;
    std::string why;  // it was lost
    std::string text;
  };
  enum class Phase : std::uint8_t { leader, paused, down };
  struct Stretch {  // of a node's time
    NodeId node = 0;
    Phase phase = Phase::leader;
    Time begin = 0;
    Time end = kNever;
    std::uint64_t term = 0;  // of a leader
  };
  struct Commit {
    NodeId node = 0;
    Time at = 0;
    std::uint64_t index = 0;
  };
  struct Operation {
    Process process = 0;
    Time invoked = 0;
    Time completed = kNever;  // kNever: never, or what came of it is not known
    std::string text;
  };
  struct Fault {
    Time begin = 0;
    Time end = kNever;
    std::string text;
  };

  std::string title;
  Window window;
  int nodes = 0;
  std::vector<Message> messages;  // that were under way in the window, in the order of sending
  std::vector<Stretch> stretches;
  std::vector<Commit> commits;
  std::vector<Operation> operations;
  std::vector<Fault> faults;
};

// What a trace (harness/environments/sim/trace.hpp) says of the window: its nodes, messages,
// stretches and commits. Error: names file, line and what was expected.
Result<SpaceTime> read_trace(const Source& trace, const SpaceTime::Window& window);

// Only the stretches for which nodes led, of the whole trace, by when they began. Errors as above.
Result<std::vector<SpaceTime::Stretch>> read_leaders(const Source& trace);

// Leaves out what came first, so that at most `most` messages are left.
void narrow(SpaceTime& diagram, std::size_t most);

// As an image that needs no other file, for light and dark screens and for paper. No two texts
// overlap: where there is no room for a message's, it is shown when the pointer is over its arrow.
// A message that says what the one before it said on the same link is drawn faintly.
std::string space_time_svg(const SpaceTime& diagram);

}  // namespace faultline

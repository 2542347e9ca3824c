// IntervalHistory: a history out of operations of which each is known by the time it was called and
// the time it returned (Porcupine's Operation), in whatever order they come.
//
// An interval is closed at both ends: of events at the same nanosecond the invocations come first,
// so that no order is made up. A client that has several operations open, or goes on after one
// whose end is unknown, gets further processes, so that each has one op open at a time.
// One thread; owns what it is given.
#pragma once

#include <map>
#include <vector>

#include "harness/store/recorded_history.hpp"

namespace faultline::formats {

class IntervalHistory {
 public:
  // Ids of clients are below it, to leave room for further processes.
  static constexpr std::int64_t kMostClients = 1'000'000'000;

  // Both ops without their process; the completion's time is kNever if the end is unknown.
  void add(Process client, Op invoked, Op completed, std::uint32_t line);
  std::size_t size() const { return lines_.size(); }

  // Appends the events, in their order, to the ops and lines of `history`.
  void finish(RecordedHistory& history) &&;

 private:
  struct Event {
    Time time;
    bool is_completion;
    std::uint32_t interval;
    auto key() const { return std::tuple(time, is_completion, interval); }
  };
  Process claim(Process client);

  std::vector<Op> ops_;  // of each interval its invocation and its completion
  std::vector<std::uint32_t> lines_;
  Process next_process_ = 0;                      // that no client has for its own
  std::map<Process, std::vector<Process>> free_;  // of each client that has begun
};

}  // namespace faultline::formats

// EventQueue: the simulator's virtual time. Events happen in order of their time, and those due at
// the same time in the order in which they were scheduled, so that a run is a function of its seed.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "harness/core/clock.hpp"

namespace faultline::sim {

class EventQueue final : public Clock {
 public:
  Time now() const override { return now_; }
  void call_at(Time when, std::function<void()> callback) override;
  // Advances time to the next event and runs it. Returns false iff nothing is scheduled.
  bool run_next();
  void clear();

 private:
  struct Event {
    Time when;
    std::uint64_t sequence;
    std::size_t slot;  // of its callback
  };
  struct Later {  // a type of its own, to be inlined
    bool operator()(const Event& a, const Event& b) const {
      return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
    }
  };

  Time now_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::vector<Event> heap_;  // by Later: the earliest event in front
  // Apart from the heap, which moves its elements about; a slot is used again.
  std::vector<std::function<void()>> callbacks_;
  std::vector<std::size_t> free_slots_;
};

}  // namespace faultline::sim

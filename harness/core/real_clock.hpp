// RealClock: the machine's monotonic clock, counted from when this object was made, on an event
// loop of Boost.Asio. For runs against real systems; in sim time is virtual.
// Not to be shared between threads: everything happens on the loop's one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "harness/core/clock.hpp"

namespace faultline {

class RealClock final : public Clock {
 public:
  explicit RealClock(asio::io_context& loop);  // which must outlive the clock

  Time now() const override;
  // A callback that is waiting keeps the loop's run() from returning.
  void call_at(Time when, std::function<void()> callback) override;

 private:
  using Due = std::pair<Time, std::uint64_t>;  // the second: in the order they were asked for

  void arm();  // for the earliest callback
  void run_due();

  std::chrono::steady_clock::time_point begin_;
  asio::steady_timer timer_;
  std::map<Due, std::function<void()>> callbacks_;
  std::uint64_t asked_ = 0;
  // A wait that ended just before the clock was destroyed finds this expired.
  std::shared_ptr<RealClock*> alive_;
};

}  // namespace faultline

#include "harness/core/real_clock.hpp"

#include <algorithm>

namespace faultline {

RealClock::RealClock(asio::io_context& loop)
    : begin_(std::chrono::steady_clock::now()),
      timer_(loop),
      alive_(std::make_shared<RealClock*>(this)) {}

Time RealClock::now() const {
  using std::chrono::nanoseconds;
  const auto elapsed = std::chrono::steady_clock::now() - begin_;
  return std::chrono::duration_cast<nanoseconds>(elapsed).count();
}

void RealClock::call_at(Time when, std::function<void()> callback) {
  // Not before now: what was asked for earlier and is due comes first, however late this one is.
  const Due due{std::max(when, now()), asked_++};
  callbacks_.emplace(due, std::move(callback));
  if (callbacks_.begin()->first == due) arm();
}

void RealClock::arm() {
  // A century is as good as never, and does not overflow steady_clock.
  constexpr Time kFarthest = Time{1} << 62;
  const Time when = std::min(callbacks_.begin()->first.first, kFarthest);
  timer_.expires_at(begin_ + std::chrono::nanoseconds(when));
  timer_.async_wait([alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
    if (error) return;  // armed anew
    if (const auto clock = alive.lock()) (*clock)->run_due();
  });
}

void RealClock::run_due() {
  struct ArmAtEnd {  // also if a callback throws
    RealClock& clock;
    ~ArmAtEnd() {
      if (!clock.callbacks_.empty()) clock.arm();
    }
  } const arm_at_end{*this};

  // What callbacks add is due after `time`: it waits for the next round, or one that asks for
  // itself again and again would hold up the loop.
  const Time time = now();
  while (!callbacks_.empty() && callbacks_.begin()->first.first <= time) {
    const auto node = callbacks_.extract(callbacks_.begin());
    node.mapped()();
  }
}

}  // namespace faultline

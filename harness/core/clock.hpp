// Clock: where a run's time comes from, and how its coroutines wait.
//
// In sim time is virtual: minutes pass in milliseconds. Elsewhere it is the machine's monotonic
// clock. Nothing in a run asks any other clock. One event loop, one thread: not to be shared.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "harness/core/time.hpp"

namespace faultline {

namespace asio = boost::asio;

template <class T = void>
using Task = asio::awaitable<T>;  // a coroutine on the run's event loop

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  // Runs `callback` once on the event loop when now() >= when; callbacks due at the same time run
  // in the order in which they were asked for. `when` in the past means: as soon as possible.
  virtual void call_at(Time when, std::function<void()> callback) = 0;
};

// Suspends the calling coroutine and hands `start` a copyable function that resumes it with Args.
// It must be called exactly once, on the event loop's thread. This is how anything that answers by
// callback becomes awaitable.
template <class... Args, class Start>
auto suspend(Start start) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(Args...)>(
      [start = std::move(start)](auto handler) mutable {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        start([shared](Args... args) { std::move (*shared)(std::move(args)...); });
      },
      asio::use_awaitable);
}

inline Task<> sleep_until(Clock& clock, Time when) {
  auto start = [&clock, when](std::function<void()> resume) {
    clock.call_at(when, std::move(resume));
  };
  co_await suspend<>(start);
}

}  // namespace faultline

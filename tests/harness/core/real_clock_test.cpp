#include "harness/core/real_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <stdexcept>
#include <vector>

namespace faultline {
namespace {

using testing::ElementsAre;

class RealClockTest : public testing::Test {
 protected:
  std::function<void()> note(int n) {
    return [this, n] { order.push_back(n); };
  }

  asio::io_context loop;
  RealClock clock{loop};
  std::vector<int> order;
};

TEST_F(RealClockTest, GoesForward) {
  const Time before = clock.now();
  EXPECT_GE(before, 0);
  EXPECT_LT(before, 60 * kSecond);
  EXPECT_GE(clock.now(), before);
}

TEST_F(RealClockTest, CallsInOrderOfTimeThenOfAsking) {
  const Time base = clock.now();
  clock.call_at(base + 20 * kMillisecond, note(4));
  clock.call_at(base + 10 * kMillisecond, note(2));
  clock.call_at(base + 10 * kMillisecond, note(3));
  clock.call_at(base - kSecond, note(1));
  clock.call_at(base + 20 * kMillisecond, note(5));
  loop.run();
  EXPECT_THAT(order, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_GE(clock.now(), base + 20 * kMillisecond);
}

TEST_F(RealClockTest, NeverTooEarly) {
  std::vector<Duration> late;
  for (int i = 0; i < 20; ++i) {
    const Time when = clock.now() + i * kMillisecond / 3;
    clock.call_at(when, [this, when, &late] { late.push_back(clock.now() - when); });
  }
  loop.run();
  ASSERT_EQ(late.size(), 20U);
  for (const Duration d : late) EXPECT_GE(d, 0);
}

TEST_F(RealClockTest, CallbacksMayAskForMore) {
  int left = 1000;
  std::function<void()> again = [&] {
    if (--left > 0) clock.call_at(0, again);
  };
  clock.call_at(0, again);
  clock.call_at(clock.now(), note(1));
  loop.run();
  EXPECT_EQ(left, 0);
  EXPECT_THAT(order, ElementsAre(1));
}

TEST_F(RealClockTest, OneThatIsAlwaysDueDoesNotHoldUpTheLoop) {
  bool stop = false;
  std::function<void()> again = [&] {
    if (!stop) clock.call_at(0, again);
  };
  clock.call_at(0, again);
  clock.call_at(clock.now() + kMillisecond, [&] { stop = true; });
  loop.run();
  EXPECT_TRUE(stop);
}

TEST_F(RealClockTest, OneThatThrowsDoesNotStopTheOthers) {
  clock.call_at(0, [] { throw std::runtime_error("oops"); });
  clock.call_at(1, note(1));
  EXPECT_THROW(loop.run(), std::runtime_error);
  loop.run();
  EXPECT_THAT(order, ElementsAre(1));
}

TEST_F(RealClockTest, CoroutinesSleep) {
  const Time until = clock.now() + 5 * kMillisecond;
  Time woke = 0;
  const auto sleeper = [](RealClock& c, Time when, Time& out) -> Task<> {
    co_await sleep_until(c, when);
    out = c.now();
  };
  asio::co_spawn(loop, sleeper(clock, until, woke), asio::detached);
  loop.run();
  EXPECT_GE(woke, until);
}

TEST(RealClock, MayGoBeforeWhatItPromised) {
  asio::io_context loop;
  bool called = false;
  std::optional<RealClock> clock(std::in_place, loop);
  clock->call_at(0, [&] { called = true; });
  clock->call_at(kNever, [&] { called = true; });
  clock.reset();
  loop.run();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace faultline

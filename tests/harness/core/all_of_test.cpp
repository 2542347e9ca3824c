#include "harness/core/all_of.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <string>

#include "harness/core/real_clock.hpp"

namespace faultline {
namespace {

Task<int> at_once(int value) {
  co_return value;
}

Task<int> later(Clock& clock, Duration delay, int value) {
  co_await sleep_until(clock, clock.now() + delay);
  co_return value;
}

Task<int> failing(Clock& clock, Duration delay) {
  co_await sleep_until(clock, clock.now() + delay);
  throw std::runtime_error("no");
}

Task<> collect(std::vector<Task<int>> tasks, std::vector<int>& out) {
  std::vector<int> results = co_await all_of(std::move(tasks));
  out = std::move(results);
}

class AllOf : public ::testing::Test {
 protected:
  // Begins in one turn of the loop, and says how many turns it took.
  std::size_t run() {
    std::vector<Task<int>> all = std::move(tasks);
    asio::co_spawn(loop, collect(std::move(all), results), [&](std::exception_ptr thrown) {
      failure = thrown;
      ended = true;
    });
    std::size_t turns = 0;
    while (!ended && loop.run_one() > 0) ++turns;
    return turns;
  }

  std::vector<Task<int>> tasks;
  std::vector<int> results;
  std::exception_ptr failure;
  bool ended = false;
  asio::io_context loop{1};
  RealClock clock{loop};
};

TEST_F(AllOf, TasksAreDoneAtTheSameTimeAndTheirResultsStayInOrder) {
  for (const int i : {3, 1, 2}) tasks.push_back(later(clock, i * 50 * kMillisecond, i));
  const Time begin = clock.now();
  run();
  EXPECT_EQ(results, (std::vector<int>{3, 1, 2}));
  EXPECT_GE(clock.now() - begin, 150 * kMillisecond);
  EXPECT_LT(clock.now() - begin, 290 * kMillisecond);
}

// The simulator counts on it: the one who asks goes on before whatever else is ready.
TEST_F(AllOf, WhatEndsAtOnceCostsNoTurnOfTheLoop) {
  for (int i = 0; i < 5; ++i) tasks.push_back(at_once(i));
  std::string order;
  asio::co_spawn(loop, collect(std::move(tasks), results),
                 [&](std::exception_ptr) { order += "first "; });
  asio::post(loop, [&] { order += results.size() == 5 ? "known" : "not known"; });
  loop.run();
  EXPECT_EQ(order.find("not"), std::string::npos) << order;
}

TEST_F(AllOf, SomeMayEndAtOnceAndOthersLater) {
  tasks.push_back(at_once(1));
  tasks.push_back(later(clock, 5 * kMillisecond, 2));
  tasks.push_back(at_once(3));
  run();
  EXPECT_EQ(results, (std::vector<int>{1, 2, 3}));
}

TEST_F(AllOf, NoTasksAreDone) {
  run();
  EXPECT_TRUE(ended);
  EXPECT_FALSE(failure);
}

TEST_F(AllOf, WhatOneThrowsIsThrownOnceAllHaveEnded) {
  tasks.push_back(failing(clock, kMillisecond));
  tasks.push_back(later(clock, 50 * kMillisecond, 2));
  const Time begin = clock.now();
  run();
  EXPECT_GE(clock.now() - begin, 50 * kMillisecond);
  ASSERT_TRUE(failure);
  EXPECT_THROW(std::rethrow_exception(failure), std::runtime_error);
}

struct Witness {
  explicit Witness(bool& alive) : alive_(alive) { alive_ = true; }
  Witness(const Witness&) = delete;
  ~Witness() { alive_ = false; }
  bool& alive_;
};

Task<> waits_for(Clock& clock, bool& alive) {
  const Witness witness(alive);
  std::vector<Task<int>> tasks;
  tasks.push_back(later(clock, 3600 * kSecond, 1));
  co_await all_of(std::move(tasks));
}

TEST(AllOfAtTheEnd, TheOneWhoWaitsGoesWithTheLoop) {
  bool alive = false;
  {
    asio::io_context loop;
    RealClock clock(loop);
    asio::co_spawn(loop, waits_for(clock, alive), asio::detached);
    loop.poll();
    EXPECT_TRUE(alive);
  }
  EXPECT_FALSE(alive);
}

}  // namespace
}  // namespace faultline

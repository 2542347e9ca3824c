#include "harness/environments/sim/event_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/rng.hpp"

namespace faultline::sim {
namespace {

using testing::ElementsAre;

struct EventQueueTest : testing::Test {
  EventQueue queue;
  std::vector<int> happened;

  void at(Time when, int what) {
    queue.call_at(when, [this, what] { happened.push_back(what); });
  }
  void run_all() {
    while (queue.run_next()) {
    }
  }
};

TEST_F(EventQueueTest, EventsHappenInTheOrderOfTheirTime) {
  at(30, 3);
  at(10, 1);
  at(20, 2);
  EXPECT_TRUE(queue.run_next());
  EXPECT_EQ(queue.now(), 10);
  run_all();
  EXPECT_THAT(happened, ElementsAre(1, 2, 3));
  EXPECT_EQ(queue.now(), 30);
  EXPECT_FALSE(queue.run_next());
}

TEST_F(EventQueueTest, AtTheSameTimeInTheOrderInWhichTheyWereAskedFor) {
  constexpr std::uint64_t kSeed = 99;
  Rng rng(kSeed);
  std::vector<std::pair<Time, int>> expected;
  for (int i = 0; i < 2000; ++i) {
    const Time when = rng.between(1, 20);
    expected.emplace_back(when, i);
    at(when, i);
  }
  run_all();
  std::sort(expected.begin(), expected.end());
  ASSERT_EQ(happened.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(happened[i], expected[i].second) << "seed " << kSeed << ", event " << i;
  }
}

TEST_F(EventQueueTest, ThePastIsNowAndTimeNeverGoesBack) {
  queue.call_at(50, [this] {
    at(10, 2);  // as soon as possible, but behind what is due already
    EXPECT_EQ(queue.now(), 50);
  });
  at(50, 1);
  at(60, 3);
  run_all();
  EXPECT_THAT(happened, ElementsAre(1, 2, 3));
}

TEST_F(EventQueueTest, WhatIsClearedDoesNotHappen) {
  at(10, 1);
  queue.clear();
  EXPECT_FALSE(queue.run_next());
  EXPECT_TRUE(happened.empty());
}

}  // namespace
}  // namespace faultline::sim

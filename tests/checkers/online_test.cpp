// Judging while a history is recorded: a violation is found, and only if it is one.
#include "checkers/online.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/checkers/closed_loop.hpp"
#include "tests/checkers/history_builder.hpp"
#include "tests/checkers/naive.hpp"
#include "tests/checkers/random_history.hpp"
#include "tests/checkers/settings.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Monitor> monitor_of(const std::string& name) {
  Model model = *find_model(name);
  model.per_key = false;
  return make_online(model, *model.parse_initial(initial_text(name)));
}

bool is_violated(const History& history) {
  const auto monitor = monitor_of("cas-register");
  for (const Op& op : history) monitor->see(op);
  monitor->settle();
  return monitor->violated();
}

bool found_within(const Monitor& monitor, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!monitor.violated() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(1ms);
  }
  return monitor.violated();
}

TEST(Online, FindsAStaleReadAndNothingElse) {
  HistoryBuilder history;
  history.done(0, "write", 1).done(0, "write", 2).invoke(1, "read");
  EXPECT_FALSE(is_violated(history));
  EXPECT_FALSE(is_violated(HistoryBuilder(history).ok(1, "read", 2)));
  EXPECT_TRUE(is_violated(HistoryBuilder(history).ok(1, "read", 1)));
}

TEST(Online, WhatMakesNoSenseIsNobodysViolation) {
  EXPECT_FALSE(is_violated(HistoryBuilder().ok(0, "read", 1)));
  EXPECT_FALSE(is_violated(HistoryBuilder().done(0, "jump", 1)));
  EXPECT_FALSE(is_violated(HistoryBuilder().invoke(0, "read").invoke(0, "read")));
}

TEST(Online, OneKeyAmongManyIsEnough) {
  HistoryBuilder history;
  for (int key = 0; key < 20; ++key) history.key(key).done(key, "write", 1).done(key, "read", 1);
  EXPECT_FALSE(is_violated(history));
  EXPECT_TRUE(is_violated(history.key(13).done(1, "read", 7)));
}

// Whenever it looks: never before there is a violation, and at the end if everything was judged.
TEST(Online, AgreesWithTheSlowTruth) {
  Rng rng = Rng(seed()).split("online");
  std::uint64_t found = 0;
  for (const std::string& name : names_of_models()) {
    for (int i = 0; i < 300; ++i) {
      History history = random_history(name, HistoryShape(), rng);
      if (rng.chance(1, 2)) corrupt(name, HistoryShape(), history, rng);
      const auto monitor = monitor_of(name);
      for (std::size_t end = 1; end <= history.size(); ++end) {
        monitor->see(history[end - 1]);
        monitor->settle();
        if (!monitor->violated()) continue;
        ++found;
        EXPECT_FALSE(naive::linearizable(name, history, end))
            << "FAULTLINE_SEED=" << seed() << ", " << name << ", history " << i << "\n"
            << print(history);
        break;
      }
      const bool valid = naive::linearizable(name, history, history.size());
      const auto whole = monitor_of(name);
      for (const Op& op : history) whole->see(op);
      whole->settle();
      EXPECT_EQ(whole->violated(), !valid)
          << "FAULTLINE_SEED=" << seed() << ", " << name << ", history " << i << "\n"
          << print(history);
    }
  }
  EXPECT_GT(found, 100U);
}

// Of a long key the end alone is judged, but all of it at some time.
TEST(Online, WhereverItIsInALongKey) {
  ClosedLoopShape shape{.ops = 4000, .clients = 10, .unique_values = true, .crashed = 0.01};
  const History right = closed_loop(shape);
  shape.stale_read = true;
  const History wrong = closed_loop(shape);
  constexpr std::size_t kShort = 100;
  const std::vector<std::vector<std::size_t>> settled_at = {{500, 1200, 3000}, {3000}, {}};
  for (const History& history : {right, wrong}) {
    for (const auto& places : settled_at) {
      const auto monitor = make_online(*find_model("cas-register"), Value(), {}, kShort);
      for (std::size_t i = 0; i < history.size(); ++i) {
        monitor->see(history[i]);
        if (std::count(places.begin(), places.end(), i) > 0) monitor->settle();
      }
      monitor->settle();
      EXPECT_EQ(monitor->violated(), history == wrong) << testing::PrintToString(places);
    }
  }
}

TEST(Online, OnAThreadOfItsOwn) {
  ClosedLoopShape shape{.ops = 20'000, .clients = 10, .unique_values = true};
  for (const bool stale_read : {false, true}) {
    shape.stale_read = stale_read;
    const auto monitor = monitor_of("cas-register");
    monitor->start();
    for (const Op& op : closed_loop(shape)) monitor->see(op);
    EXPECT_EQ(found_within(*monitor, stale_read ? 30s : 300ms), stale_read);
  }
}

}  // namespace
}  // namespace faultline

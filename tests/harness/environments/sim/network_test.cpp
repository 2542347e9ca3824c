#include "harness/environments/sim/network.hpp"

#include <gtest/gtest.h>

namespace faultline::sim {
namespace {

constexpr int kDraws = 100'000;

// Of `kDraws` messages on one link.
struct Fates {
  int lost = 0;
  int duplicated = 0;
  int stragglers = 0;  // first copies that took longer than a normal message can
  int overtaken = 0;   // sent 1 ms before the next, and arrived after it
};

Fates fates(const LinkBehaviour& behaviour, std::uint64_t seed) {
  Network network(3, behaviour, Rng(seed));
  const Duration normal = behaviour.least_delay + behaviour.jitter;
  Fates fates;
  Time last_arrival = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Time sent = i * kMillisecond;
    const Network::Delays delays = network.delays(0, 1);
    if (delays.empty()) {
      ++fates.lost;
      continue;
    }
    if (delays.size() == 2) ++fates.duplicated;
    for (const Duration delay : delays) {
      EXPECT_GE(delay, behaviour.least_delay);
      EXPECT_LE(delay, normal + behaviour.straggler_delay);
    }
    if (delays[0] > normal) ++fates.stragglers;
    if (sent + delays[0] < last_arrival) ++fates.overtaken;
    last_arrival = sent + delays[0];
  }
  return fates;
}

TEST(Network, LosesDuplicatesAndDelaysAsOftenAsItIsTold) {
  LinkBehaviour behaviour;
  behaviour.loss_chance = 500;
  behaviour.duplicate_chance = 200;
  behaviour.straggler_chance = 100;
  for (const std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Fates seen = fates(behaviour, seed);
    // Within five standard deviations.
    EXPECT_NEAR(seen.lost, 5000, 350);
    EXPECT_NEAR(seen.duplicated, 1900, 220);
    EXPECT_NEAR(seen.stragglers, 950, 160);
    EXPECT_GT(seen.overtaken, 1000);
  }
}

TEST(Network, AsItStandsMessagesAreLostDuplicatedAndOvertaken) {
  const Fates seen = fates({}, 1);
  EXPECT_NEAR(seen.lost, 300, 90);
  EXPECT_NEAR(seen.duplicated, 300, 90);
  EXPECT_GT(seen.overtaken, 1000);
}

TEST(Network, APerfectLinkLosesDuplicatesAndReordersNothing) {
  const Fates seen = fates({kMillisecond, 0, 0, 0, 0, 0}, 1);
  EXPECT_EQ(seen.lost + seen.duplicated + seen.stragglers + seen.overtaken, 0);
}

TEST(Network, EachLinkHasAStreamOfItsOwn) {
  Network alone(3, {}, Rng(5));
  Network busy(3, {}, Rng(5));
  for (int i = 0; i < 1000; ++i) {
    busy.delays(1, 0);
    busy.client_delay();
    ASSERT_EQ(alone.delays(0, 1), busy.delays(0, 1));
  }
}

TEST(Network, ACutIsPerDirectionAndReplacesTheOneBefore) {
  Network network(3, {}, Rng(1));
  network.cut({{0, 1}, {2, 1}});
  EXPECT_TRUE(network.is_cut(0, 1));
  EXPECT_FALSE(network.is_cut(1, 0));
  EXPECT_TRUE(network.is_cut(2, 1));
  EXPECT_FALSE(network.is_cut(0, 2));
  network.cut({{1, 0}});
  EXPECT_FALSE(network.is_cut(0, 1));
  EXPECT_TRUE(network.is_cut(1, 0));
  network.heal();
  EXPECT_FALSE(network.is_cut(1, 0));
}

TEST(Network, AClientsConnectionIsNeverSlowerThanAnUndisturbedLink) {
  const LinkBehaviour behaviour;
  Network network(3, behaviour, Rng(1));
  for (int i = 0; i < 10'000; ++i) {
    const Duration delay = network.client_delay();
    ASSERT_GE(delay, behaviour.least_delay);
    ASSERT_LE(delay, behaviour.least_delay + behaviour.jitter);
  }
}

}  // namespace
}  // namespace faultline::sim

#include "harness/environments/sim/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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
    const Network::Delays delays = network.delays(0, 1, sent, 100);
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
    busy.delays(1, 0, i, 100);
    busy.client_delay(kClients, 0, i, 100);
    ASSERT_EQ(alone.delays(0, 1, i, 100), busy.delays(0, 1, i, 100));
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

TEST(Network, ACutOfTheClientsIsPerDirectionToo) {
  Network network(3, {}, Rng(1));
  network.cut({{kClients, 0}, {2, kClients}});
  EXPECT_TRUE(network.is_cut(kClients, 0));
  EXPECT_FALSE(network.is_cut(0, kClients));
  EXPECT_FALSE(network.is_cut(kClients, 1));
  EXPECT_TRUE(network.is_cut(2, kClients));
  EXPECT_FALSE(network.is_cut(kClients, 2));
  EXPECT_FALSE(network.is_cut(2, 0)) << "no link between nodes";
}

constexpr LinkBehaviour kPerfect{kMillisecond, 0, 0, 0, 0, 0};

// What came of one message a millisecond on the link from `from` to `to`.
struct Seen {
  int lost = 0;
  int doubled = 0;
  int overtaken = 0;
  Duration least = kNever;
  Duration most = 0;
};
Seen see(Network& network, NodeId from, NodeId to, std::size_t bytes = 100) {
  Seen seen;
  Time last = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Time now = i * kMillisecond;
    const auto delays = network.delays(from, to, now, bytes);
    if (delays.empty()) ++seen.lost;
    if (delays.size() > 1) ++seen.doubled;
    for (const Duration delay : delays) {
      seen.least = std::min(seen.least, delay);
      seen.most = std::max(seen.most, delay);
      if (now + delay < last) ++seen.overtaken;
      last = std::max(last, now + delay);
    }
  }
  return seen;
}

LinkFault fault_of(const char* text) {
  return *parse_link_fault(text);
}

TEST(Network, AnImpairedLinkDelaysOnTopOfWhatItsNatureIs) {
  Network network(3, kPerfect, Rng(1));
  network.impair({{0, 1}}, fault_of("delay 50ms +-10ms, not FIFO"));
  const Seen unordered = see(network, 0, 1);
  EXPECT_NEAR(to_seconds(unordered.least), 0.041, 0.0005);
  EXPECT_NEAR(to_seconds(unordered.most), 0.061, 0.0005);
  EXPECT_GT(unordered.overtaken, 1000);
  network.impair({{0, 1}}, fault_of("delay 50ms +-10ms"));
  const Seen ordered = see(network, 0, 1);
  EXPECT_EQ(ordered.lost + ordered.doubled + ordered.overtaken, 0);
  EXPECT_NEAR(to_seconds(ordered.most), 0.061, 0.0005);
  EXPECT_EQ(see(network, 1, 0).most, kMillisecond) << "one direction only";
}

TEST(Network, AnImpairedLinkLosesDoublesAndReordersAsToldAndWhatIsCorruptIsLost) {
  Network network(3, kPerfect, Rng(1));
  network.impair({{0, 1}}, fault_of("loss 20%"));
  EXPECT_NEAR(see(network, 0, 1).lost, 2000, 200);
  network.impair({{0, 1}}, fault_of("corrupt 20%"));
  EXPECT_NEAR(see(network, 0, 1).lost, 2000, 200);
  network.impair({{0, 1}}, fault_of("duplicate 30%"));
  EXPECT_NEAR(see(network, 0, 1).doubled, 3000, 230);
  network.impair({{0, 1}}, fault_of("delay 5ms, reorder 10%"));
  EXPECT_GT(see(network, 0, 1).overtaken, 500);
  network.impair({{0, 1}}, fault_of("delay 20ms +-10ms, not FIFO"));
  EXPECT_GT(see(network, 0, 1).overtaken, 3000);
}

TEST(Network, ARateHoldsBackByTheSizeOfMessages) {
  Network network(3, kPerfect, Rng(1));
  network.impair({{0, 1}, {1, 0}}, fault_of("rate 100kB/s"));
  const Seen small = see(network, 0, 1, 10);
  EXPECT_EQ(small.lost, 0) << "62 kB/s, headers included";
  const Seen large = see(network, 1, 0, 348);  // 400 kB/s: three quarters are too many
  EXPECT_NEAR(large.lost, 7500, 100);
  EXPECT_NEAR(to_seconds(large.most), 0.204, 0.004);
}

TEST(Network, TheseLinksAndOnlyTheseAreImpaired) {
  Network network(3, kPerfect, Rng(1));
  network.impair({{0, 1}}, fault_of("loss 100%"));
  network.impair({{1, 2}, {kClients, 0}}, fault_of("loss 100%"));
  EXPECT_EQ(see(network, 0, 1).lost, 0);
  EXPECT_EQ(see(network, 1, 2).lost, 10'000);
  EXPECT_FALSE(network.client_delay(kClients, 0, 0, 100));
  EXPECT_TRUE(network.client_delay(0, kClients, 0, 100));
  network.impair({}, {});
  EXPECT_EQ(see(network, 1, 2).lost, 0);
  EXPECT_TRUE(network.client_delay(kClients, 0, 0, 100));
}

TEST(Network, ADoubledPacketOfAClientArrivesOnce) {
  Network network(3, kPerfect, Rng(1));
  network.impair({{kClients, 0}}, fault_of("delay 5ms +-5ms, duplicate 100%, not FIFO"));
  Duration sum = 0;
  for (int i = 0; i < 1000; ++i) {
    sum += *network.client_delay(kClients, 0, i * kSecond, 100) - kMillisecond;
  }
  // The mean of the lesser of two in 0 .. 10 ms.
  EXPECT_NEAR(to_seconds(sum / 1000), 0.00333, 0.0004);
}

// A link that is not impaired, and one that was and is no more, draws as if there were no faults.
TEST(Network, ImpairingLinksDoesNotDisturbTheOthers) {
  Network calm(3, {}, Rng(5));
  Network hurt(3, {}, Rng(5));
  hurt.impair({{0, 1}, {1, kClients}}, fault_of("delay 5ms +-5ms normal, duplicate 50%"));
  for (int i = 0; i < 1000; ++i) {
    hurt.delays(0, 1, i, 100);
    ASSERT_EQ(calm.delays(1, 0, i, 100), hurt.delays(1, 0, i, 100));
    hurt.client_delay(1, kClients, i, 100);
    calm.client_delay(1, kClients, i, 100);
    ASSERT_EQ(calm.client_delay(kClients, 1, i, 100), hurt.client_delay(kClients, 1, i, 100));
  }
}

TEST(Network, AClientsConnectionIsNeverSlowerThanAnUndisturbedLink) {
  const LinkBehaviour behaviour;
  Network network(3, behaviour, Rng(1));
  for (int i = 0; i < 10'000; ++i) {
    const auto delay = network.client_delay(kClients, 1, i, 100);
    ASSERT_TRUE(delay);
    ASSERT_GE(*delay, behaviour.least_delay);
    ASSERT_LE(*delay, behaviour.least_delay + behaviour.jitter);
  }
}

}  // namespace
}  // namespace faultline::sim

#include "harness/environments/local/held_packets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/core/rng.hpp"

namespace faultline::local {
namespace {

std::vector<std::uint8_t> packet(std::uint64_t number) {
  return std::vector<std::uint8_t>(1 + number % 1500, static_cast<std::uint8_t>(number));
}

TEST(HeldPackets, GivesThemByTimeAndThenInTheOrderTheyCame) {
  Rng rng(1);
  HeldPackets held;
  EXPECT_EQ(held.next(), kNever);
  for (int round = 0; round < 3; ++round) {  // the second time round, memory is used again
    std::vector<std::pair<Time, std::size_t>> expected;
    for (std::size_t i = 0; i < 2000; ++i) {
      const Time at = rng.between(0, 300);
      ASSERT_TRUE(held.add(at, i, packet(i)));
      expected.emplace_back(at, i);
    }
    std::sort(expected.begin(), expected.end());
    for (const auto& [at, number] : expected) {
      ASSERT_EQ(held.next(), at);
      held.take_next([&, n = number](std::size_t link, std::span<const std::uint8_t> bytes) {
        ASSERT_EQ(link, n);
        ASSERT_TRUE(std::ranges::equal(bytes, packet(n)));
      });
    }
    EXPECT_EQ(held.size(), 0U);
  }
}

TEST(HeldPackets, TakesNoMoreThanItsLimitUntilThereIsRoomAgain) {
  HeldPackets held;
  for (std::size_t i = 0; i < HeldPackets::kMost; ++i) ASSERT_TRUE(held.add(1, 0, packet(1)));
  EXPECT_FALSE(held.add(0, 0, packet(1)));
  held.take_next([](std::size_t, std::span<const std::uint8_t>) {});
  EXPECT_TRUE(held.add(2, 0, packet(1)));
}

}  // namespace
}  // namespace faultline::local

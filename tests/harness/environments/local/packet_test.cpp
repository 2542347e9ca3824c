#include "harness/environments/local/packet.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <set>
#include <vector>

#include "harness/core/rng.hpp"

namespace faultline::local {
namespace {

// 10.99.0.1 -> 10.99.0.200, TCP.
std::vector<std::uint8_t> packet(std::size_t header_words, std::size_t payload) {
  std::vector<std::uint8_t> out(header_words * 4 + payload, 0xa5);
  out[0] = static_cast<std::uint8_t>(0x40 | header_words);
  const std::uint8_t addresses[] = {10, 99, 0, 1, 10, 99, 0, 200};
  std::copy(std::begin(addresses), std::end(addresses), out.begin() + 12);
  return out;
}

TEST(Packet, ReadsAddressesAndTheLengthOfTheHeader) {
  for (const std::size_t words : {5U, 15U}) {
    const auto header = read_header(packet(words, 1));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->source, 0x0a630001U);
    EXPECT_EQ(header->destination, 0x0a6300c8U);
    EXPECT_EQ(header->length, words * 4);
  }
}

TEST(Packet, ReadsNothingElse) {
  auto six = packet(5, 40);
  six[0] = 0x65;
  EXPECT_FALSE(read_header(six));
  EXPECT_FALSE(read_header({}));
  auto cut_short = packet(6, 0);
  cut_short.pop_back();
  EXPECT_FALSE(read_header(cut_short));
  auto too_short = packet(5, 20);
  too_short[0] = 0x44;
  EXPECT_FALSE(read_header(too_short));
}

TEST(Packet, FlipsOneBitBehindTheHeaderAndEachOfThem) {
  const auto before = packet(6, 5);
  std::set<std::size_t> places;
  Rng rng(1);
  for (int i = 0; i < 2000; ++i) {
    auto after = before;
    ASSERT_TRUE(flip_bit(after, rng.next()));
    int flipped = 0;
    for (std::size_t at = 0; at < before.size(); ++at) {
      const auto difference = static_cast<std::uint8_t>(before[at] ^ after[at]);
      if (difference == 0) continue;
      ASSERT_GE(at, 24U);
      flipped += std::popcount(difference);
      places.insert(at * 8 + static_cast<std::size_t>(std::countr_zero(difference)));
    }
    ASSERT_EQ(flipped, 1);
  }
  EXPECT_EQ(places.size(), 40U);
}

TEST(Packet, LeavesAloneWhatCarriesNothing) {
  auto empty = packet(5, 0);
  const auto before = empty;
  EXPECT_FALSE(flip_bit(empty, 77));
  EXPECT_EQ(empty, before);
  std::vector<std::uint8_t> none;
  EXPECT_FALSE(flip_bit(none, 77));
}

}  // namespace
}  // namespace faultline::local

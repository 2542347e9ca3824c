#include "harness/environments/impaired_link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <vector>

namespace faultline {
namespace {

using testing::Each;
using testing::ElementsAre;

constexpr int kPackets = 100'000;

// All deliveries of packets of 1000 bytes, one each `gap`.
std::vector<Delivery> deliveries(const LinkFault& fault, int packets = kPackets,
                                 Duration gap = kSecond) {
  ImpairedLink link(Rng(1));
  link.impair(fault);
  std::vector<Delivery> out;
  for (int i = 0; i < packets; ++i) {
    for (const auto& delivery : link.send(i * gap, 1000)) out.push_back(delivery);
  }
  return out;
}

std::vector<Duration> delays(const LinkFault& fault) {
  std::vector<Duration> out;
  for (int i = 0; const auto& delivery : deliveries(fault))
    out.push_back(delivery.at - kSecond * i++);
  return out;
}

double mean(const std::vector<Duration>& values) {
  double sum = 0;
  for (const Duration value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

double deviation(const std::vector<Duration>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const Duration value : values) sum += std::pow(static_cast<double>(value) - middle, 2);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

double share(const std::vector<Duration>& values, const std::function<bool(Duration)>& holds) {
  const auto count = std::count_if(values.begin(), values.end(), holds);
  return static_cast<double>(count) / static_cast<double>(values.size());
}

std::vector<Time> times(const std::vector<Delivery>& from) {
  std::vector<Time> out;
  for (const auto& delivery : from) out.push_back(delivery.at);
  return out;
}

TEST(ImpairedLink, DeliversAtOnceWhileItIsNotImpaired) {
  ImpairedLink link(Rng(1));
  EXPECT_FALSE(link.is_impaired());
  const auto sent = link.send(17, 1000);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].at, 17);
  EXPECT_FALSE(sent[0].corrupt);
}

// So that how much traffic there was before a fault does not change what the fault does.
TEST(ImpairedLink, DrawsNothingWhileItIsNotImpaired) {
  const LinkFault fault{.delay = kSecond, .jitter = kSecond, .loss_chance = 5000};
  ImpairedLink busy(Rng(1));
  ImpairedLink idle(Rng(1));
  for (int i = 0; i < 1000; ++i) busy.send(i, 1000);
  busy.impair(fault);
  idle.impair(fault);
  for (int i = 0; i < 1000; ++i) {
    const auto a = busy.send(1000 + i, 1000);
    const auto b = idle.send(1000 + i, 1000);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t copy = 0; copy < a.size(); ++copy) ASSERT_EQ(a[copy].at, b[copy].at);
  }
}

TEST(ImpairedLink, IsCuredByNoFault) {
  ImpairedLink link(Rng(1));
  link.impair({.loss_chance = 10'000});
  EXPECT_TRUE(link.is_impaired());
  EXPECT_TRUE(link.send(1, 1000).empty());
  link.cure();
  EXPECT_FALSE(link.is_impaired());
  EXPECT_EQ(link.send(2, 1000).size(), 1U);
}

TEST(ImpairedLink, DelaysWithoutJitterExactly) {
  EXPECT_THAT(delays({.delay = 50 * kMillisecond}), Each(50 * kMillisecond));
}

TEST(ImpairedLink, SpreadsUniformJitterOverTheWholeRange) {
  const auto found = delays({.delay = 50 * kMillisecond, .jitter = 10 * kMillisecond});
  const auto [least, most] = std::minmax_element(found.begin(), found.end());
  EXPECT_GE(*least, 40 * kMillisecond);
  EXPECT_LT(*least, 40 * kMillisecond + 10 * kMicrosecond);
  EXPECT_LE(*most, 60 * kMillisecond);
  EXPECT_GT(*most, 60 * kMillisecond - 10 * kMicrosecond);
  EXPECT_NEAR(mean(found), 50e6, 0.1e6);
  EXPECT_NEAR(deviation(found), 10e6 / std::sqrt(3), 0.05e6);
}

TEST(ImpairedLink, SpreadsNormalJitterByItsStandardDeviation) {
  const auto found = delays({.delay = 100 * kMillisecond,
                             .jitter = 10 * kMillisecond,
                             .spread = LinkFault::Spread::normal});
  EXPECT_NEAR(mean(found), 100e6, 0.1e6);
  EXPECT_NEAR(deviation(found), 10e6, 0.1e6);
  const auto within = [&](Duration sigmas) {
    return share(found, [=](Duration delay) {
      return std::abs(delay - 100 * kMillisecond) < sigmas * 10 * kMillisecond;
    });
  };
  EXPECT_NEAR(within(1), 0.6827, 0.01);
  EXPECT_NEAR(within(2), 0.9545, 0.005);
  EXPECT_NEAR(within(3), 0.9973, 0.002);
}

TEST(ImpairedLink, SpreadsParetoJitterWithALongTailAndTheMeanAskedFor) {
  const auto found = delays({.delay = 100 * kMillisecond,
                             .jitter = 10 * kMillisecond,
                             .spread = LinkFault::Spread::pareto});
  EXPECT_GE(*std::min_element(found.begin(), found.end()), 100 * kMillisecond);
  EXPECT_NEAR(mean(found), 110e6, 0.5e6);
  const auto beyond = [&](Duration jitter) {
    return share(found, [=](Duration delay) { return delay > 100 * kMillisecond + jitter; });
  };
  // (1 + x / (2 * mean))^-3
  EXPECT_NEAR(beyond(10 * kMillisecond), std::pow(1.5, -3), 0.005);
  EXPECT_NEAR(beyond(60 * kMillisecond), std::pow(4, -3), 0.002);
  EXPECT_NEAR(beyond(200 * kMillisecond), std::pow(11, -3), 0.0004);
}

TEST(ImpairedLink, DelaysByNothingAtLeast) {
  for (const auto spread : {LinkFault::Spread::uniform, LinkFault::Spread::normal}) {
    const auto found =
        delays({.delay = kMillisecond, .jitter = 100 * kMillisecond, .spread = spread});
    EXPECT_EQ(*std::min_element(found.begin(), found.end()), 0);
  }
}

TEST(ImpairedLink, TakesDelaysOfHours) {
  for (const auto spread :
       {LinkFault::Spread::uniform, LinkFault::Spread::normal, LinkFault::Spread::pareto}) {
    const auto found = delays(
        {.delay = 36'000 * kSecond, .jitter = 3'600 * kSecond, .spread = spread, .fifo = false});
    EXPECT_GE(*std::min_element(found.begin(), found.end()), 36'000 * kSecond / 3);
    EXPECT_NEAR(mean(found), 36'000e9, 3'700e9);
  }
}

TEST(ImpairedLink, LosesAndDuplicatesAsOftenAsAsked) {
  EXPECT_NEAR(deliveries({.loss_chance = 500}).size(), 95'000, 300);
  EXPECT_NEAR(deliveries({.duplicate_chance = 3000}).size(), 130'000, 600);
  EXPECT_TRUE(deliveries({.loss_chance = 10'000}).empty());
  EXPECT_EQ(deliveries({.duplicate_chance = 10'000}).size(), 200'000U);
}

TEST(ImpairedLink, DelaysASecondCopyOnItsOwn) {
  const auto found =
      deliveries({.jitter = kMillisecond, .duplicate_chance = 10'000, .fifo = false});
  int apart = 0;
  for (std::size_t i = 0; i < found.size(); i += 2) apart += found[i].at != found[i + 1].at ? 1 : 0;
  EXPECT_GT(apart, kPackets * 2 / 5);  // both are at 0 in a quarter
}

TEST(ImpairedLink, KeepsTheOrderIfItIsFifoAndNotIfItIsNot) {
  LinkFault fault{.delay = 10 * kMillisecond, .jitter = 10 * kMillisecond};
  auto found = times(deliveries(fault, kPackets, kMillisecond));
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  fault.fifo = false;
  found = times(deliveries(fault, kPackets, kMillisecond));
  EXPECT_FALSE(std::is_sorted(found.begin(), found.end()));
}

TEST(ImpairedLink, SendsWhatIsReorderedAheadOfWhatWaits) {
  const auto found = deliveries({.delay = 10 * kMillisecond, .reorder_chance = 2500});
  int ahead = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Duration delay = found[i].at - static_cast<Time>(i) * kSecond;
    ASSERT_EQ(delay, found[i].overtakes ? 0 : 10 * kMillisecond);
    ahead += found[i].overtakes ? 1 : 0;
  }
  EXPECT_NEAR(ahead, 25'000, 600);
}

TEST(ImpairedLink, CorruptsAsOftenAsAskedAndAnywhere) {
  int corrupt = 0;
  std::set<std::uint64_t> places;
  for (const auto& delivery : deliveries({.corrupt_chance = 1000})) {
    corrupt += delivery.corrupt ? 1 : 0;
    if (delivery.corrupt) places.insert(delivery.chance % 64);
  }
  EXPECT_NEAR(corrupt, 10'000, 400);
  EXPECT_EQ(places.size(), 64U);
}

TEST(ImpairedLink, HoldsBackToItsRate) {
  // 1 MB/s are 1 ms a packet; half of twice that is lost, once 200 ms wait.
  const auto found = times(deliveries({.rate = 1'000'000}, 10'000, kMillisecond / 2));
  EXPECT_EQ(found[0], kMillisecond);
  for (std::size_t i = 1; i < found.size(); ++i) ASSERT_EQ(found[i] - found[i - 1], kMillisecond);
  EXPECT_NEAR(found.size(), 5'200, 2);
}

TEST(ImpairedLink, ForgetsAnIdleRate) {
  const auto found = times(deliveries({.delay = kMillisecond, .rate = 1'000'000}, 3));
  EXPECT_THAT(found, ElementsAre(2 * kMillisecond, kSecond + 2 * kMillisecond,
                                 2 * kSecond + 2 * kMillisecond));
}

// The nemesis may say the same of a link again when it changes others.
TEST(ImpairedLink, GoesOnAsBeforeIfTheFaultIsTheSame) {
  ImpairedLink link(Rng(1));
  const LinkFault fault{.delay = 10 * kMillisecond, .jitter = 10 * kMillisecond};
  Time last = 0;
  for (int i = 0; i < 1000; ++i) {
    link.impair(fault);
    const auto sent = link.send(i * kMillisecond, 1000);
    ASSERT_GE(sent[0].at, last);
    last = sent[0].at;
  }
}

TEST(ImpairedLink, BeginsAnewWithAnotherFault) {
  ImpairedLink link(Rng(1));
  link.impair({.delay = kSecond});
  EXPECT_EQ(link.send(0, 1000)[0].at, kSecond);
  link.impair({.delay = kMillisecond});
  EXPECT_EQ(link.send(1, 1000)[0].at, kMillisecond + 1);
}

// What a seed means: if this changes, recorded runs are no longer what they were.
TEST(ImpairedLink, IsTheSameForASeedForEver) {
  std::vector<Duration> found;
  for (const auto spread :
       {LinkFault::Spread::uniform, LinkFault::Spread::normal, LinkFault::Spread::pareto}) {
    ImpairedLink link(Rng(7));
    link.impair({.delay = kSecond,
                 .jitter = 1'000'000,
                 .spread = spread,
                 .loss_chance = 3000,
                 .duplicate_chance = 3000,
                 .reorder_chance = 1000,
                 .corrupt_chance = 1000});
    Duration sum = 0;
    for (int i = 0; i < 1000; ++i) {
      for (const auto& delivery : link.send(i, 100)) {
        sum += delivery.at + static_cast<Duration>(delivery.chance % 1000);
      }
    }
    found.push_back(sum);
  }
  EXPECT_THAT(found, ElementsAre(844820622221, 812326509149, 853281612236));
}

}  // namespace
}  // namespace faultline

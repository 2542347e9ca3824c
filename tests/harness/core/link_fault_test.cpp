// describe() and parse_link_fault(): what is in the history is exactly what was done.
#include "harness/core/link_fault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/rng.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

struct Written {
  LinkFault fault;
  const char* text;
};

std::vector<Written> examples() {
  using Spread = LinkFault::Spread;
  std::vector<Written> all;
  const auto add = [&](const char* text, auto set) {
    LinkFault fault;
    set(fault);
    all.push_back({fault, text});
  };
  add("nothing", [](LinkFault&) {});
  add("delay 50ms", [](LinkFault& f) { f.delay = 50 * kMillisecond; });
  add("delay 1.5s", [](LinkFault& f) { f.delay = 1500 * kMillisecond; });
  add("delay 1.000000001s", [](LinkFault& f) { f.delay = kSecond + 1; });
  add("delay 999.999us", [](LinkFault& f) { f.delay = 999'999; });
  add("delay 7ns", [](LinkFault& f) { f.delay = 7; });
  add("delay 0s +-10ms", [](LinkFault& f) { f.jitter = 10 * kMillisecond; });
  add("delay 2us +-10.05ms normal", [](LinkFault& f) {
    f.delay = 2 * kMicrosecond;
    f.jitter = 10'050 * kMicrosecond;
    f.spread = Spread::normal;
  });
  add("delay 50ms +-0s pareto", [](LinkFault& f) {
    f.delay = 50 * kMillisecond;
    f.spread = Spread::pareto;
  });
  add("loss 5%, duplicate 100%, reorder 0.01%, corrupt 12.5%", [](LinkFault& f) {
    f.loss_chance = 500;
    f.duplicate_chance = 10'000;
    f.reorder_chance = 1;
    f.corrupt_chance = 1250;
  });
  add("rate 999B/s", [](LinkFault& f) { f.rate = 999; });
  add("rate 20kB/s", [](LinkFault& f) { f.rate = 20'000; });
  add("rate 1.25MB/s", [](LinkFault& f) { f.rate = 1'250'000; });
  add("not FIFO", [](LinkFault& f) { f.fifo = false; });
  add("delay 50ms +-10ms normal, loss 5%, rate 20kB/s, not FIFO", [](LinkFault& f) {
    f.delay = 50 * kMillisecond;
    f.jitter = 10 * kMillisecond;
    f.spread = Spread::normal;
    f.loss_chance = 500;
    f.rate = 20'000;
    f.fifo = false;
  });
  return all;
}

TEST(LinkFault, IsWrittenForPeopleAndReadBack) {
  for (const Written& example : examples()) {
    EXPECT_EQ(describe(example.fault), example.text);
    const auto parsed = parse_link_fault(example.text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, example.fault) << example.text;
  }
}

TEST(LinkFault, WhateverItIsItParsesBackToTheSame) {
  constexpr std::uint64_t kSeed = 17;
  Rng rng(kSeed);
  const auto amount = [&rng](std::int64_t most) {  // of any magnitude, and often none
    const auto bits = rng.below(63);
    return rng.chance(1, 3) ? 0 : rng.between(0, std::min(most, std::int64_t{1} << bits));
  };
  for (int i = 0; i < 20'000; ++i) {
    LinkFault fault;
    fault.delay = amount(1000 * kSecond);
    fault.jitter = amount(1000 * kSecond);
    fault.spread = static_cast<LinkFault::Spread>(rng.below(3));
    fault.loss_chance = static_cast<int>(amount(10'000));
    fault.duplicate_chance = static_cast<int>(amount(10'000));
    fault.reorder_chance = static_cast<int>(amount(10'000));
    fault.corrupt_chance = static_cast<int>(amount(10'000));
    fault.rate = amount(100'000'000'000'000);
    fault.fifo = rng.chance(1, 2);
    const std::string text = describe(fault);
    const auto parsed = parse_link_fault(text);
    ASSERT_TRUE(parsed) << "seed " << kSeed << ": " << parsed.error().message;
    ASSERT_EQ(*parsed, fault) << "seed " << kSeed << ": " << text;
  }
}

TEST(LinkFault, AParseErrorNamesThePartThatIsBad) {
  const std::pair<const char*, const char*> bad[] = {
      {"", "''"},
      {"loss 5%, ", "''"},
      {"loss", "'loss'"},
      {"loss 5", "'loss 5'"},
      {"loss 5% 6%", "'loss 5% 6%'"},
      {"loss 101%", "'loss 101%'"},
      {"loss -1%", "'loss -1%'"},
      {"loss 0.001%", "'loss 0.001%'"},
      {"loss .5%", "'loss .5%'"},
      {"loss 1.%", "'loss 1.%'"},
      {"loss 1.2.3%", "'loss 1.2.3%'"},
      {"delay", "'delay'"},
      {"delay 5", "'delay 5'"},
      {"delay 5min", "'delay 5min'"},
      {"delay 0.5ns", "'delay 0.5ns'"},
      {"delay 9999999999s", "'delay 9999999999s'"},
      {"delay 5ms 1ms", "'delay 5ms 1ms'"},
      {"delay 5ms +-1", "'delay 5ms +-1'"},
      {"delay 5ms +-1ms gauss", "'delay 5ms +-1ms gauss'"},
      {"delay 5ms +-1ms normal too", "'delay 5ms +-1ms normal too'"},
      {"rate 5%", "'rate 5%'"},
      {"rate 0B/s", "'rate 0B/s'"},
      {"loss 5%, jam 3%", "'jam 3%'"},
      {"loss 5%,rate 3B/s", "'loss 5%,rate 3B/s'"},
      {"not fifo", "'not fifo'"},
      {"nothing, loss 5%", "'nothing'"},
      {"loss 5%, loss 6%", "one loss"},
  };
  for (const auto& [text, named] : bad) {
    const auto parsed = parse_link_fault(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr(named));
  }
}

}  // namespace
}  // namespace faultline

#include "checkers/linearizability/tightening.hpp"

#include <gtest/gtest.h>

#include "checkers/linearizability/problem.hpp"

namespace faultline {
namespace {

constexpr std::uint32_t kNever = Span::kNever;

ValueRule read(std::uint32_t value) {
  return {.needs = value};
}
ValueRule write(std::uint32_t value) {
  return {.makes = value};
}
ValueRule cas(std::uint32_t from, std::uint32_t to) {
  return {.needs = from, .makes = to};
}
ValueRule failed_cas(std::uint32_t from) {
  return {.excludes = from};
}

struct TighteningTest : testing::Test {
  std::vector<Span> spans;
  std::vector<ValueRule> rules;

  std::uint32_t add(const ValueRule& rule, std::uint32_t begin, std::uint32_t end) {
    const auto op = static_cast<std::uint32_t>(spans.size());
    spans.push_back({begin, end, op});
    rules.push_back(rule);
    return op;
  }
  std::optional<std::uint32_t> run() {
    std::vector<const ValueRule*> pointers;
    for (const ValueRule& rule : rules) pointers.push_back(&rule);
    return tighten(spans, pointers, 10);
  }
};

TEST_F(TighteningTest, TheOnlyMakerIsBeforeThoseThatNeedTheValue) {
  const auto maker = add(write(1), 10, 90);
  const auto reader = add(read(1), 0, 50);
  EXPECT_EQ(run(), std::nullopt);
  EXPECT_EQ(spans[maker].end, 50U);
  EXPECT_EQ(spans[maker].cause, reader);
  EXPECT_EQ(spans[reader].begin, 10U);
}

TEST_F(TighteningTest, WithTwoMakersNothingIsKnown) {
  const auto maker = add(write(1), 10, 90);
  add(write(1), 20, 95);
  const auto reader = add(read(1), 0, 50);
  EXPECT_EQ(run(), std::nullopt);
  EXPECT_EQ(spans[maker].end, 90U);
  EXPECT_EQ(spans[reader].begin, 0U);
}

TEST_F(TighteningTest, TheInitialValueIsMadeOnceMore) {
  const auto maker = add(write(0), 10, 90);
  const auto reader = add(read(0), 0, 50);
  EXPECT_EQ(run(), std::nullopt);
  EXPECT_EQ(spans[maker].end, 90U);
  EXPECT_EQ(spans[reader].begin, 0U);
}

TEST_F(TighteningTest, ACrashedMakerOfWhatWasNeededHappened) {
  const auto needed = add(cas(1, 2), 5, kNever);
  const auto maker = add(write(1), 0, kNever);
  const auto not_needed = add(write(3), 0, kNever);
  add(read(2), 10, 20);
  EXPECT_EQ(run(), std::nullopt);
  EXPECT_EQ(spans[needed].end, 20U);
  EXPECT_EQ(spans[maker].end, 20U) << "what the first one needed was needed, too";
  EXPECT_EQ(spans[not_needed].end, kNever);
}

TEST_F(TighteningTest, WhatNobodyMadeIsNeededInVain) {
  const auto reader = add(read(4), 0, 10);
  EXPECT_EQ(run(), reader);
}

TEST_F(TighteningTest, WhatWasReadBeforeItWasMadeIsImpossible) {
  const auto reader = add(read(1), 0, 10);
  add(write(1), 20, 30);
  EXPECT_EQ(run(), reader);
}

TEST_F(TighteningTest, TheCasThatLeavesAValueIsTheLastToNeedIt) {
  add(write(1), 0, 10);
  const auto reader = add(read(1), 30, 90);
  const auto leaver = add(cas(1, 2), 20, 60);
  EXPECT_EQ(run(), std::nullopt);
  EXPECT_EQ(spans[reader].end, 60U);
  EXPECT_EQ(spans[leaver].begin, 30U);
}

TEST_F(TighteningTest, TwoThatLeaveTheSameValueAreImpossible) {
  add(write(1), 0, 10);
  add(cas(1, 2), 0, 60);
  add(cas(1, 3), 0, 60);
  EXPECT_TRUE(run());
}

// 1 is the state from 10, when its write returned, until 100, when its last read was invoked.
struct ZoneTest : TighteningTest {
  void SetUp() override {
    add(write(1), 0, 10);
    add(read(1), 100, 110);
  }
};

TEST_F(ZoneTest, OthersKeepOut) {
  const auto late = add(write(2), 20, 200);
  const auto early = add(write(3), 5, 50);
  const auto around = add(write(4), 5, 150);
  EXPECT_EQ(run(), std::nullopt);
  EXPECT_EQ(spans[late].begin, 100U);
  EXPECT_EQ(spans[early].end, 10U);
  EXPECT_EQ(spans[around].begin, 5U);
  EXPECT_EQ(spans[around].end, 150U);
}

TEST_F(ZoneTest, WhatLiesWithinIsImpossible) {
  add(write(2), 20, 50);
  EXPECT_TRUE(run());
}

TEST_F(ZoneTest, AFailedCasOfAnotherValueMayLieWithin) {
  add(failed_cas(2), 20, 50);
  EXPECT_EQ(run(), std::nullopt);
  add(failed_cas(1), 20, 50);
  EXPECT_TRUE(run());
}

TEST_F(ZoneTest, TwoZonesThatOverlapAreImpossible) {
  add(write(2), 5, 60);
  add(read(2), 120, 130);
  EXPECT_TRUE(run());
}

TEST_F(ZoneTest, TheInitialValueHasOneIfItIsNeverMade) {
  const auto writer = add(write(2), 0, 8);
  const auto reader = add(read(0), 4, 9);
  EXPECT_EQ(run(), std::nullopt);
  EXPECT_EQ(spans[writer].begin, 4U);
  EXPECT_EQ(spans[reader].begin, 4U);
  add(write(3), 1, 3);
  EXPECT_TRUE(run());
}

TEST_F(ZoneTest, ACrashedOpIsLeftAlone) {
  const auto crashed = add(write(2), 20, kNever);
  EXPECT_EQ(run(), std::nullopt);
  EXPECT_EQ(spans[crashed].end, kNever);
}

}  // namespace
}  // namespace faultline

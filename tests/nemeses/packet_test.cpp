#include "nemeses/packet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "nemeses/grudge.hpp"
#include "tests/nemeses/recording.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Values = Value::List;

const Symbol kStart = Symbol::of("start-packet");
const Symbol kStop = Symbol::of("stop-packet");

struct PacketTest : testing::Test {
  RecordingEnvironment environment{5};
  LedTarget target;
  std::unique_ptr<Nemesis> nemesis = *make_packet(nemesis_context(environment, target));
  Rng rng{7};

  Op carry_out(const Op& op) { return faultline::carry_out(environment, *nemesis, op); }
  void cure() {
    carry_out(nemesis->healing().front());
    environment.take_deeds();
  }
};

TEST_F(PacketTest, StrikesAndHealsByTurns) {
  target.who = 3;
  expect_turns(environment, *nemesis, kStart, kStop, "impair : nothing");
}

TEST_F(PacketTest, EveryShapeIsProposedAndTheOpSaysExactlyWhatIsDone) {
  target.who = 0;
  std::map<std::string, std::string> shapes;  // an example of each
  for (int round = 0; round < 600; ++round) {
    const Op done = carry_out(*nemesis->propose(rng));
    EXPECT_EQ(done.type, OpType::info);
    EXPECT_TRUE(done.error.empty());
    const Values what = done.value.items();
    ASSERT_EQ(what.size(), 3U);
    const auto fault = parse_link_fault(what[0].text());
    ASSERT_TRUE(fault) << fault.error().message;
    EXPECT_NE(*fault, LinkFault{});
    ASSERT_TRUE(parse_grudge(what[2].text(), 5));
    EXPECT_FALSE(parse_grudge(what[2].text(), 5)->empty());
    const std::string deed = "impair " + what[2].text() + ": " + what[0].text();
    EXPECT_THAT(environment.take_deeds(), ElementsAre(deed));
    shapes[what[1].text()] = what[2].text();
    cure();
    // The same can be done again from the history alone, whoever leads by then.
    if (what[1].text().starts_with("leader")) target.who = std::nullopt;
    EXPECT_EQ(carry_out(invocation(kStart, done.value)).value, done.value);
    EXPECT_THAT(environment.take_deeds(), ElementsAre(deed));
    target.who = 0;
    cure();
  }
  std::vector<std::string> names;
  for (const auto& [name, links] : shapes) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre("all", "clients", "halves", "leader", "leader-clients", "leader-in",
                          "leader-out", "link", "one", "one-in", "one-out", "one-way"));
  EXPECT_EQ(shapes["leader-in"], "n2>n1 n3>n1 n4>n1 n5>n1");
  EXPECT_EQ(shapes["leader-out"], "n1>n2 n1>n3 n1>n4 n1>n5");
  EXPECT_EQ(shapes["leader-clients"], "clients>n1 n1>clients");
  EXPECT_EQ(parse_grudge(shapes["all"], 5)->size(), 20U);
  EXPECT_EQ(parse_grudge(shapes["link"], 5)->size(), 1U);
}

TEST_F(PacketTest, TheLeaderIsWhoeverLeadsWhenItStrikes) {
  target.who = 2;
  const Op done = carry_out(invocation(kStart, Values{"loss 5%", "leader"}));
  const std::string links = "n1>n3 n2>n3 n3>n1 n3>n2 n3>n4 n3>n5 n4>n3 n5>n3";
  EXPECT_EQ(done.value, Value(Values{"loss 5%", "leader", links}));
  EXPECT_THAT(environment.take_deeds(), ElementsAre("impair " + links + ": loss 5%"));
}

TEST_F(PacketTest, WithoutALeaderNothingIsImpaired) {
  expect_nothing_without_leader(environment, *nemesis,
                                invocation(kStart, Values{"loss 5%", "leader"}));
}

TEST_F(PacketTest, WhatCannotBeReadIsRefused) {
  for (const Values& bad : {Values{"loss 5%", "one", "n1>n9"}, Values{"loss much", "one", "n1>n2"},
                            Values{"loss 5%", "nowhere"}}) {
    EXPECT_THROW(carry_out(invocation(kStart, bad)), std::exception) << Value(bad).to_string();
  }
  EXPECT_THAT(environment.take_deeds(), IsEmpty());
}

TEST(Packet, OfFewNodesOnlyShapesWithLinksAreProposed) {
  Rng rng(5);
  for (int size = 1; size <= 3; ++size) {
    RecordingEnvironment environment(size);
    LedTarget target;
    target.who = size - 1;
    const auto nemesis = *make_packet(nemesis_context(environment, target));
    for (int i = 0; i < 100; ++i) {
      const Op done = carry_out(environment, *nemesis, *nemesis->propose(rng));
      EXPECT_NE(done.value.items().at(2).text(), "") << done.value.to_string();
      carry_out(environment, *nemesis, nemesis->healing().front());
    }
  }
}

TEST(Packet, NeedsPowerOverTheNetwork) {
  const auto environment = noop_environment(3);
  LedTarget target;
  const auto made = make_packet(nemesis_context(*environment, target));
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("network"));
}

// The behaviours of `fault`, by name.
std::set<std::string> behaviours(const LinkFault& fault) {
  constexpr const char* kSpreads[] = {"uniform", "normal", "pareto"};
  std::set<std::string> names;
  if (fault.delay > 0) names.insert("delay");
  if (fault.jitter > 0) names.insert(kSpreads[static_cast<int>(fault.spread)]);
  if (fault.loss_chance > 0) names.insert("loss");
  if (fault.duplicate_chance > 0) names.insert("duplicate");
  if (fault.reorder_chance > 0) names.insert("reorder");
  if (fault.corrupt_chance > 0) names.insert("corrupt");
  if (fault.rate > 0) names.insert("rate");
  if (!fault.fifo) names.insert("not FIFO");
  return names;
}

TEST(DrawLinkFault, DrawsEveryBehaviourAloneAndWithOthers) {
  constexpr std::uint64_t kSeed = 3;
  Rng rng(kSeed);
  std::set<std::string> seen;
  std::set<std::set<std::string>> mixtures;
  for (int i = 0; i < 3000; ++i) {
    const LinkFault fault = draw_link_fault(rng);
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ": " + describe(fault));
    const auto names = behaviours(fault);
    ASSERT_FALSE(names.empty());
    seen.insert(names.begin(), names.end());
    mixtures.insert(names);
    for (const int chance :
         {fault.loss_chance, fault.duplicate_chance, fault.reorder_chance, fault.corrupt_chance}) {
      EXPECT_TRUE(chance >= 0 && chance < 10'000) << "something passes";
    }
    EXPECT_LT(fault.delay, kSecond);
    EXPECT_LT(fault.jitter, kSecond);
    // What needs something that waits has it.
    if (fault.reorder_chance > 0) {
      EXPECT_GT(fault.delay, 0);
    }
    if (!fault.fifo) {
      EXPECT_GT(fault.jitter, 0);
    }
  }
  EXPECT_THAT(seen, ElementsAre("corrupt", "delay", "duplicate", "loss", "normal", "not FIFO",
                                "pareto", "rate", "reorder", "uniform"));
  for (const char* alone : {"corrupt", "delay", "duplicate", "loss", "rate"}) {
    EXPECT_TRUE(mixtures.contains({alone})) << alone;
  }
  EXPECT_GT(mixtures.size(), 60U);
}

}  // namespace
}  // namespace faultline

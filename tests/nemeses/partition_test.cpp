#include "nemeses/partition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "nemeses/grudge.hpp"
#include "tests/nemeses/recording.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Values = Value::List;

const Symbol kStart = Symbol::of("start-partition");
const Symbol kStop = Symbol::of("stop-partition");

struct PartitionTest : testing::Test {
  RecordingEnvironment environment{5};
  LedTarget target;
  std::unique_ptr<Nemesis> nemesis = *make_partition(nemesis_context(environment, target));
  Rng rng{7};

  Op carry_out(const Op& op) { return faultline::carry_out(environment, *nemesis, op); }
};

TEST_F(PartitionTest, StrikesAndHealsByTurns) {
  target.who = 3;
  expect_turns(environment, *nemesis, kStart, kStop, "heal");
}

TEST_F(PartitionTest, ProposingChangesNothing) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(nemesis->propose(rng)->f, kStart);
  EXPECT_THAT(environment.take_deeds(), IsEmpty());
}

TEST_F(PartitionTest, EveryShapeIsProposedAndItsLinksAreThoseThatAreCut) {
  target.who = 0;
  std::set<std::string> shapes;
  for (int round = 0; round < 400; ++round) {
    const Op strike = *nemesis->propose(rng);
    const Op done = carry_out(strike);
    EXPECT_EQ(done.type, OpType::info);
    EXPECT_EQ(done.f, kStart);
    EXPECT_TRUE(done.error.empty());
    const Values what = done.value.items();
    ASSERT_EQ(what.size(), 2U);
    shapes.insert(what[0].text());
    EXPECT_THAT(environment.take_deeds(), ElementsAre("cut " + what[1].text()));
    EXPECT_FALSE(parse_grudge(what[1].text(), 5)->empty());
    carry_out(nemesis->healing().front());
    environment.take_deeds();
  }
  EXPECT_THAT(shapes, ElementsAre("bridge", "halves", "leader", "leader-from-one", "leader-in",
                                  "leader-minority", "leader-out", "majorities-ring", "minority",
                                  "one", "one-way"));
}

TEST_F(PartitionTest, TheLeaderIsWhoeverLeadsWhenItStrikes) {
  target.who = 2;
  const Op done = carry_out(invocation(kStart, Values{"leader"}));
  const std::string links = "n1>n3 n2>n3 n3>n1 n3>n2 n3>n4 n3>n5 n4>n3 n5>n3";
  EXPECT_EQ(done.value, Value(Values{"leader", links}));
  EXPECT_THAT(environment.take_deeds(), ElementsAre("cut " + links));
}

TEST_F(PartitionTest, TheOthersTakeTurnsAtTheLeadersSide) {
  target.who = 1;
  std::set<std::string> cut;
  for (std::int64_t turn = 0; turn < 5; ++turn) {
    const Op done = carry_out(invocation(kStart, Values{"leader-from-one", turn}));
    cut.insert(done.value.items()[1].text());
    EXPECT_THAT(environment.take_deeds(), ElementsAre("cut " + done.value.items()[1].text()));
  }
  EXPECT_THAT(cut, ElementsAre("n1>n2 n2>n1", "n2>n3 n3>n2", "n2>n4 n4>n2", "n2>n5 n5>n2"));
}

TEST_F(PartitionTest, OneCutMayFollowAnother) {
  target.who = 0;
  int followed = 0;
  for (int round = 0; round < 100; ++round) {
    const Op next = *nemesis->propose(rng);
    const bool was_cut = !nemesis->healing().empty();
    followed += was_cut && next.f == kStart ? 1 : 0;
    carry_out(next);
    const auto deeds = environment.take_deeds();
    ASSERT_EQ(deeds.size(), 1U);
    EXPECT_EQ(deeds[0].starts_with("cut "), next.f == kStart);
  }
  EXPECT_GT(followed, 10);
}

TEST_F(PartitionTest, WithoutALeaderNothingIsCut) {
  expect_nothing_without_leader(environment, *nemesis, invocation(kStart, Values{"leader"}));
}

TEST(PartitionClients, EveryShapeIsProposedAndOnlyLinksOfClientsAreCut) {
  RecordingEnvironment environment{5};
  LedTarget target;
  target.who = 3;
  const auto nemesis = *make_partition_clients(nemesis_context(environment, target));
  Rng rng(7);
  std::set<std::string> shapes;
  for (int round = 0; round < 400; ++round) {
    const Op strike = *nemesis->propose(rng);
    EXPECT_EQ(strike.f.name(), "start-partition-clients");
    const Op done = carry_out(environment, *nemesis, strike);
    const Values what = done.value.items();
    ASSERT_EQ(what.size(), 2U);
    shapes.insert(what[0].text());
    if (what[0].text() == "leader") {
      EXPECT_EQ(what[1].text(), "clients>n4 n4>clients");
    }
    if (what[0].text() == "leader-answers") {
      EXPECT_EQ(what[1].text(), "n4>clients");
    }
    const Grudge cut = *parse_grudge(what[1].text(), 5);
    for (const auto& [from, to] : cut) EXPECT_TRUE((from == kClients) != (to == kClients));
    EXPECT_THAT(environment.take_deeds(), ElementsAre("cut " + what[1].text()));
    const Op cure = nemesis->healing().front();
    EXPECT_EQ(cure.f.name(), "stop-partition-clients");
    carry_out(environment, *nemesis, cure);
    EXPECT_THAT(environment.take_deeds(), ElementsAre("heal"));
  }
  EXPECT_THAT(shapes, ElementsAre("answers", "leader", "leader-answers", "majority", "minority",
                                  "one", "requests"));
}

TEST(PartitionClients, DoesNotMendWhatPartitionBroke) {
  RecordingEnvironment environment{3};
  LedTarget target;
  const NemesisContext context = nemesis_context(environment, target);
  const auto nodes = *make_partition(context);
  const auto clients = *make_partition_clients(context);
  carry_out(environment, *nodes, invocation(kStart, Values{"one", "n1>n2"}));
  carry_out(environment, *clients,
            invocation(Symbol::of("start-partition-clients"), Values{"one", "clients>n1"}));
  carry_out(environment, *clients, clients->healing().front());
  carry_out(environment, *nodes, nodes->healing().front());
  EXPECT_THAT(environment.take_deeds(),
              ElementsAre("cut n1>n2", "cut clients>n1 n1>n2", "cut n1>n2", "heal"));
}

TEST(Partition, OfFewNodesOnlyShapesThatCutSomethingAreProposed) {
  Rng rng(5);
  for (int size = 1; size <= 3; ++size) {
    RecordingEnvironment environment(size);
    LedTarget target;
    const auto nemesis = *make_partition(nemesis_context(environment, target));
    for (int i = 0; i < 100; ++i) {
      const auto strike = nemesis->propose(rng);
      ASSERT_EQ(strike.has_value(), size > 1);
      if (!strike || !strike->value.items()[1].is_text()) continue;
      EXPECT_NE(strike->value.items()[1].text(), "") << strike->value.to_string();
    }
  }
}

TEST_F(PartitionTest, ALinkThatDoesNotExistIsRefused) {
  const Op bad = invocation(kStart, Values{"one", "n1>n9"});
  EXPECT_THROW(carry_out(bad), std::runtime_error);
  EXPECT_THAT(environment.take_deeds(), IsEmpty());
}

TEST(Partition, NeedsPowerOverTheNetwork) {
  const auto environment = noop_environment(3);
  LedTarget target;
  const auto made = make_partition(nemesis_context(*environment, target));
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("network"));
}

}  // namespace
}  // namespace faultline

#include "nemeses/node_fault.hpp"

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

struct Kind {
  const char* name;
  Result<std::unique_ptr<Nemesis>> (*make)(const NemesisContext&);
  const char* strike;
  const char* cure;
};

struct NodeFaultTest : testing::TestWithParam<Kind> {
  RecordingEnvironment environment{5};
  LedTarget target;
  std::unique_ptr<Nemesis> nemesis = *GetParam().make(nemesis_context(environment, target));
  Rng rng{11};

  Op carry_out(const Op& op) { return faultline::carry_out(environment, *nemesis, op); }
  static Op strike(const char* nodes) { return invocation(Symbol::of(GetParam().strike), nodes); }

  // "kill n1", "kill n3" for "n1 n3".
  static std::vector<std::string> deeds(const std::string& deed, const std::string& nodes) {
    std::vector<std::string> all;
    for (const NodeId node : *parse_nodes(nodes, 5)) all.push_back(deed + " " + node_name(node));
    return all;
  }
};

TEST_P(NodeFaultTest, StrikesTheNodesItSaysAndCuresTheSame) {
  target.who = 4;
  std::set<std::size_t> counts;
  for (int round = 0; round < 200; ++round) {
    const Op proposed = *nemesis->propose(rng);
    const Op done = carry_out(proposed);
    EXPECT_EQ(done.type, OpType::info);
    EXPECT_TRUE(done.error.empty());
    const std::string nodes = done.value.text();
    if (proposed.value == Value("leader")) {
      EXPECT_EQ(nodes, "n5");
    }
    counts.insert(parse_nodes(nodes, 5)->size());
    if (proposed.f.name() == "restart") {
      EXPECT_THAT(nemesis->healing(), IsEmpty());
      environment.take_deeds();
      continue;
    }
    EXPECT_EQ(proposed.f.name(), GetParam().strike);
    EXPECT_EQ(environment.take_deeds(), deeds(GetParam().strike, nodes));
    const Op cure = *nemesis->propose(rng);
    EXPECT_EQ(cure, invocation(Symbol::of(GetParam().cure), nodes));
    EXPECT_THAT(nemesis->healing(), ElementsAre(cure));
    EXPECT_EQ(carry_out(cure).value, Value(nodes));
    EXPECT_EQ(environment.take_deeds(), deeds(GetParam().cure, nodes));
    EXPECT_THAT(nemesis->healing(), IsEmpty());
  }
  EXPECT_THAT(counts, ElementsAre(1, 2, 3, 5)) << "one, a minority, a majority, all";
}

TEST_P(NodeFaultTest, WhatWasStruckEarlierIsStillDueForTheCure) {
  const Symbol cure = Symbol::of(GetParam().cure);
  carry_out(strike("n4"));
  carry_out(strike("n2"));
  EXPECT_THAT(nemesis->healing(), ElementsAre(invocation(cure, "n2 n4")));
  carry_out(invocation(cure, "n4"));
  EXPECT_THAT(nemesis->healing(), ElementsAre(invocation(cure, "n2")));
}

TEST_P(NodeFaultTest, WithoutALeaderNothingIsStruck) {
  const Op done = carry_out(strike("leader"));
  EXPECT_EQ(done.type, OpType::info);
  EXPECT_EQ(done.error.name(), "no such node now");
  EXPECT_THAT(environment.take_deeds(), IsEmpty());
  EXPECT_THAT(nemesis->healing(), IsEmpty());
}

TEST_P(NodeFaultTest, WhatChangedNothingIsNotSaidToBeStruck) {
  environment.immune = {1, 2};
  EXPECT_EQ(carry_out(strike("n1 n2 n4")).value, Value("n1 n4"));
  EXPECT_EQ(nemesis->healing().front().value, Value("n1 n4"));
}

TEST_P(NodeFaultTest, TheLeaderIsWhoeverLeadsWhenItStrikes) {
  target.who = 1;
  EXPECT_EQ(carry_out(strike("leader")).value, Value("n2"));
  target.who = 3;  // the cure is for the node that was struck, whoever leads by now
  EXPECT_EQ(nemesis->healing().front().value, Value("n2"));
}

TEST_P(NodeFaultTest, ANodeThatDoesNotExistIsRefused) {
  EXPECT_THROW(carry_out(strike("n1 n6")), std::runtime_error);
  EXPECT_THAT(environment.take_deeds(), IsEmpty());
}

TEST_P(NodeFaultTest, NeedsPowerOverTheProcesses) {
  const auto powerless = noop_environment(3);
  const auto made = GetParam().make({powerless.get(), &target});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr(GetParam().name));
}

INSTANTIATE_TEST_SUITE_P(All, NodeFaultTest,
                         testing::Values(Kind{"kill", make_kill, "kill", "start"},
                                         Kind{"pause", make_pause, "pause", "resume"}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Kill, ARestartKillsAndStartsEachNodeAndLeavesNothingToHeal) {
  RecordingEnvironment environment(5);
  LedTarget target;
  const auto nemesis = *make_kill(nemesis_context(environment, target));
  const Op done = carry_out(environment, *nemesis, invocation(Symbol::of("restart"), "n1 n3"));
  EXPECT_EQ(done.value, Value("n1 n3"));
  EXPECT_THAT(environment.take_deeds(), ElementsAre("kill n1", "start n1", "kill n3", "start n3"));
  EXPECT_THAT(nemesis->healing(), IsEmpty());
}

TEST(Kill, ProposesRestartsToo) {
  RecordingEnvironment environment(3);
  LedTarget target;
  const auto nemesis = *make_kill(nemesis_context(environment, target));
  Rng rng(3);
  std::set<std::string> functions;
  for (int i = 0; i < 50; ++i) functions.insert(nemesis->propose(rng)->f.name());
  EXPECT_THAT(functions, ElementsAre("kill", "restart"));
}

}  // namespace
}  // namespace faultline

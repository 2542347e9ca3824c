#include "nemeses/compose.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "nemeses/node_fault.hpp"
#include "nemeses/partition.hpp"
#include "tests/nemeses/recording.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct ComposeTest : testing::Test {
  RecordingEnvironment environment{3};
  LedTarget target;
  std::unique_ptr<Nemesis> nemesis = make();

  std::unique_ptr<Nemesis> make() {
    const NemesisContext context = nemesis_context(environment, target);
    std::vector<std::unique_ptr<Nemesis>> members;
    members.push_back(*make_partition(context));
    members.push_back(*make_kill(context));
    members.push_back(*make_pause(context));
    return compose_nemeses(std::move(members));
  }

  Op carry_out(const char* f, const Value& value = {}) {
    return faultline::carry_out(environment, *nemesis, invocation(Symbol::of(f), value));
  }
};

TEST_F(ComposeTest, AnswersToTheFunctionsOfAll) {
  std::vector<std::string> names;
  for (const Symbol f : nemesis->functions()) names.push_back(f.name());
  EXPECT_THAT(names, ElementsAre("kill", "pause", "restart", "resume", "start", "start-partition",
                                 "stop-partition"));
}

TEST_F(ComposeTest, EachOpGoesToTheOneWhoseFunctionItIs) {
  carry_out("kill", "n1");
  carry_out("pause", "n2");
  carry_out("start-partition", Value::List{"one", "n1>n2"});
  EXPECT_THAT(environment.take_deeds(), ElementsAre("kill n1", "pause n2", "cut n1>n2"));
  EXPECT_THAT(nemesis->healing(), ElementsAre(invocation(Symbol::of("stop-partition")),
                                              invocation(Symbol::of("start"), "n1"),
                                              invocation(Symbol::of("resume"), "n2")));
  for (const Op& op : nemesis->healing()) faultline::carry_out(environment, *nemesis, op);
  EXPECT_THAT(environment.take_deeds(), ElementsAre("heal", "start n1", "resume n2"));
  EXPECT_THAT(nemesis->healing(), IsEmpty());
}

TEST_F(ComposeTest, EveryMemberGetsItsTurn) {
  Rng rng(5);
  std::set<std::string> functions;
  for (int i = 0; i < 100; ++i) functions.insert(nemesis->propose(rng)->f.name());
  EXPECT_THAT(functions, ElementsAre("kill", "pause", "restart", "start-partition"));
}

TEST_F(ComposeTest, AFunctionOfNobodyIsRefused) {
  EXPECT_THROW(carry_out("flood"), std::logic_error);
}

TEST(Compose, OfNoneHasNothingToDo) {
  const auto nemesis = compose_nemeses({});
  Rng rng(1);
  EXPECT_THAT(nemesis->functions(), IsEmpty());
  EXPECT_FALSE(nemesis->propose(rng));
  EXPECT_THAT(nemesis->healing(), IsEmpty());
}

}  // namespace
}  // namespace faultline

#include "harness/run/election_wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nemeses/compose.hpp"
#include "nemeses/node_fault.hpp"
#include "tests/nemeses/recording.hpp"

namespace faultline {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

// Who leads, by the number of the question.
class VotingTarget final : public Target {
 public:
  explicit VotingTarget(std::vector<std::optional<NodeId>> leaders)
      : leaders_(std::move(leaders)) {}

  std::size_t asked = 0;
  Duration answers_take = 0;

  Task<Result<void>> start(Environment&) override { co_return Result<void>(); }
  std::unique_ptr<Client> connect(Environment&, NodeId, Process) override { return noop_client(); }
  Task<std::optional<Leader>> leader(Environment& environment) override {
    Clock& clock = environment.clock();
    if (answers_take > 0) co_await sleep_until(clock, clock.now() + answers_take);
    co_return leaders_[std::min(asked++, leaders_.size() - 1)];
  }

 private:
  std::vector<std::optional<NodeId>> leaders_;
};

struct ElectionWait : testing::Test {
  RecordingEnvironment environment{3};
  Duration patience = 500 * kMillisecond;

  struct Waited {
    Duration time;
    std::size_t questions;
    Op done;
  };

  std::unique_ptr<Nemesis> waiting(Target& target) {
    auto kill = make_kill(nemesis_context(environment, target));
    return with_election_waits(std::move(*kill), environment, target, patience);
  }

  // What comes of waiting while those lead.
  Waited wait(std::vector<std::optional<NodeId>> leaders, Duration after,
              Duration answers_take = 0) {
    VotingTarget target(std::move(leaders));
    target.answers_take = answers_take;
    const auto nemesis = waiting(target);
    const Time begin = environment.clock().now();
    Op done = carry_out(environment, *nemesis, invocation(kAwaitElection, Value(after)));
    EXPECT_THAT(environment.take_deeds(), IsEmpty());
    return {environment.clock().now() - begin, target.asked, done};
  }
};

TEST_F(ElectionWait, EndsWhenAnotherNodeLeads) {
  const Waited waited = wait({0, 0, std::nullopt, 0, 2, 1}, 0);
  EXPECT_TRUE(waited.done.error.empty());
  EXPECT_EQ(waited.questions, 5U);
}

TEST_F(ElectionWait, EndsWhenSomebodyLeadsAgainAndGoesOnForAsLongAsItSays) {
  const Waited waited = wait({1, std::nullopt, std::nullopt, 2}, 50 * kMillisecond);
  EXPECT_TRUE(waited.done.error.empty());
  EXPECT_EQ(waited.questions, 4U);
  EXPECT_GE(waited.time, 50 * kMillisecond);
}

TEST_F(ElectionWait, GivesUp) {
  const Waited waited = wait({1}, 0);
  EXPECT_EQ(waited.done.error.name(), "nobody else came to lead");
  EXPECT_GE(waited.time, 300 * kMillisecond);
}

TEST_F(ElectionWait, IsAsPatientAsItIsTold) {
  std::vector<std::optional<NodeId>> leaders(1'000, 1);
  leaders.push_back(2);  // after about a second
  EXPECT_FALSE(wait(leaders, 0).done.error.empty());
  patience = 60 * kSecond;
  EXPECT_TRUE(wait(leaders, 0).done.error.empty());
}

TEST_F(ElectionWait, ThoseWhoAnswerSlowlyAreAskedForAFifthOfTheTime) {
  const Waited waited = wait({1}, 0, 10 * kMillisecond);
  EXPECT_GT(waited.questions, 1U);
  EXPECT_LE(waited.questions, 12U);
}

TEST_F(ElectionWait, IsOverAtOnceWhereNobodyEverLeads) {
  const Waited waited = wait({std::nullopt}, 0);
  EXPECT_FALSE(waited.done.error.empty());
  EXPECT_EQ(waited.questions, 1U);
}

TEST_F(ElectionWait, PassesEverythingElseOn) {
  LedTarget target;
  const auto nemesis = waiting(target);
  EXPECT_TRUE(waits_for_elections(*nemesis));
  Rng rng(7);
  for (int i = 0; i < 100; ++i) EXPECT_NE(nemesis->propose(rng)->f, kAwaitElection);
  carry_out(environment, *nemesis, invocation(Symbol::of("kill"), "n2"));
  EXPECT_THAT(environment.take_deeds(), Contains("kill n2"));
  EXPECT_THAT(nemesis->healing(), Not(IsEmpty()));
}

TEST_F(ElectionWait, WhatIsNoTimeIsRefused) {
  for (const Value& value : {Value("soon"), Value(-1), Value(kSecond * 3600)}) {
    LedTarget target;
    const auto nemesis = waiting(target);
    EXPECT_THROW(carry_out(environment, *nemesis, invocation(kAwaitElection, value)),
                 std::runtime_error);
  }
}

TEST_F(ElectionWait, WithNoFaultThereIsNothingToWaitFor) {
  LedTarget target;
  const auto nemesis = with_election_waits(compose_nemeses({}), environment, target, patience);
  EXPECT_FALSE(waits_for_elections(*nemesis));
}

TEST(ElectionWaitOp, IsDrawnShortAndLong) {
  Rng rng(7);
  Duration longest = 0;
  int at_once = 0;
  for (int i = 0; i < 1'000; ++i) {
    const Op op = draw_election_wait(rng);
    EXPECT_EQ(op.f, kAwaitElection);
    longest = std::max(longest, op.value.integer());
    at_once += op.value.integer() < kMillisecond ? 1 : 0;
  }
  EXPECT_GT(at_once, 100);
  EXPECT_GT(longest, 40 * kMillisecond);
}

}  // namespace
}  // namespace faultline

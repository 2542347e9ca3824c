#include "harness/environments/sim/sim_environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/environments/sim/scripted_node.hpp"

namespace faultline::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr LinkBehaviour kPerfect{kMillisecond, 0, 0, 0, 0, 0};

struct SimEnvironmentTest : testing::Test {
  Script script;
  SimEnvironment environment{3, kPerfect, Rng(1)};
  Powers powers = environment.powers();

  void SetUp() override {
    ASSERT_TRUE(
        powers.hosting->install({[this](NodeId, int, Rng) { return scripted_node(script); }, {}}));
    script.take();
  }

  Answer request(NodeId node, const Bytes& bytes, Duration timeout = kSecond) {
    Answer answer;
    const auto main = [](HostingPower& hosting, NodeId to, Bytes what, Duration patience,
                         Answer& out) -> Task<> {
      out = co_await hosting.request(to, std::move(what), patience);
    };
    environment.run(main(*powers.hosting, node, bytes, timeout, answer));
    return answer;
  }
  std::optional<NodeStatus> status(NodeId node) {
    std::optional<NodeStatus> status;
    const auto main = [](HostingPower& hosting, NodeId of,
                         std::optional<NodeStatus>& out) -> Task<> {
      out = co_await hosting.status(of);
    };
    environment.run(main(*powers.hosting, node, status));
    return status;
  }
  void run_for(Duration duration) {
    Clock& clock = environment.clock();
    environment.run(sleep_until(clock, clock.now() + duration));
  }
};

TEST_F(SimEnvironmentTest, InstallStartsEveryNode) {
  for (NodeId node = 0; node < 3; ++node) EXPECT_TRUE(status(node));
  EXPECT_EQ(status(1)->term, 7U);
}

TEST_F(SimEnvironmentTest, ARequestIsAnswered) {
  const Answer answer = request(0, "reply:yes");
  EXPECT_EQ(answer.kind, Answer::Kind::answered);
  EXPECT_EQ(answer.bytes, "yes");
  EXPECT_EQ(environment.clock().now(), 2 * kMillisecond) << "there and back";
}

TEST_F(SimEnvironmentTest, ANodeThatIsDownRefuses) {
  powers.processes->kill(0);
  const Answer answer = request(0, "reply:yes");
  EXPECT_EQ(answer.kind, Answer::Kind::refused);
  EXPECT_THAT(script.seen, Not(Contains("req reply:yes")));
  EXPECT_FALSE(status(0));
}

TEST_F(SimEnvironmentTest, APausedNodeTimesOutButMayStillDoIt) {
  powers.processes->pause(0);
  EXPECT_FALSE(status(0));
  EXPECT_EQ(request(0, "reply:yes").kind, Answer::Kind::timeout);
  EXPECT_EQ(environment.clock().now(), kSecond);
  powers.processes->resume(0);
  EXPECT_THAT(script.seen, Contains("req reply:yes"));
  EXPECT_EQ(request(0, "reply:again").bytes, "again") << "not the answer that came too late";
}

TEST_F(SimEnvironmentTest, ANodeKilledOnTheWayBreaksTheConnection) {
  environment.clock().call_at(10 * kMillisecond, [this] { powers.processes->kill(0); });
  EXPECT_EQ(request(0, "keep me waiting").kind, Answer::Kind::timeout);
  EXPECT_EQ(environment.clock().now(), 11 * kMillisecond) << "a reset, not the whole timeout";
}

TEST_F(SimEnvironmentTest, MessagesPassUnlessTheirDirectionIsCut) {
  powers.network->cut({{0, 1}});
  request(0, "send:2:lost send:3:heard reply:x");
  request(1, "send:1:back reply:x");
  run_for(10 * kMillisecond);
  EXPECT_THAT(script.seen, Not(Contains("msg n1 lost")));
  EXPECT_THAT(script.seen, Contains("msg n1 heard"));
  EXPECT_THAT(script.seen, Contains("msg n2 back"));
  powers.network->heal();
  request(0, "send:2:passed reply:x");
  run_for(10 * kMillisecond);
  EXPECT_THAT(script.seen, Contains("msg n1 passed"));
}

TEST_F(SimEnvironmentTest, ACutTakesWhatIsInFlight) {
  environment.clock().call_at(1500 * kMicrosecond, [this] { powers.network->cut({{0, 1}}); });
  request(0, "send:2:flying reply:x");
  run_for(10 * kMillisecond);
  EXPECT_THAT(script.seen, Not(Contains("msg n1 flying")));
}

TEST_F(SimEnvironmentTest, ClientsCutOffGetNoAnswerAndWhatTheySentMayStillArrive) {
  powers.network->cut({{kClients, 0}});
  EXPECT_EQ(request(0, "reply:one", 100 * kMillisecond).kind, Answer::Kind::timeout);
  EXPECT_THAT(script.seen, Not(Contains("req reply:one")));
  EXPECT_EQ(request(1, "reply:other").bytes, "other");
  EXPECT_TRUE(status(0)) << "the controller is no client";
  powers.network->heal();
  run_for(300 * kMillisecond);
  EXPECT_THAT(script.seen, Contains("req reply:one")) << "sent again, as TCP does";
}

TEST_F(SimEnvironmentTest, WhatIsCutOffForLongIsGivenUp) {
  powers.network->cut({{kClients, 0}});
  EXPECT_EQ(request(0, "reply:one", 2 * kSecond).kind, Answer::Kind::timeout);
  powers.network->heal();
  run_for(10 * kSecond);
  EXPECT_THAT(script.seen, Not(Contains("req reply:one")));
}

TEST_F(SimEnvironmentTest, AnAnswerCutOffLeavesWhatWasDoneDone) {
  powers.network->cut({{0, kClients}});
  EXPECT_EQ(request(0, "reply:one", 100 * kMillisecond).kind, Answer::Kind::timeout);
  EXPECT_THAT(script.seen, ElementsAre("req reply:one")) << "once";
  run_for(10 * kSecond);
  EXPECT_THAT(script.seen, ElementsAre("req reply:one"));
}

TEST_F(SimEnvironmentTest, WhoIsCutOffLearnsNothingOfADeadNodeEither) {
  powers.network->cut({{0, kClients}});
  powers.processes->kill(0);
  EXPECT_EQ(request(0, "reply:one", 100 * kMillisecond).kind, Answer::Kind::timeout);
  powers.processes->start(0);
  const Time begin = environment.clock().now();
  environment.clock().call_at(begin + 10 * kMillisecond, [this] { powers.processes->kill(0); });
  EXPECT_EQ(request(0, "keep me waiting").kind, Answer::Kind::timeout);
  EXPECT_EQ(environment.clock().now(), begin + kSecond) << "no reset comes through";
}

TEST_F(SimEnvironmentTest, LostPacketsOfClientsAreSentAgain) {
  powers.network->impair({{kClients, 0}, {0, kClients}}, *parse_link_fault("loss 30%"));
  int answered = 0;
  int at_once = 0;
  for (int i = 0; i < 200; ++i) {
    script.take();
    const Time begin = environment.clock().now();
    const Answer answer = request(0, "reply:yes", 10 * kSecond);
    if (answer.kind == Answer::Kind::answered) ++answered;
    if (environment.clock().now() == begin + 2 * kMillisecond) ++at_once;
    EXPECT_LE(script.seen.size(), 1U) << "never twice";
  }
  EXPECT_NEAR(at_once, 98, 35);  // 0.7 * 0.7
  EXPECT_GE(answered, 190);      // all but 2 * 0.3^4
}

TEST_F(SimEnvironmentTest, ImpairedLinksDelayRequestsAnswersAndMessages) {
  powers.network->impair({{kClients, 0}}, *parse_link_fault("delay 50ms"));
  EXPECT_EQ(request(0, "reply:yes").bytes, "yes");
  EXPECT_EQ(environment.clock().now(), 52 * kMillisecond);
  powers.network->impair({{0, kClients}, {0, 1}}, *parse_link_fault("delay 70ms"));
  EXPECT_EQ(request(0, "send:2:late reply:yes").bytes, "yes");
  EXPECT_EQ(environment.clock().now(), 124 * kMillisecond);
  EXPECT_THAT(script.seen, Contains("msg n1 late"));
  powers.network->impair({}, {});
  EXPECT_EQ(request(0, "reply:yes").bytes, "yes");
  EXPECT_EQ(environment.clock().now(), 126 * kMillisecond);
}

TEST_F(SimEnvironmentTest, WhatIsUnderWayArrivesAsItWouldHave) {
  powers.network->impair({{0, 1}}, *parse_link_fault("delay 50ms"));
  request(0, "send:2:slow reply:x");
  powers.network->impair({}, {});
  run_for(40 * kMillisecond);
  EXPECT_THAT(script.seen, Not(Contains("msg n1 slow")));
  run_for(40 * kMillisecond);
  EXPECT_THAT(script.seen, Contains("msg n1 slow"));
}

TEST_F(SimEnvironmentTest, ALinkThatIsCutAndImpairedIsCut) {
  powers.network->impair({{0, 1}}, *parse_link_fault("delay 5ms"));
  powers.network->cut({{0, 1}});
  request(0, "send:2:lost reply:x");
  run_for(kSecond);
  EXPECT_THAT(script.seen, Not(Contains("msg n1 lost")));
  powers.network->heal();
  request(0, "send:2:passed reply:x");
  run_for(kSecond);
  EXPECT_THAT(script.seen, Contains("msg n1 passed"));
}

TEST_F(SimEnvironmentTest, ARestartedNodeFindsWhatItSynced) {
  request(0, "write:a sync reply:done");
  powers.processes->kill(0);
  script.take();
  powers.processes->start(0);
  EXPECT_THAT(script.take(), ElementsAre("start a"));
  EXPECT_EQ(request(0, "reply:back").bytes, "back");
  EXPECT_THAT(environment.node_log(0), Contains(HasSubstr("killed")));
}

TEST(SimEnvironment, TheSameSeedGivesTheSameRun) {
  const auto run = [](std::uint64_t seed) {
    Script script;
    SimEnvironment environment(2, {}, Rng(seed));
    HostingPower& hosting = *environment.powers().hosting;
    EXPECT_TRUE(
        hosting.install({[&script](NodeId, int, Rng) { return scripted_node(script); }, {}}));
    std::vector<Time> times;
    const auto main = [](HostingPower& power, Clock& clock, std::vector<Time>& out) -> Task<> {
      for (int i = 0; i < 50; ++i) {
        const Bytes words = "write:a sync reply:x";
        Answer answer = co_await power.request(i % 2, words, kSecond);
        out.push_back(clock.now());
      }
    };
    environment.run(main(hosting, environment.clock(), times));
    return times;
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

TEST_F(SimEnvironmentTest, WhatTheMainThrowsComesOut) {
  const auto main = []() -> Task<> {
    throw std::runtime_error("no");
    co_return;
  };
  EXPECT_THROW(environment.run(main()), std::runtime_error);
}

TEST(SimEnvironment, WaitingForNothingIsADeadlockNotAHang) {
  SimEnvironment environment(1, {}, Rng(1));
  const auto main = []() -> Task<> { co_await suspend<>([](const std::function<void()>&) {}); };
  EXPECT_THROW(environment.run(main()), std::logic_error);
}

}  // namespace
}  // namespace faultline::sim

#include "harness/environments/sim/hosted_node.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/environments/sim/event_queue.hpp"
#include "tests/harness/environments/sim/scripted_node.hpp"

namespace faultline::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct HostedNodeTest : testing::Test, Outlet {
  EventQueue clock;
  Script script;
  std::vector<std::string> out;  // what left the node
  HostedNode node{0, clock, *this, Rng(3)};

  void SetUp() override {
    start();
    script.take();
  }
  void send(NodeId, NodeId to, Bytes message) override {
    out.push_back("to " + node_name(to) + " " + message);
  }
  void reply(NodeId from, RequestId request, Bytes answer) override {
    EXPECT_EQ(from, 0);
    out.push_back(fmt::format("reply {} {}", request, answer));
  }
  void start() { node.start(scripted_node(script)); }
  void run_for(Duration duration) {
    bool over = false;
    clock.call_at(clock.now() + duration, [&over] { over = true; });
    while (!over) clock.run_next();
  }
};

TEST_F(HostedNodeTest, EffectsAfterASyncWaitForIt) {
  node.receive(1, "send:2:before write:a sync send:2:after");
  EXPECT_THAT(out, ElementsAre("to n2 before"));
  run_for(99 * kMicrosecond);
  EXPECT_THAT(out, ElementsAre("to n2 before"));
  run_for(20 * kMillisecond);
  EXPECT_THAT(out, ElementsAre("to n2 before", "to n2 after"));
}

TEST_F(HostedNodeTest, ASyncOfNothingTakesNoTime) {
  node.receive(1, "sync send:2:x");
  EXPECT_THAT(out, ElementsAre("to n2 x"));
}

TEST_F(HostedNodeTest, WhileItSyncsItHandlesNothingAndThenAllInOrder) {
  node.receive(1, "write:a sync");
  node.receive(1, "one");
  node.request(9, "reply:two");
  EXPECT_THAT(script.take(), ElementsAre("msg n2 write:a sync"));
  EXPECT_THAT(out, IsEmpty());
  run_for(20 * kMillisecond);
  EXPECT_THAT(script.take(), ElementsAre("msg n2 one", "req reply:two"));
  EXPECT_THAT(out, ElementsAre("reply 9 two"));
}

TEST_F(HostedNodeTest, APausedNodeHandlesNothingAndThenAll) {
  node.pause();
  EXPECT_TRUE(node.is_up());
  EXPECT_FALSE(node.is_running());
  const int ticks = script.ticks;
  node.receive(1, "one");
  node.request(9, "reply:two");
  run_for(kSecond);
  EXPECT_THAT(script.take(), IsEmpty());
  EXPECT_EQ(script.ticks, ticks);
  node.resume();
  EXPECT_THAT(script.take(), ElementsAre("msg n2 one", "req reply:two"));
  EXPECT_THAT(out, ElementsAre("reply 9 two"));
  run_for(kSecond);
  EXPECT_GT(script.ticks, ticks);
}

TEST_F(HostedNodeTest, PausedWhileItSyncsItGoesOnWhereItWas) {
  node.receive(1, "write:a sync send:2:after");
  node.pause();
  run_for(kSecond);
  EXPECT_THAT(out, IsEmpty());
  node.resume();
  run_for(20 * kMillisecond);
  EXPECT_THAT(out, ElementsAre("to n2 after"));
}

TEST_F(HostedNodeTest, AKilledNodeForgetsItsInputsAndWhatItWasAbout) {
  node.receive(1, "write:a sync send:2:after");
  node.receive(1, "queued");
  script.take();
  node.kill();
  EXPECT_FALSE(node.is_up());
  node.receive(1, "while it is down");
  run_for(kSecond);
  start();
  run_for(kSecond);
  EXPECT_THAT(script.take(), ElementsAre(HasSubstr("start")));
  EXPECT_THAT(out, IsEmpty());
}

TEST_F(HostedNodeTest, ANewLifeFindsWhatWasSynced) {
  node.receive(1, "write:a write:b sync");
  run_for(20 * kMillisecond);
  node.receive(1, "write:c");
  node.kill();
  script.take();
  start();
  EXPECT_THAT(script.take(), ElementsAre(testing::AnyOf("start a b", "start a b c")));
}

TEST_F(HostedNodeTest, StartsWithItsEffectsCarriedOut) {
  node.kill();
  script.on_start = "send:2:hello log:ready";
  start();
  EXPECT_THAT(out, ElementsAre("to n2 hello"));
  EXPECT_THAT(node.log().back(), HasSubstr("ready"));
}

TEST_F(HostedNodeTest, TicksEveryTenMillisecondsOrSoAndInOneLifeOnly) {
  script.ticks = 0;
  run_for(10 * kSecond);
  EXPECT_GE(script.ticks, 900);
  EXPECT_LE(script.ticks, 1000);
  node.kill();
  script.ticks = 0;
  run_for(kSecond);
  EXPECT_EQ(script.ticks, 0);
  start();
  run_for(10 * kSecond);
  EXPECT_GE(script.ticks, 900);
  EXPECT_LE(script.ticks, 1000) << "the timer of an earlier life ran on";
}

TEST_F(HostedNodeTest, PowersAreIdempotent) {
  node.resume();
  node.pause();
  node.pause();
  node.resume();
  EXPECT_TRUE(node.is_running());
  node.kill();
  node.kill();
  node.pause();
  node.resume();
  EXPECT_FALSE(node.is_up());
  start();
  start();
  EXPECT_THAT(script.take(), ElementsAre("start"));
}

TEST_F(HostedNodeTest, KilledWhilePausedItStartsRunning) {
  node.pause();
  node.kill();
  start();
  EXPECT_TRUE(node.is_running());
}

TEST_F(HostedNodeTest, ARewrittenLogIsWhatANewLifeFinds) {
  node.receive(1, "write:a write:b sync rewrite:c write:d sync send:2:after");
  run_for(100 * kMillisecond);
  EXPECT_THAT(out, ElementsAre("to n2 after"));
  node.kill();
  script.take();
  start();
  EXPECT_THAT(script.take(), ElementsAre("start c d"));
}

TEST_F(HostedNodeTest, ARewriteThatACrashCutShortLeavesTheOldLog) {
  node.receive(1, "write:a sync");
  run_for(100 * kMillisecond);
  node.receive(1, "rewrite:c send:2:after");
  node.kill();
  script.take();
  start();
  run_for(100 * kMillisecond);
  EXPECT_THAT(script.take(), ElementsAre("start a"));
  EXPECT_THAT(out, IsEmpty());
}

TEST_F(HostedNodeTest, ItsClockGoesAtTheRateThatIsSetAndNeverBack) {
  run_for(kSecond);
  node.set_clock_rate(500);
  run_for(2 * kSecond);
  EXPECT_NEAR(to_seconds(script.last_tick), 2.0, 0.02);
  node.kill();
  start();
  node.set_clock_rate(2000);
  run_for(kSecond);
  EXPECT_NEAR(to_seconds(script.last_tick), 4.0, 0.03);
  node.set_clock_rate(1000);
  run_for(kSecond);
  EXPECT_NEAR(to_seconds(script.last_tick), 5.0, 0.02);
}

TEST_F(HostedNodeTest, TheLogBearsTheTime) {
  run_for(1500 * kMillisecond);
  node.receive(1, "log:hello");
  EXPECT_EQ(node.log().back(), "1.500000 hello");
}

}  // namespace
}  // namespace faultline::sim

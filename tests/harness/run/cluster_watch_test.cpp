#include "harness/run/cluster_watch.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "harness/core/noop.hpp"
#include "harness/environments/sim/sim_environment.hpp"
#include "harness/run/controller.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;

// Three hosts in virtual time, whose programs end when the test says so.
class Hosts final : public Environment, private LaunchingPower {
 public:
  std::vector<std::string> deaths{"", "", ""};

  int size() const override { return inner_.size(); }
  Clock& clock() override { return inner_.clock(); }
  Powers powers() override { return {nullptr, nullptr, nullptr, nullptr, this}; }
  void run(Task<> main) override { inner_.run(std::move(main)); }
  std::vector<std::string> node_log(NodeId) override { return {}; }

 private:
  Result<void> launch(NodeId, std::vector<std::string>) override { return {}; }
  std::string death(NodeId node) override { return deaths[static_cast<std::size_t>(node)]; }
  std::string address(NodeId) const override { return "127.0.0.1"; }
  std::string directory(NodeId) const override { return "/nowhere"; }
  Result<int> open_socket() override { return Error{"there is no network"}; }

  sim::SimEnvironment inner_{3, {}, Rng(1)};
};

// A target that others lead at other times.
class LedTarget final : public Target {
 public:
  std::function<std::optional<Leader>(Time)> leader_at;

  Task<Result<void>> start(Environment&) override { co_return Result<void>(); }
  std::unique_ptr<Client> connect(Environment&, NodeId, Process) override { return noop_client(); }
  Task<std::optional<Leader>> leader(Environment& environment) override {
    co_return leader_at(environment.clock().now());
  }
};

struct ClusterWatchTest : testing::Test {
  Hosts hosts;
  LedTarget target;
  std::vector<std::string> told;
  ClusterWatch watch{target,
                     hosts,
                     {[this](const Leader& leader) {
                        told.push_back(node_name(leader.node) + " leads" +
                                       (leader.term ? fmt::format(" {}", *leader.term) : ""));
                      },
                      [this](NodeId node, const std::string& how) {
                        told.push_back(node_name(node) + " " + how);
                      }}};

  void watch_for(Duration duration) {
    const auto main = [](ClusterWatch& what, Clock& clock, Duration time) -> Task<> {
      const auto executor = co_await asio::this_coro::executor;
      asio::co_spawn(executor, what.run(), asio::detached);
      co_await sleep_until(clock, clock.now() + time);
      what.stop();
      co_await sleep_until(clock, clock.now() + time);
    };
    hosts.run(main(watch, hosts.clock(), duration));
  }
};

TEST_F(ClusterWatchTest, TellsOfEachLeaderOnce) {
  target.leader_at = [](Time now) -> std::optional<Leader> {
    if (now < 2 * kSecond) return 1;
    if (now < 4 * kSecond) return std::nullopt;  // an election: nobody is told of that
    return now < 6 * kSecond ? 1 : 2;
  };
  watch_for(10 * kSecond);
  EXPECT_THAT(told, ElementsAre("n2 leads", "n3 leads"));
}

TEST_F(ClusterWatchTest, TellsOfANewTermOfTheSameLeader) {
  target.leader_at = [](Time now) { return Leader(0, now < 2 * kSecond ? 3 : 5); };
  watch_for(5 * kSecond);
  EXPECT_THAT(told, ElementsAre("n1 leads 3", "n1 leads 5"));
}

TEST_F(ClusterWatchTest, TellsOfEachDeathOnceAndOfTheNextOne) {
  target.leader_at = [](Time) { return std::nullopt; };
  hosts.clock().call_at(kSecond, [this] { hosts.deaths[2] = "exited with status 1"; });
  hosts.clock().call_at(3 * kSecond, [this] { hosts.deaths[2] = ""; });  // started again
  hosts.clock().call_at(5 * kSecond, [this] { hosts.deaths[2] = "exited with status 1"; });
  watch_for(8 * kSecond);
  EXPECT_THAT(told, ElementsAre("n3 exited with status 1", "n3 exited with status 1"));
}

TEST_F(ClusterWatchTest, StoppedItTellsNothing) {
  target.leader_at = [](Time now) { return now < kSecond ? 0 : 1; };
  watch_for(kSecond / 2);
  EXPECT_THAT(told, ElementsAre("n1 leads"));
}

// A nemesis whose every op takes longer than it takes a leader to change.
class SlowNemesis final : public Nemesis {
 public:
  explicit SlowNemesis(Clock& clock) : clock_(clock) {}
  std::vector<Symbol> functions() const override { return {Symbol::of("slow")}; }
  std::optional<Op> propose(Rng&) const override { return invocation(Symbol::of("slow")); }
  Task<Op> invoke(Op op) override {
    co_await sleep_until(clock_, clock_.now() + 2 * kSecond);
    co_return completion(op, OpType::info);
  }
  std::vector<Op> healing() const override { return {}; }

 private:
  Clock& clock_;
};

TEST(ClusterWatch, ItsMarksAreNeverWithinAnOpOfTheNemesis) {
  TestPlan plan;
  plan.environment = "local";  // that is watched
  plan.time_limit = 30 * kSecond;
  Parts parts;
  parts.environment = std::make_unique<Hosts>();
  auto target = std::make_unique<LedTarget>();
  target->leader_at = [](Time now) { return static_cast<NodeId>(now / kSecond % 3); };
  parts.target = std::move(target);
  parts.workload = noop_workload();
  parts.nemesis = std::make_unique<SlowNemesis>(parts.environment->clock());
  History history;
  RunHooks hooks;
  hooks.record = [&history](const Op& op) { history.push_back(op); };
  ASSERT_TRUE(run_test(plan, parts, hooks));
  int leaders = 0;
  int slow = 0;
  for (std::size_t i = 0; i + 1 < history.size(); i += 2) {
    EXPECT_EQ(history[i].type, OpType::invoke) << i;
    EXPECT_EQ(history[i + 1].type, OpType::info) << i;
    EXPECT_EQ(history[i].f, history[i + 1].f) << i;
    if (history[i].f == f::kLeader) ++leaders;
    if (history[i].f.name() == "slow") ++slow;
  }
  EXPECT_EQ(history.size() % 2, 0U);
  EXPECT_GT(leaders, 20);
  EXPECT_GT(slow, 5);
}

}  // namespace
}  // namespace faultline

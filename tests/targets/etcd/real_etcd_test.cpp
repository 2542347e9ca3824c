// The client and the target against the etcd that is installed here: on loopback, as an ordinary
// cluster of processes that die with the test.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

#include "targets/etcd/etcd_request.hpp"
#include "targets/etcd/etcd_status.hpp"
#include "targets/etcd/etcd_target.hpp"
#include "tests/targets/etcd/loopback_environment.hpp"

namespace faultline::etcd {
namespace {

Task<> start(Target& target, Environment& environment, Result<void>& out) {
  Result<void> started = co_await target.start(environment);
  out = std::move(started);
}

Task<> invoke_one(Client& client, Op& op) {
  Op done = co_await client.invoke(op);
  op = std::move(done);
}

Task<> find_leader(Target& target, Environment& environment, std::optional<Leader>& out) {
  out = co_await target.leader(environment);
}

Task<> ask(Environment& environment, std::uint16_t port, EtcdStatuses& out) {
  EtcdStatuses statuses = co_await ask_all(environment, port, AskFor::status_and_health, kSecond);
  out = std::move(statuses);
}

class RealEtcd : public ::testing::Test {
 protected:
  void SetUp() override {
    const Result<std::string> version = installed_version();
    if (!version) GTEST_SKIP() << version.error().message;
    EXPECT_EQ(version->find("3."), 0U) << *version;
  }

  Result<void> start_cluster(int size) {
    environment = std::make_unique<LoopbackEnvironment>(size);
    options.client.port = environment->free_port();
    options.peer_port = options.client.port + 1;
    target = make_etcd_target(options);
    Result<void> started;
    environment->run(start(*target, *environment, started));
    return started;
  }

  Op invoke(NodeId home, Op op) {
    const std::unique_ptr<Client> client = target->connect(*environment, home, 0);
    environment->run(invoke_one(*client, op));
    return op;
  }

  std::optional<Leader> leader() {
    std::optional<Leader> found;
    environment->run(find_leader(*target, *environment, found));
    return found;
  }

  void sleep(Duration duration) {
    Clock& clock = environment->clock();
    environment->run(sleep_until(clock, clock.now() + duration));
  }

  EtcdOptions options;
  std::unique_ptr<LoopbackEnvironment> environment;
  std::unique_ptr<Target> target;
};

TEST_F(RealEtcd, CarriesOutEveryOp) {
  const Result<void> started = start_cluster(1);
  ASSERT_TRUE(started) << started.error().message;
  const Op read = invocation(f::kRead, {}, 7);
  const auto value = [&] { return invoke(0, read).value; };
  const auto type = [&](Symbol f, Value argument) {
    return invoke(0, invocation(f, std::move(argument), 7)).type;
  };
  EXPECT_EQ(invoke(0, read), completion(read, OpType::ok));
  EXPECT_EQ(type(f::kCas, Value(1, 2)), OpType::fail) << "absent is not 1";
  EXPECT_EQ(type(f::kWrite, 1), OpType::ok);
  EXPECT_EQ(value(), Value(1));
  EXPECT_EQ(type(f::kCas, Value(1, 2)), OpType::ok);
  EXPECT_EQ(type(f::kCas, Value(1, 3)), OpType::fail);
  EXPECT_EQ(value(), Value(2));
  const Value create(Value::List{Value(), Value(9)});
  EXPECT_EQ(type(f::kCas, create), OpType::fail) << "it is there";
  EXPECT_EQ(type(kDelete, {}), OpType::ok);
  EXPECT_EQ(type(kDelete, {}), OpType::ok) << "and again";
  EXPECT_EQ(value(), Value());
  EXPECT_EQ(type(f::kCas, create), OpType::ok);
  EXPECT_EQ(value(), Value(9));
  EXPECT_EQ(type(f::kWrite, std::numeric_limits<std::int64_t>::min()), OpType::ok);
  EXPECT_EQ(value(), Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(invoke(0, invocation(f::kRead, {}, 8)).value, Value()) << "another key";
}

TEST_F(RealEtcd, FiveNodesServeWithinThreeSeconds) {
  double best_s = 60;
  for (int i = 0; i < 3 && best_s > 3; ++i) {  // the machine may be busy with something else
    const auto begin = std::chrono::steady_clock::now();
    const Result<void> started = start_cluster(5);
    ASSERT_TRUE(started) << started.error().message;
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    best_s = std::min(best_s, taken.count());
  }
  EXPECT_LT(best_s, 3);
  RecordProperty("start_seconds", std::to_string(best_s));
}

TEST_F(RealEtcd, OutlivesItsLeader) {
  const Result<void> started = start_cluster(5);
  ASSERT_TRUE(started) << started.error().message;
  const std::optional<Leader> led = leader();
  ASSERT_TRUE(led);
  ASSERT_GT(led->term.value_or(0), 0U);
  const NodeId first = led->node;
  EXPECT_EQ(invoke(first, invocation(f::kWrite, 1, 7)).type, OpType::ok);
  EXPECT_TRUE(environment->kill(first));
  const Time killed = environment->clock().now();
  std::optional<Leader> second = led;
  while (!second || second->node == first) {
    ASSERT_LT(environment->clock().now() - killed, 10 * kSecond) << "no new leader";
    sleep(50 * kMillisecond);
    second = leader();
  }
  EXPECT_EQ(invoke(first, invocation(f::kRead, {}, 7)).value, Value(1)) << "home is dead";
  EXPECT_TRUE(environment->start(first));
  bool rejoined = false;
  for (int i = 0; i < 100 && !rejoined; ++i) {
    sleep(50 * kMillisecond);
    EtcdStatuses statuses;
    environment->run(ask(*environment, options.client.port, statuses));
    const auto& status = statuses[static_cast<std::size_t>(first)];
    rejoined = status && status->healthy && status->leader != 0;
  }
  EXPECT_TRUE(rejoined);
  EXPECT_EQ(invoke(first, invocation(f::kRead, {}, 7)).value, Value(1));
}

TEST_F(RealEtcd, WithoutAQuorumWritesAreUnknownAndReadsFail) {
  options.client.op_timeout = 500 * kMillisecond;
  const Result<void> started = start_cluster(3);
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_EQ(invoke(0, invocation(f::kWrite, 1, 7)).type, OpType::ok);
  EXPECT_TRUE(environment->pause(1));
  EXPECT_TRUE(environment->kill(2));
  EXPECT_EQ(invoke(0, invocation(f::kWrite, 2, 7)).type, OpType::info);
  EXPECT_EQ(invoke(0, invocation(f::kRead, {}, 7)).type, OpType::fail);
  EXPECT_EQ(invoke(1, invocation(f::kWrite, 3, 7)).type, OpType::info) << "paused";
  EXPECT_EQ(invoke(1, invocation(f::kRead, {}, 7)).type, OpType::fail) << "paused";
  EXPECT_TRUE(environment->resume(1));
}

TEST_F(RealEtcd, TheUsersSettingsAreNotForThisCluster) {
  ::setenv("ETCD_NAME", "mine", 1);
  ::setenv("ETCD_AUTO_COMPACTION_RETENTION", "nonsense", 1);
  const Result<void> started = start_cluster(1);
  ::unsetenv("ETCD_NAME");
  ::unsetenv("ETCD_AUTO_COMPACTION_RETENTION");
  EXPECT_TRUE(started) << started.error().message;
}

// What surrounds the process: "NAME=value", each ended by a 0.
std::string surroundings(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/environ", process));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Which its peers would be spoken to through, were they not on loopback.
TEST_F(RealEtcd, TheUsersProxiesAreNotForThisCluster) {
  const auto names = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                      "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
  for (const char* name : names) ::setenv(name, "http://127.0.0.1:9", 1);
  const Result<void> started = start_cluster(1);
  for (const char* name : names) ::unsetenv(name);
  ASSERT_TRUE(started) << started.error().message;
  const std::string found = surroundings(environment->process(0));
  EXPECT_NE(found.find("PATH="), std::string::npos) << found;
  EXPECT_EQ(found.find("127.0.0.1:9"), std::string::npos) << found;
}

TEST_F(RealEtcd, ANodeThatDiesAtItsStartIsShownWithItsLastWords) {
  options.election_timeout = 150 * kMillisecond;  // etcd wants five heartbeats
  const Result<void> started = start_cluster(1);
  ASSERT_FALSE(started);
  const std::string& message = started.error().message;
  EXPECT_EQ(message.find("etcd: n1 exited with status 1 as soon as it was started; its log ends:"),
            0U)
      << message;
  EXPECT_NE(message.find("election-timeout"), std::string::npos) << message;
}

}  // namespace
}  // namespace faultline::etcd

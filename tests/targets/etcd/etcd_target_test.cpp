#include "targets/etcd/etcd_target.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "targets/etcd/etcd_status.hpp"
#include "tests/targets/etcd/loopback_environment.hpp"
#include "tests/targets/etcd/scripted_server.hpp"

namespace faultline::etcd {
namespace {

std::string status_of(std::uint64_t member, std::uint64_t leader, std::uint64_t term) {
  std::string body = fmt::format(
      R"({{"header":{{"member_id":"{}","raft_term":"{}"}},"raftTerm":"{}")", member, term, term);
  if (leader != 0) body += fmt::format(R"(,"leader":"{}")", leader);
  return body + "}";
}

TEST(EtcdStatus, IsReadFromItsAnswer) {
  const auto status = parse_status(
      R"({"header":{"cluster_id":"1","member_id":"18446744073709551615","raft_term":"3"},)"
      R"("version":"3.4.23","dbSize":"20480","leader":"9","raftIndex":"8","raftTerm":"3"})");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->member, 18446744073709551615U);
  EXPECT_EQ(status->leader, 9U);
  EXPECT_EQ(status->term, 3U);
  EXPECT_EQ(parse_status(status_of(7, 0, 4))->leader, 0U) << "left out: none";
}

TEST(EtcdStatus, WhatMakesNoSenseIsNone) {
  for (const char* body :
       {"", "{}", "7", R"({"header":{}})", R"({"header":7})", R"({"header":{"member_id":7}})",
        R"({"header":{"member_id":"x"}})", R"({"header":{"member_id":"7"},"leader":"-"})"}) {
    EXPECT_FALSE(parse_status(body)) << body;
  }
}

Task<> find_leader(Target& target, Environment& environment, std::optional<Leader>& out) {
  out = co_await target.leader(environment);
}

Task<> start(Target& target, Environment& environment, Result<void>& out) {
  Result<void> started = co_await target.start(environment);
  out = std::move(started);
}

// Three nodes, each of which answers with its entry of `answers`, or not at all.
class EtcdTargetTest : public ::testing::Test {
 protected:
  EtcdTargetTest() {
    options.client.port = environment.free_port();
    options.status_timeout = 300 * kMillisecond;
    target = make_etcd_target(options);
    for (NodeId node = 0; node < 3; ++node) {
      servers[node] = std::make_unique<ScriptedServer>(
          environment.loop(), environment.address(node), options.client.port,
          [this, node](const auto&) {
            return answers[node].empty() ? Reply{} : respond(200, answers[node]);
          });
    }
  }

  std::optional<Leader> leader() {
    std::optional<Leader> found;
    environment.run(find_leader(*target, environment, found));
    return found;
  }

  LoopbackEnvironment environment{3};
  EtcdOptions options;
  std::unique_ptr<Target> target;
  std::string answers[3];
  std::unique_ptr<ScriptedServer> servers[3];
};

TEST_F(EtcdTargetTest, TheLeaderIsTheOneOfTheLatestTerm) {
  answers[0] = status_of(101, 101, 4);  // does not know yet
  answers[1] = status_of(102, 103, 5);
  answers[2] = status_of(103, 103, 5);
  EXPECT_EQ(leader(), Leader(2, 5));
  answers[2] = status_of(103, 0, 9);  // cut off, it stands for election again and again
  EXPECT_EQ(leader(), Leader(2, 5)) << "as far as is known";
  answers[1] = status_of(102, 0, 6);
  EXPECT_EQ(leader(), Leader(0, 4));
  answers[0] = status_of(101, 0, 6);
  EXPECT_EQ(leader(), std::nullopt);
}

TEST_F(EtcdTargetTest, ALeaderThatDoesNotAnswerIsKnownByThoseWhoFollow) {
  answers[0] = status_of(101, 103, 4);
  answers[1] = status_of(102, 103, 4);
  EXPECT_EQ(leader(), std::nullopt) << "which node is 103?";
  answers[2] = status_of(103, 103, 4);
  EXPECT_EQ(leader(), Leader(2, 4));
  answers[2] = "";
  EXPECT_EQ(leader(), Leader(2, 4));
}

TEST_F(EtcdTargetTest, SilentNodesCostOneTimeoutAltogether) {
  const Time begin = environment.clock().now();
  EXPECT_EQ(leader(), std::nullopt);
  const Duration taken = environment.clock().now() - begin;
  EXPECT_GE(taken, options.status_timeout);
  EXPECT_LT(taken, 3 * options.status_timeout) << "they are asked at the same time";
}

TEST_F(EtcdTargetTest, WithoutSocketsNobodyLeads) {
  answers[0] = status_of(101, 101, 4);
  environment.no_sockets = true;
  EXPECT_EQ(leader(), std::nullopt);
}

// PATH as it was, at the end.
class PathOf {
 public:
  explicit PathOf(const char* path) : before_(std::getenv("PATH")) { ::setenv("PATH", path, 1); }
  PathOf(PathOf&&) = delete;
  ~PathOf() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

TEST_F(EtcdTargetTest, WithoutEtcdItSaysHowToInstallIt) {
  const PathOf path("/nowhere:/neither");
  Result<void> started;
  environment.run(start(*target, environment, started));
  const std::string expected =
      "etcd is not installed; run: ./faultline doctor --install (or, as root: apt-get install "
      "etcd-server)";
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, expected);
  ASSERT_FALSE(installed_version());
  EXPECT_EQ(installed_version().error().message, expected);
}

TEST_F(EtcdTargetTest, WithoutThePowerToLaunchItSaysSo) {
  environment.launches = false;
  Result<void> started;
  environment.run(start(*target, environment, started));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, "etcd: this environment cannot run programs; try --env local");
  EXPECT_EQ(leader(), std::nullopt);
}

}  // namespace
}  // namespace faultline::etcd

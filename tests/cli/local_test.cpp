// --env local, as a user starts it: real processes, a real network, and nothing of it left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/host_state.hpp"
#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;

class LocalTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::setenv("FAULTLINE_TEST_MARK", mark_.c_str(), 1), 0);
    const Ended tried = program_.run("test --env local --nemesis none --time-limit 0.2");
    if (lacks_local(tried)) GTEST_SKIP() << tried.err;
    ASSERT_EQ(tried.code, 0) << tried.out << tried.err;
    before_ = host_state();
    offset_ = clock_offset();
  }

  // Within five seconds: of a busy machine the kernel takes its time to end namespaces.
  void expect_nothing_is_left() const {
    using namespace std::chrono_literals;
    for (int i = 0; i < 500 && !processes_marked(mark_).empty(); ++i) {
      std::this_thread::sleep_for(10ms);
    }
    EXPECT_THAT(processes_marked(mark_), IsEmpty());
    EXPECT_EQ(host_state(), before_);
    constexpr std::int64_t kTolerance = 50'000'000;  // what a time daemon may do meanwhile
    EXPECT_NEAR(static_cast<double>(clock_offset()), static_cast<double>(offset_), kTolerance);
  }

  // With -9, the first of our processes whose command line has this, once all have run a second.
  void kill_one(const std::string& command) const {
    using namespace std::chrono_literals;
    for (int i = 0; i < 1000; ++i) {
      std::this_thread::sleep_for(10ms);
      for (const std::string& process : processes_marked(mark_)) {
        if (process.find(command) == std::string::npos) continue;
        std::this_thread::sleep_for(1s);
        ASSERT_EQ(::kill(std::stoi(process), SIGKILL), 0) << process;
        return;
      }
    }
    FAIL() << "nobody runs " << command;
  }

  Program program_;
  const std::string mark_ = "FAULTLINE-" + std::to_string(::getpid()) + "-MARK";
  std::string before_;
  std::int64_t offset_ = 0;
};

TEST_F(LocalTest, ARunUnderEveryFaultIsValidAndLeavesNothing) {
  const Ended run = program_.run(
      "test --env local --nemesis partition,partition-clients,kill,pause,packet --time-limit 8");
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("leader change"));
  EXPECT_THAT(slurp(program_.latest("n1.log")), HasSubstr("starting"));
  EXPECT_THAT(slurp(program_.latest("history.jsonl")),
              ContainsRegex(R"("nemesis","info","leader",null,\["n[1-5]",[1-9])"));
  EXPECT_THAT(slurp(program_.latest("report.html")),
              ContainsRegex(R"("leaders":\[\{[^]]*"node":"n[1-5]","term":[1-9])"));
  expect_nothing_is_left();
}

TEST_F(LocalTest, KilledWithNineItLeavesNothingAndCanBeAnalyzed) {
  const auto ready = [this] {
    const std::string history = slurp(program_.latest("history.jsonl"));
    return history.find("start-partition") != std::string::npos;
  };
  std::filesystem::remove(program_.path("results") / "latest");
  program_.run_and_kill("test --env local --nemesis partition --nemesis-interval 0.3", ready);
  expect_nothing_is_left();
  const Ended again = program_.run("analyze");
  EXPECT_EQ(again.code, 2) << again.out << again.err;
  EXPECT_THAT(again.out, HasSubstr("breaks off"));
  EXPECT_THAT(again.out, HasSubstr("linearizable   valid"));
}

TEST_F(LocalTest, InterruptedItHealsStopsAndSaysSo) {
  const Ended run = program_.shell(
      "\"$P\" test --env local --time-limit 60 & pid=$!\n"
      "sleep 3; kill -TERM $pid; wait $pid\n");
  EXPECT_EQ(run.code, 2) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("interrupted"));
  expect_nothing_is_left();
}

TEST_F(LocalTest, ANodeThatEndsByItselfIsTold) {
  auto run = std::async(std::launch::async, [this] {
    return program_.run("test --env local --nemesis none --time-limit 5");
  });
  kill_one("node raft --id 2 ");
  const Ended ended = run.get();
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 node ended by itself"));
  const std::string history = slurp(program_.latest("history.jsonl"));
  EXPECT_NE(history.find("\"died\",null,[\"n3\",\"was ended by signal 9\"]"), std::string::npos);
  EXPECT_THAT(slurp(program_.latest("n3.log")), HasSubstr("it was ended by signal 9"));
  expect_nothing_is_left();
}

TEST_F(LocalTest, WithoutItsGuardianTheRunEndsAtOnceAndSaysWhy) {
  const auto begin = std::chrono::steady_clock::now();
  auto run = std::async(std::launch::async, [this] {
    return program_.run("test --env local --nemesis none --time-limit 60");
  });
  kill_one("guardian --channel");
  const Ended ended = run.get();
  EXPECT_EQ(ended.code, 255) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("the guardian of the nodes has ended"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  expect_nothing_is_left();
}

TEST_F(LocalTest, ASignalWhileTheClusterStartsEndsItAtOnce) {
  if (program_.shell("command -v etcd").code != 0) GTEST_SKIP() << "etcd is not installed";
  const Ended run = program_.shell(
      "\"$P\" test --env local --target etcd & pid=$!\nsleep 0.15; kill -TERM $pid; wait $pid\n");
  EXPECT_NE(run.code, 0) << run.out;
  expect_nothing_is_left();
}

TEST_F(LocalTest, ABugIsCaughtOnRealProcesses) {
  const Ended run = program_.run(
      "test --env local --bug ack-before-commit --nemesis partition,kill --time-limit 20 "
      "--test-count 5");
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("Not linearizable"));
  EXPECT_EQ(program_.run("verify").code, 0);
  expect_nothing_is_left();
}

TEST_F(LocalTest, PacketsAreCapturedAndCounted) {
  const Ended run = program_.run("test --env local --nemesis none --time-limit 2 --capture");
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  const std::string capture = slurp(program_.latest("network.pcap"));
  EXPECT_EQ(capture.substr(0, 4), "\x4d\x3c\xb2\xa1") << "pcap in nanoseconds, little endian";
  EXPECT_GT(capture.size(), 10'000U);
  const auto counters = nlohmann::json::parse(slurp(program_.latest("network.json")));
  EXPECT_GT(counters.at("clients>n1").at("delivered").get<int>(), 0);
  EXPECT_EQ(counters.at("n1>n2").at("cut").get<int>(), 0);
}

TEST_F(LocalTest, AnOrdinaryUserNeedsNoRights) {
  if (::geteuid() != 0) GTEST_SKIP() << "this user is an ordinary one";
  const Ended run = program_.shell(
      "chmod 755 . && mkdir user && chown 65534 user && cd user\n"
      "cp \"$P\" faultline && setpriv --reuid=65534 --regid=65534 --clear-groups "
      "./faultline test --env local --time-limit 4\n");
  if (run.err.find("cannot be made here") != std::string::npos) GTEST_SKIP() << run.err;
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  expect_nothing_is_left();
}

TEST_F(LocalTest, EtcdIsValidUnderFaults) {
  if (program_.shell("command -v etcd").code != 0) GTEST_SKIP() << "etcd is not installed";
  const Ended run = program_.run(
      "test --env local --target etcd --nemesis partition,kill,pause,packet --time-limit 10");
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(slurp(program_.latest("results.json")), ContainsRegex(R"("target_version": "3\.)"));
  EXPECT_THAT(slurp(program_.latest("report.html")), HasSubstr("[\"target\",\"etcd 3."));
  expect_nothing_is_left();
}

TEST(Local, WhatDoesNotFitIsSaidAtOnce) {
  const Program program;
  for (const auto& [arguments, what] :
       {std::pair("test --env local --target etcd --bug stale-read",
                  "--bug: etcd has none that can be switched on"),
        std::pair("test --target etcd", "etcd is a real program: it needs --env local, not sim"),
        std::pair("test --capture", "--capture: there are no packets in the environment sim"),
        std::pair("test --env local --trace", "--trace: messages are traced in sim only"),
        std::pair("test --target dynamo --nodes 2",
                  "dynamo: n=3 replicas of a key need 3 nodes or more (--nodes); there are 2"),
        std::pair("test --serializable", "--serializable: raft has no such reads")}) {
    const Ended run = program.run(arguments);
    EXPECT_EQ(run.code, 254) << arguments;
    EXPECT_THAT(run.err, HasSubstr(what));
    EXPECT_FALSE(std::filesystem::exists(program.path("results"))) << arguments;
  }
}

TEST(Local, AMissingProgramIsNamedWithItsRemedy) {
  const Program program;
  const Ended run = program.shell("PATH=/nowhere \"$P\" test --env local --target etcd\n");
  EXPECT_EQ(run.code, 254);
  EXPECT_THAT(run.err, HasSubstr("apt-get install etcd-server"));
  EXPECT_FALSE(std::filesystem::exists(program.path("results")));
}

}  // namespace
}  // namespace faultline

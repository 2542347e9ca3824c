// The guardian, as the controller uses it, with the real program.
#include "harness/environments/local/guardian.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <thread>

#include "harness/environments/local/addresses.hpp"
#include "tests/cli/program.hpp"

namespace faultline::local {
namespace {

using testing::HasSubstr;

class GuardianTest : public testing::Test {
 protected:
  void SetUp() override {
    auto launched = Guardian::launch(FAULTLINE_PROGRAM);
    if (!launched) GTEST_SKIP() << launched.error().message;
    guardian_ = std::move(*launched);
    ports_ = guardian_->open_ports(addresses_of(2), PortKind::packet);
    if (!ports_) GTEST_SKIP() << ports_.error().message;
    log_ =
        FileDescriptor(::open(program_.path("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
  }

  Result<void> start(NodeId node, const std::string& script) {
    return guardian_->start(node, {"sh", "-c", script}, log_.get());
  }
  // Within ten seconds.
  bool becomes(const std::string& logged) const {
    using namespace std::chrono_literals;
    for (int i = 0; i < 1000; ++i) {
      if (slurp(program_.path("log")).find(logged) != std::string::npos) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  void wait_for_end(NodeId node) {
    while (guardian_->is_running(node)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  Program program_;  // its directory
  FileDescriptor log_;
  std::unique_ptr<Guardian> guardian_;
  Result<std::vector<Port>> ports_ = Error{};
};

TEST_F(GuardianTest, ANodeRunsInItsOwnNamespacesAndDirectory) {
  ASSERT_TRUE(start(0, "pwd; cat /proc/net/fib_trie; echo that-was-all; sleep 99"));
  ASSERT_TRUE(becomes("that-was-all"));
  const std::string log = slurp(program_.path("log"));
  EXPECT_THAT(log, HasSubstr(node_directory(0)));
  EXPECT_THAT(log, HasSubstr("10.99.0.1\n"));
  EXPECT_EQ(log.find("10.99.0.2\n"), std::string::npos) << "that is another node's";
  EXPECT_FALSE(std::filesystem::exists(node_directory(0))) << "nobody else sees it";
}

TEST_F(GuardianTest, KillPauseAndResumeTellWhetherTheyChangedAnything) {
  EXPECT_FALSE(guardian_->kill(0)) << "it was not started";
  ASSERT_TRUE(start(0, "i=0; while :; do i=$((i+1)); echo tick-$i; sleep 0.02; done"));
  EXPECT_FALSE(start(0, "true")) << "it runs already";
  ASSERT_TRUE(becomes("tick-3"));
  EXPECT_TRUE(guardian_->pause(0));
  EXPECT_FALSE(guardian_->pause(0));
  const std::string paused = slurp(program_.path("log"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(slurp(program_.path("log")), paused);
  EXPECT_TRUE(guardian_->is_running(0)) << "paused counts";
  EXPECT_TRUE(guardian_->resume(0));
  EXPECT_FALSE(guardian_->resume(0));
  ASSERT_TRUE(becomes("tick-9"));
  EXPECT_TRUE(guardian_->kill(0));
  EXPECT_FALSE(guardian_->kill(0));
  EXPECT_FALSE(guardian_->is_running(0));
  EXPECT_EQ(guardian_->death_of(0), "") << "it did not end by itself";
}

TEST_F(GuardianTest, APausedNodeCanBeKilledWithItsChildren) {
  ASSERT_TRUE(start(0, "(while :; do echo child; sleep 0.02; done) & echo parent; sleep 99"));
  ASSERT_TRUE(becomes("child"));
  EXPECT_TRUE(guardian_->pause(0));
  EXPECT_TRUE(guardian_->kill(0));
  const std::string killed = slurp(program_.path("log"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(slurp(program_.path("log")), killed);
}

TEST_F(GuardianTest, ANodeThatEndsByItselfIsToldUntilItIsStartedAgain) {
  ASSERT_TRUE(start(1, "exit 3"));
  wait_for_end(1);
  EXPECT_EQ(guardian_->death_of(1), "exited with status 3");
  EXPECT_EQ(guardian_->death_of(0), "");
  ASSERT_TRUE(start(1, "kill -SEGV $$"));
  wait_for_end(1);
  EXPECT_EQ(guardian_->death_of(1), "was ended by signal 11");
  ASSERT_TRUE(start(1, "sleep 99"));
  EXPECT_EQ(guardian_->death_of(1), "");
}

TEST_F(GuardianTest, WhatANodeWroteIsThereInItsNextLife) {
  ASSERT_TRUE(start(0, "echo precious >file; echo written; sleep 99"));
  ASSERT_TRUE(becomes("written"));
  EXPECT_TRUE(guardian_->kill(0));
  ASSERT_TRUE(start(0, "echo it-is-$(cat file)"));
  EXPECT_TRUE(becomes("it-is-precious"));
}

TEST_F(GuardianTest, NothingOfTheControllersIsOpenInANode) {
  const FileDescriptor leak(::open("/dev/zero", O_RDONLY));  // without close-on-exec
  ASSERT_TRUE(start(0, "ls -l /proc/self/fd; echo that-was-all"));
  ASSERT_TRUE(becomes("that-was-all"));
  EXPECT_EQ(slurp(program_.path("log")).find("/dev/zero"), std::string::npos);
}

TEST_F(GuardianTest, SocketsAreOfTheClientsNetwork) {
  const auto socket = guardian_->open_socket();
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_NE(::fcntl(socket->get(), F_GETFL) & O_NONBLOCK, 0);
  int type = 0;
  socklen_t size = sizeof type;
  ASSERT_EQ(::getsockopt(socket->get(), SOL_SOCKET, SO_TYPE, &type, &size), 0);
  EXPECT_EQ(type, SOCK_STREAM);
  EXPECT_EQ(ports_->size(), 3U);
}

TEST_F(GuardianTest, AProgramThatIsNotThereIsNamed) {
  const auto started = guardian_->start(0, {"no-such-program"}, log_.get());
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("no-such-program"));
  EXPECT_FALSE(guardian_->is_running(0));
}

TEST_F(GuardianTest, TheNetworkIsMadeOnce) {
  const auto again = guardian_->open_ports(addresses_of(2), PortKind::packet);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("there already"));
}

}  // namespace
}  // namespace faultline::local

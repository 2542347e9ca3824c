#include "targets/early_death.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/targets/etcd/loopback_environment.hpp"

namespace faultline::etcd {
namespace {

// What is said of a second node that runs this shell script.
std::string said_of(const std::string& script) {
  LoopbackEnvironment environment(2);
  EXPECT_TRUE(environment.launch(0, {"sleep", "60"}));
  EXPECT_TRUE(environment.launch(1, {"sh", "-c", script}));
  while (environment.is_running(1)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto error = early_death(environment, "raft");
  return error ? error->message : "";
}

TEST(EarlyDeath, SaysHowItEndedAndTheLastItSaid) {
  EXPECT_EQ(said_of("echo one; echo two; exit 255"),
            "raft: n2 exited with status 255 as soon as it was started; its log ends:"
            "\n  one\n  two");
  EXPECT_EQ(said_of("seq 20; kill -9 $$"),
            "raft: n2 was killed by signal 9 as soon as it was started; its log ends:"
            "\n  16\n  17\n  18\n  19\n  20");
  EXPECT_EQ(said_of("exit 1"),
            "raft: n2 exited with status 1 as soon as it was started; its log is empty");
}

TEST(EarlyDeath, TheLineThatSaysWhyComesFirst) {
  for (const std::string why : {"panic: no", "fatal error: no", "Error: no"}) {
    EXPECT_EQ(said_of("echo hello; echo '" + why + "'; seq 20; exit 2"),
              "raft: n2 exited with status 2 as soon as it was started; its log ends:\n  " + why +
                  "\n  ...\n  16\n  17\n  18\n  19\n  20");
    EXPECT_EQ(
        said_of("echo hello; echo '" + why + "'; exit 2"),
        "raft: n2 exited with status 2 as soon as it was started; its log ends:\n  hello\n  " + why)
        << "once";
  }
}

TEST(EarlyDeath, ThoseThatRunAndThoseThatWereKilledAreNotDead) {
  LoopbackEnvironment environment(2);
  EXPECT_TRUE(environment.launch(0, {"sleep", "60"}));
  EXPECT_TRUE(environment.launch(1, {"sleep", "60"}));
  EXPECT_FALSE(early_death(environment, "raft"));
  EXPECT_TRUE(environment.kill(1));
  EXPECT_FALSE(early_death(environment, "raft"));
  environment.launches = false;
  EXPECT_FALSE(early_death(environment, "raft"));
}

}  // namespace
}  // namespace faultline::etcd

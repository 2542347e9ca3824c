// Our own Raft as three processes, killed with -9.
#include "tests/harness/environments/local/raft_cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/harness/environments/local/scratch_directory.hpp"

namespace faultline::local {
namespace {

using Command = kv::Command;
using Kind = kv::Command::Kind;

class RaftClusterTest : public testing::Test {
 protected:
  void write(std::int64_t key, std::int64_t value) {
    cluster_.carry_out({1, ++sequence_, Kind::write, key, 0, value});
  }
  std::optional<std::int64_t> read(std::int64_t key) {
    return cluster_.carry_out({1, ++sequence_, Kind::read, key, 0, 0}).value;
  }

  ScratchDirectory directory_;
  RaftCluster cluster_{3, directory_.path()};
  std::uint64_t sequence_ = 0;
};

TEST_F(RaftClusterTest, ALeaderIsElectedAndServes) {
  cluster_.wait_for_leader();
  EXPECT_EQ(read(1), std::nullopt);
  write(1, 10);
  EXPECT_EQ(read(1), 10);
  const auto swapped = cluster_.carry_out({1, ++sequence_, Kind::cas, 1, 10, 11});
  EXPECT_EQ(swapped.kind, kv::Response::Kind::ok);
  EXPECT_EQ(read(1), 11);
}

TEST_F(RaftClusterTest, WhatWasAnsweredOutlivesTheDeathOfAll) {
  for (std::int64_t key = 0; key < 50; ++key) write(key, key * key);
  for (std::size_t i = 0; i < 3; ++i) cluster_.node(i).kill();
  for (std::size_t i = 0; i < 3; ++i) cluster_.node(i).start();
  for (std::int64_t key = 0; key < 50; ++key) EXPECT_EQ(read(key), key * key);
}

TEST_F(RaftClusterTest, TheDeathOfALeaderLosesNothing) {
  std::int64_t value = 0;
  for (int round = 0; round < 4; ++round) {
    const std::size_t leader = cluster_.wait_for_leader();
    for (int i = 0; i < 20; ++i) write(7, ++value);
    cluster_.node(leader).kill();
    EXPECT_EQ(read(7), value) << "in round " << round;
    write(7, ++value);
    cluster_.node(leader).start();
  }
  EXPECT_EQ(read(7), value);
}

TEST_F(RaftClusterTest, APausedLeaderIsReplacedAndStepsDown) {
  write(1, 1);
  const std::size_t leader = cluster_.wait_for_leader();
  cluster_.node(leader).signal(SIGSTOP);
  write(1, 2);
  const std::size_t next = cluster_.wait_for_leader();
  EXPECT_NE(next, leader);
  cluster_.node(leader).signal(SIGCONT);
  for (;;) {
    const auto status = cluster_.loop().status(cluster_.link(leader));
    if (status && !status->leader) break;
  }
  EXPECT_EQ(read(1), 2);
}

}  // namespace
}  // namespace faultline::local

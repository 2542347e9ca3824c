#include "harness/cli/worker_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

namespace faultline::cli {
namespace {

using namespace std::chrono_literals;

// All that are at work, by their jobs.
std::map<std::size_t, WorkerEnd> ends(WorkerPool& pool) {
  std::map<std::size_t, WorkerEnd> all;
  while (!pool.idle()) {
    if (auto end = pool.wait(100ms)) all.emplace(end->job, *end);
  }
  return all;
}

// By which processes wait for each other.
class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
  }
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void give() {
    if (::write(ends_[1], "x", 1) != 1) throw std::runtime_error("the pipe does not take it");
  }
  void take() {
    char token = 0;
    if (::read(ends_[0], &token, 1) != 1) throw std::runtime_error("nobody gives any more");
  }

 private:
  std::array<int, 2> ends_{};
};

WorkerEnd end_of(const std::function<std::string()>& work) {
  WorkerPool pool(1);
  pool.start(7, work);
  return ends(pool).at(7);
}

TEST(WorkerPool, GivesWhatTheWorkReturned) {
  const std::string large(1'000'000, 'x');  // more than a pipe holds
  WorkerPool pool(2);
  EXPECT_TRUE(pool.idle());
  pool.start(0, [&] { return std::string(large); });
  EXPECT_FALSE(pool.full());
  pool.start(1, [] { return std::string("one"); });
  EXPECT_TRUE(pool.full());
  const auto all = ends(pool);
  EXPECT_EQ(all.at(0).result, large);
  EXPECT_EQ(all.at(1).result, "one");
  EXPECT_EQ(all.at(1).failure, "");
}

TEST(WorkerPool, WhatIsThrownIsTheFailure) {
  const WorkerEnd end = end_of([]() -> std::string { throw std::runtime_error("no disk"); });
  EXPECT_EQ(end.failure, "no disk");
  EXPECT_EQ(end.result, "");
}

TEST(WorkerPool, ACrashIsToldWithItsLastWords) {
  const WorkerEnd end = end_of([]() -> std::string {
    std::fputs("on the way\nassertion failed\n", stderr);
    std::abort();
  });
  EXPECT_EQ(end.failure, "ended by signal 6 (Aborted): assertion failed");
  EXPECT_EQ(end.output, "on the way\nassertion failed\n");
}

TEST(WorkerPool, AnEndOnItsOwnIsNoResult) {
  const WorkerEnd end = end_of([]() -> std::string { ::_exit(3); });
  EXPECT_EQ(end.failure, "ended with code 3");
}

TEST(WorkerPool, WorkersRunAtTheSameTimeAndAreWaitedForWithPatience) {
  std::array<Pipe, 2> begun;
  Pipe end;
  WorkerPool pool(2, 60s);
  const auto work = [&](std::size_t mine, std::size_t other) {
    begun.at(mine).give();
    begun.at(other).take();
    end.take();
    return std::string("done");
  };
  pool.start(0, [&] { return work(0, 1); });
  pool.start(1, [&] { return work(1, 0); });
  EXPECT_FALSE(pool.wait(10ms)) << "neither has ended";
  end.give();
  end.give();
  const auto all = ends(pool);
  for (const std::size_t job : {0, 1}) EXPECT_EQ(all.at(job).result, "done");
}

TEST(WorkerPool, AWorkerThatTakesTooLongIsTold) {
  WorkerPool pool(1, 200ms);
  pool.start(0, [] {
    std::signal(SIGTERM, [](int) {});
    ::pause();
    return std::string("in order");
  });
  const WorkerEnd end = ends(pool).at(0);
  EXPECT_TRUE(end.overdue);
  EXPECT_EQ(end.result, "in order");
  EXPECT_GE(end.seconds, 0.2);
}

TEST(WorkerPool, CtrlCIsNotForWorkers) {
  WorkerPool pool(1);
  pool.start(0, [] {
    ::raise(SIGINT);
    ::raise(SIGHUP);
    return std::string("alive");
  });
  EXPECT_EQ(ends(pool).at(0).result, "alive");
}

TEST(WorkerPool, ToldToEndTheyEnd) {
  WorkerPool pool(1);
  pool.start(0, []() -> std::string {
    for (;;) ::pause();
  });
  pool.tell_to_end();
  EXPECT_EQ(ends(pool).at(0).failure, "ended by signal 15 (Terminated)");
}

// A process in between has the pool, and is killed: its worker must die, too. The pipe is closed
// when nobody has it any more.
TEST(WorkerPool, WorkersDieWithTheProcess) {
  int ends_of_pipe[2];
  ASSERT_EQ(::pipe(ends_of_pipe), 0);
  const pid_t between = ::fork();
  if (between == 0) {
    ::close(ends_of_pipe[0]);
    WorkerPool pool(1);
    pool.start(0, []() -> std::string {
      for (;;) ::pause();
    });
    if (::write(ends_of_pipe[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(ends_of_pipe[1]);
  char byte = 0;
  ASSERT_EQ(::read(ends_of_pipe[0], &byte, 1), 1);
  ::kill(between, SIGKILL);
  ::waitpid(between, nullptr, 0);
  ::alarm(20);  // ends the test if the worker lives on
  EXPECT_EQ(::read(ends_of_pipe[0], &byte, 1), 0);
  ::alarm(0);
  ::close(ends_of_pipe[0]);
}

}  // namespace
}  // namespace faultline::cli

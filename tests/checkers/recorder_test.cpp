// The recorder: what it writes down, and that threads which share an object through it get the
// verdict that the object deserves.
#include "checkers/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <latch>
#include <map>
#include <optional>
#include <stdexcept>
#include <thread>

#include "checkers/check.hpp"
#include "checkers/models/models.hpp"
#include "checkers/verify.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kThreads = 4;
constexpr int kOps = 400;  // a thread

std::vector<std::string> lines(const History& history) {
  std::vector<std::string> all;
  for (const Op& op : history) all.push_back(to_string(op));
  return all;
}

// Runs body(client, thread's number) on kThreads threads that begin together.
template <class Body>
History run_threads(const Body& body) {
  Recorder recorder;
  std::atomic<int> ready{0};
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < kThreads; ++number) {
      threads.emplace_back([&, number, client = recorder.client()]() mutable {
        ++ready;
        while (ready < kThreads) std::this_thread::yield();
        body(client, number);
      });
    }
  }
  return recorder.history();
}

void expect_valid(const History& history, std::string_view model) {
  const Report report = check(history, model);
  ASSERT_EQ(report.verdict, Verdict::valid) << report.text;
  EXPECT_EQ(verify(history, *find_model(model), *report.evidence)->front().proof, Proof::holds);
}

void expect_invalid(const History& history, std::string_view model) {
  const Report report = check(history, model);
  EXPECT_EQ(report.verdict, Verdict::invalid) << report.text;
  EXPECT_THAT(report.text, HasSubstr("Not linearizable"));
}

// --- what is written down

TEST(Recorder, WritesDownInvocationAndCompletion) {
  Recorder recorder;
  RecordingClient client = recorder.client();
  client.record("write", 3, [] {});
  EXPECT_EQ(client.record("read", [] { return 3; }), 3);
  RecordingClient other = recorder.client();
  EXPECT_EQ(other.at("x").record("get", [] { return std::optional<int>(); }), std::nullopt);

  History expected = {invocation(f::kWrite, 3), invocation(f::kWrite, 3), invocation(f::kRead),
                      invocation(f::kRead, 3)};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i].process = 0;
    if (i % 2 == 1) expected[i].type = OpType::ok;
  }
  Op get = invocation(Symbol::of("get"), Value(), "x");
  get.process = 1;
  expected.push_back(get);
  expected.push_back(completion(get, OpType::ok));
  EXPECT_EQ(lines(recorder.history()), lines(expected));
  EXPECT_EQ(recorder.history(), expected);
}

TEST(Recorder, OpsThatOverlapAreRecordedSo) {
  Recorder recorder;
  RecordingClient a = recorder.client();
  RecordingClient b = recorder.client();
  a.record("write", 1, [&] { b.record("write", 2, [] {}); });
  b.record("read", [] { return 1; });
  std::vector<std::pair<Process, OpType>> order;
  for (const Op& op : recorder.history()) order.emplace_back(op.process, op.type);
  EXPECT_THAT(order, ElementsAre(std::pair(0, OpType::invoke), std::pair(1, OpType::invoke),
                                 std::pair(1, OpType::ok), std::pair(0, OpType::ok),
                                 std::pair(1, OpType::invoke), std::pair(1, OpType::ok)));
}

TEST(Recorder, AnExceptionLeavesTheOutcomeOpenAndRetiresTheProcess) {
  Recorder recorder;
  RecordingClient client = recorder.client();
  recorder.client();  // takes process 1
  const auto lost = []() -> int { throw std::runtime_error("connection lost"); };
  EXPECT_THROW(client.record("read", lost), std::runtime_error);
  EXPECT_THROW(client.record("read", []() -> int { throw 7; }), int);
  client.record("read", [] { return 1; });
  const History history = recorder.history();
  ASSERT_EQ(history.size(), 6U);
  EXPECT_EQ(history[1].type, OpType::info);
  EXPECT_EQ(history[1].error.name(), "connection lost");
  EXPECT_EQ(history[3].error.name(), "exception");
  EXPECT_EQ(history[0].process, 0);
  EXPECT_EQ(history[2].process, 2);
  EXPECT_EQ(history[4].process, 3);
}

TEST(Recorder, WhatAnAttemptDidNotDoFailed) {
  Recorder recorder;
  RecordingClient client = recorder.client();
  EXPECT_FALSE(client.attempt("enqueue", 1, [] { return false; }));
  EXPECT_TRUE(client.attempt("enqueue", 2, [] { return true; }));
  EXPECT_EQ(client.attempt("dequeue", [] { return std::optional(2); }), 2);
  EXPECT_EQ(client.attempt("dequeue", [] { return std::optional<int>(); }), std::nullopt);
  client.record("cas", std::pair(1, 2), [] { return false; });
  client.record("cas", std::pair(1, 2), [] { return true; });
  std::vector<std::tuple<OpType, Symbol, Value>> ends;
  for (const Op& op : recorder.history()) {
    if (op.type != OpType::invoke) ends.emplace_back(op.type, op.error, op.value);
  }
  const Symbol none;
  EXPECT_THAT(
      ends,
      ElementsAre(std::tuple(OpType::fail, none, Value(1)), std::tuple(OpType::ok, none, Value(2)),
                  std::tuple(OpType::ok, none, Value(2)), std::tuple(OpType::fail, none, Value()),
                  std::tuple(OpType::fail, kMismatch, Value(1, 2)),
                  std::tuple(OpType::ok, none, Value(1, 2))));
}

TEST(Recorder, ManyOpsOfAClientAreAllThere) {
  Recorder recorder;
  RecordingClient client = recorder.client();
  for (int i = 0; i < 3000; ++i) client.record("write", i, [] {});
  const History history = recorder.history();
  ASSERT_EQ(history.size(), 6000U);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(history[static_cast<std::size_t>(2 * i) + 1].value, Value(i));
  }
}

// --- ops that hang

TEST(Recorder, AnOpThatNeverEndsMayHaveTakenEffect) {
  std::atomic<int> cell{0};
  std::promise<void> never;
  std::promise<void> written;
  std::jthread thread;
  {
    Recorder recorder;
    thread = std::jthread([client = recorder.client(), &cell, &written,
                           forever = never.get_future().share()]() mutable {
      client.record("write", 1, [&] {
        cell = 1;
        written.set_value();
        forever.wait();
      });
    });
    written.get_future().wait();
    recorder.client().record("read", [&] { return cell.load(); });
    const History history = recorder.history();
    EXPECT_EQ(history.size(), 3U);
    EXPECT_EQ(check(history, "register", "0").verdict, Verdict::valid);
  }
  never.set_value();  // the recorder is gone; the client does not mind
}

TEST(Recorder, AHistoryMayBeTakenWhileThreadsAreAtWork) {
  Recorder recorder;
  std::atomic<std::int64_t> counter{0};
  std::atomic<bool> stop{false};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, client = recorder.client()]() mutable {
      for (int n = 0; n < 5'000 && !stop; ++n) {
        client.record("increment", [&] { ++counter; });
        client.record("read", [&] { return counter.load(); });
      }
    });
  }
  for (int i = 0; i < 5; ++i) {
    recorder.client().record("read", [&] { return counter.load(); });
    const Report report = check(recorder.history(), "counter");
    EXPECT_EQ(report.verdict, Verdict::valid) << report.text;
  }
  stop = true;
}

// --- objects that keep their promise

template <class Item>
class LockedQueue {
 public:
  void push(Item item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
  }
  std::optional<Item> pop() {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return std::nullopt;
    const Item item = items_.front();
    items_.pop_front();
    return item;
  }

 private:
  std::mutex mutex_;
  std::deque<Item> items_;
};

template <class Queue>
History use_queue(Queue& queue) {
  return run_threads([&](RecordingClient& client, int thread) {
    for (int i = 0; i < kOps; ++i) {
      const int item = thread * kOps + i;
      if (i % 2 == 0) client.record("enqueue", item, [&] { queue.push(item); });
      if (i % 2 == 1) client.record("dequeue", [&] { return queue.pop(); });
    }
  });
}

TEST(RecordedObjects, AQueueWithALockIsLinearizable) {
  LockedQueue<int> queue;
  expect_valid(use_queue(queue), "fifo-queue");
}

TEST(RecordedObjects, AMapWithALockIsLinearizableKeyByKey) {
  std::mutex mutex;
  std::map<std::string, std::string> map;
  const History history = run_threads([&](RecordingClient& client, int thread) {
    for (int i = 0; i < kOps; ++i) {
      const std::string key(1, static_cast<char>('a' + i % 3));
      if (i % 2 == thread % 2) {
        const std::string text = std::to_string(thread * kOps + i);
        client.at(key).record("put", text, [&] {
          const std::lock_guard lock(mutex);
          map[key] = text;
        });
      } else {
        client.at(key).record("get", [&]() -> std::optional<std::string> {
          const std::lock_guard lock(mutex);
          const auto at = map.find(key);
          if (at == map.end()) return std::nullopt;
          return at->second;
        });
      }
    }
  });
  expect_valid(history, "kv");
}

TEST(RecordedObjects, AnAtomicIsACasRegisterInWhateverOrderOfMemory) {
  std::atomic<int> cell{0};
  const History history = run_threads([&](RecordingClient& client, int thread) {
    for (int i = 0; i < kOps; ++i) {
      const int to = (thread + i) % 5;
      switch (i % 3) {
        case 0: client.record("read", [&] { return cell.load(std::memory_order_relaxed); }); break;
        case 1:
          client.record("write", to, [&] { cell.store(to, std::memory_order_relaxed); });
          break;
        default:
          client.record("cas", std::pair(i % 5, to), [&] {
            int expected = i % 5;
            return cell.compare_exchange_strong(expected, to, std::memory_order_relaxed);
          });
      }
    }
  });
  const Report report = check(history, "cas-register", "0");
  EXPECT_EQ(report.verdict, Verdict::valid) << report.text;
}

TEST(RecordedObjects, AMutexLetsOneIn) {
  std::mutex mutex;
  const History history = run_threads([&](RecordingClient& client, int) {
    for (int i = 0; i < kOps; ++i) {
      const bool mine = client.attempt("acquire", [&] { return mutex.try_lock(); });
      if (mine) client.record("release", [&] { mutex.unlock(); });
    }
  });
  expect_valid(history, "mutex");
}

// --- objects that do not

// The faults of the next two need threads that meet. Left to the scheduler they may never do, so
// the first round brings them together.

TEST(RecordedObjects, ACounterThatReadsAndThenWritesLosesIncrements) {
  std::atomic<int> counter{0};
  std::latch all_have_read(kThreads);
  const History history = run_threads([&](RecordingClient& client, int) {
    for (int i = 0; i < kOps / 4; ++i) {
      client.record("increment", [&] {
        const int before = counter;
        if (i == 0) all_have_read.arrive_and_wait();
        counter = before + 1;
      });
      client.record("read", [&] { return counter.load(); });
    }
  });
  expect_invalid(history, "counter");
}

TEST(RecordedObjects, AQueueThatDropsAnItemNowAndThenIsFoundOut) {
  class LossyQueue : public LockedQueue<int> {
   public:
    void push(int item) {
      if (item % 40 != 20) LockedQueue::push(item);
    }
  } queue;
  expect_invalid(use_queue(queue), "fifo-queue");
}

TEST(RecordedObjects, AMutexThatChecksAndThenActsLetsTwoIn) {
  std::atomic<int> holders{0};
  std::latch all_have_checked(kThreads);
  std::latch all_hold_it(kThreads);
  const History history = run_threads([&](RecordingClient& client, int) {
    for (int i = 0; i < kOps / 4; ++i) {
      const bool mine = client.attempt("acquire", [&] {
        if (holders != 0) return false;
        if (i == 0) all_have_checked.arrive_and_wait();
        ++holders;
        return true;
      });
      if (i == 0) all_hold_it.arrive_and_wait();
      if (mine) client.record("release", [&] { --holders; });
    }
  });
  expect_invalid(history, "mutex");
}

TEST(RecordedObjects, ACacheThatIsRefreshedNowAndThenIsStale) {
  std::atomic<int> cell{0};
  const History history = run_threads([&](RecordingClient& client, int thread) {
    int cached = 0;
    for (int i = 0; i < kOps; ++i) {
      if (i % 10 == 0) cached = cell;
      if (i % 2 == 0) client.record("read", [&] { return cached; });
      if (i % 2 == 1) {
        client.record("write", thread * kOps + i, [&] { cell = thread * kOps + i; });
      }
    }
  });
  const Report report = check(history, "register", "0");
  EXPECT_EQ(report.verdict, Verdict::invalid) << report.text;
}

}  // namespace
}  // namespace faultline

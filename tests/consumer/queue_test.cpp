#include "queue.hpp"  // yours: push(item), and pop() that returns an optional

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "checkers/check.hpp"
#include "checkers/recorder.hpp"

TEST(Queue, IsLinearizable) {
  Queue queue;
  faultline::Recorder recorder;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread, client = recorder.client()]() mutable {
      for (int item = 1000 * thread; item < 1000 * thread + 500; ++item) {
        client.record("enqueue", item, [&] { queue.push(item); });
        client.record("dequeue", [&] { return queue.pop(); });
      }
    });
  }
  threads.clear();  // waits for them
  const faultline::Report report = faultline::check(recorder.history(), "fifo-queue");
  EXPECT_EQ(report.verdict, faultline::Verdict::valid) << report.text;
}

#include "max_register.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <vector>

#include "checkers/check.hpp"
#include "checkers/recorder.hpp"
#include "checkers/verify.hpp"

namespace {

using faultline::Proof;
using faultline::Verdict;

// Four threads that write and read a register with `raise`.
template <class Raise>
void use(const Raise& raise, Verdict expected) {
  std::atomic<int> cell{0};
  std::latch begin(4);
  faultline::Recorder recorder;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread, client = recorder.client()]() mutable {
      begin.arrive_and_wait();
      for (int i = 1; i <= 200; ++i) {
        const int value = 4 * i + thread;
        client.record("write", value, [&] { raise(cell, value); });
        client.record("read", [&] { return cell.load(); });
      }
    });
  }
  threads.clear();
  const faultline::History history = recorder.history();
  const faultline::Report report = faultline::check(history, max_register());
  EXPECT_EQ(report.verdict, expected) << report.text;
  const auto proofs = faultline::verify(history, max_register(), *report.evidence);
  ASSERT_TRUE(proofs) << proofs.error().what;
  for (const auto& proof : *proofs) EXPECT_EQ(proof.proof, Proof::holds) << proof.what;
}

TEST(MaxRegister, WithACasIsLinearizable) {
  const auto raise = [](std::atomic<int>& cell, int value) {
    int seen = cell;
    while (seen < value && !cell.compare_exchange_weak(seen, value)) {
    }
  };
  use(raise, Verdict::valid);
}

TEST(MaxRegister, ThatLooksAndThenStoresIsNot) {
  const auto raise = [](std::atomic<int>& cell, int value) {
    if (cell >= value) return;
    // Asleep, so that others come between on a machine of one core, too.
    std::this_thread::sleep_for(std::chrono::microseconds(20));
    cell = value;
  };
  use(raise, Verdict::invalid);
}

}  // namespace

#include "harness/store/journal_flusher.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "tests/harness/store/random_ops.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

class HandClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void call_at(Time when, std::function<void()> callback) override {
    callbacks_.emplace(when, std::move(callback));
  }
  void go_on(Duration duration) {
    const Time end = now_ + duration;
    while (!callbacks_.empty() && callbacks_.begin()->first <= end) {
      const auto due = callbacks_.extract(callbacks_.begin());
      now_ = due.key();
      due.mapped()();
    }
    now_ = end;
  }

 private:
  Time now_ = 0;
  std::multimap<Time, std::function<void()>> callbacks_;
};

struct JournalFlusherTest : testing::Test {
  const ScratchDirectory scratch;
  HandClock clock;
  Journal journal = std::move(*Journal::create(scratch / "h"));
  std::optional<JournalFlusher> flusher{std::in_place, clock, journal};

  std::size_t written() const { return good(slurp(scratch / "h")).ops.size(); }
  void append() { ASSERT_TRUE(journal.append(op(1, OpType::info, "read"))); }
};

TEST_F(JournalFlusherTest, WhatIsASecondOldCanBeReadThoughNothingFollows) {
  append();
  EXPECT_EQ(written(), 0U);
  clock.go_on(kSecond);
  EXPECT_EQ(written(), 1U);
  clock.go_on(10 * kSecond + kSecond / 2);
  append();
  EXPECT_EQ(written(), 1U) << "not one by one";
  clock.go_on(kSecond / 2);
  EXPECT_EQ(written(), 2U);
}

TEST_F(JournalFlusherTest, LeavesTheJournalAloneWhenItIsGone) {
  append();
  flusher.reset();
  clock.go_on(5 * kSecond);
  EXPECT_EQ(written(), 0U);
}

}  // namespace
}  // namespace faultline

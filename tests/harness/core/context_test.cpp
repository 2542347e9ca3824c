#include "harness/core/context.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "harness/core/generator.hpp"

namespace faultline {
namespace {

TEST(ThreadSet, BehavesLikeASet) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    Rng rng(seed);
    const int capacity = 1 + static_cast<int>(rng.below(300));
    ThreadSet set(capacity);
    std::set<int> model;
    for (int i = 0; i < 2000; ++i) {
      const int thread = static_cast<int>(rng.below(static_cast<std::uint64_t>(capacity)));
      if (rng.chance(1, 2)) {
        set.insert(thread);
        model.insert(thread);
      } else {
        set.erase(thread);
        model.erase(thread);
      }
      EXPECT_EQ(set.contains(thread), model.count(thread) == 1) << "seed " << seed;
    }
    EXPECT_EQ(set.count(), static_cast<int>(model.size()));
    std::vector<int> visited;
    set.for_each([&](int thread) { visited.push_back(thread); });
    EXPECT_EQ(visited, std::vector<int>(model.begin(), model.end())) << "seed " << seed;
    for (int n = 0; n < set.count(); ++n) {
      EXPECT_EQ(set.nth(n), visited[static_cast<std::size_t>(n)]) << "seed " << seed;
    }
  }
}

TEST(ThreadSet, RangesAndIntersections) {
  const ThreadSet a = ThreadSet::range(200, 10, 150);
  const ThreadSet b = ThreadSet::range(200, 100, 200);
  EXPECT_EQ(a & b, ThreadSet::range(200, 100, 150));
  EXPECT_TRUE((ThreadSet::range(200, 0, 10) & a).empty());
  EXPECT_TRUE(ThreadSet(5).empty());
  EXPECT_FALSE(ThreadSet(5).contains(1000));
  EXPECT_EQ((a & ThreadSet::range(64, 0, 64)).count(), 54);  // of another capacity
}

class ContextTest : public testing::Test {
 protected:
  Rng rng{1};
  std::vector<Process> processes{0, 1, 2, kNemesis};
  Context context{processes, rng};
};

TEST_F(ContextTest, ProcessesAndThreads) {
  EXPECT_EQ(context.concurrency(), 3);
  EXPECT_EQ(context.nemesis_thread(), 3);
  EXPECT_EQ(context.thread_of(7), 1);
  EXPECT_EQ(context.thread_of(kNemesis), 3);
  EXPECT_EQ(context.process_of(3), kNemesis);
  EXPECT_TRUE(context.is_free(1));
  processes[1] = 4;  // process 1 crashed
  EXPECT_FALSE(context.is_free(1));
  EXPECT_TRUE(context.is_free(4));
  context.set_busy(1);
  EXPECT_FALSE(context.is_free(4));
  context.set_free(1);
  EXPECT_TRUE(context.is_free(4));
  EXPECT_FALSE(context.is_free(kAnyProcess));
}

TEST_F(ContextTest, RestrictionHidesTheOthers) {
  const Context restricted = context.restricted_to(ThreadSet::range(4, 1, 3));
  EXPECT_EQ(restricted.all().count(), 2);
  EXPECT_FALSE(restricted.is_free(0));
  EXPECT_FALSE(restricted.is_free(kNemesis));
  EXPECT_EQ(restricted.concurrency(), 3);  // which is what process numbers go by
  for (int i = 0; i < 50; ++i) {
    const int thread = *restricted.some_free_thread();
    EXPECT_TRUE(thread == 1 || thread == 2);
  }
}

TEST_F(ContextTest, AFreeThreadIsDrawnFairly) {
  context.set_busy(1);
  std::map<int, int> count;
  for (int i = 0; i < 6000; ++i) ++count[*context.some_free_thread()];
  EXPECT_EQ(count.size(), 3U);
  for (const auto& [thread, n] : count) EXPECT_NEAR(n, 2000, 200) << thread;
  for (const int thread : {0, 2, 3}) context.set_busy(thread);
  EXPECT_FALSE(context.some_free_thread());
}

TEST_F(ContextTest, FillInCompletesAnOp) {
  context.time = 50;
  const Next any = fill_in(invocation(f::kRead), nullptr, nullptr, context);
  ASSERT_EQ(any.kind, Next::Kind::op);
  EXPECT_TRUE(context.is_free(any.op.process));
  EXPECT_EQ(any.op.time, 50);
  Op later = invocation(f::kRead);
  later.process = 2;
  later.time = 80;
  later.type = OpType::info;
  const Next exact = fill_in(later, nullptr, nullptr, context);
  EXPECT_EQ(exact.op.process, 2);
  EXPECT_EQ(exact.op.time, 80);
  EXPECT_EQ(exact.op.type, OpType::invoke);
  context.set_busy(2);
  EXPECT_EQ(fill_in(later, nullptr, nullptr, context).kind, Next::Kind::pending);
}

}  // namespace
}  // namespace faultline

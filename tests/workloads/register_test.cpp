#include "workloads/register.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/generators/generators.hpp"
#include "tests/harness/generators/simulator.hpp"

namespace faultline {
namespace {

constexpr RegisterOptions kOptions{.threads_per_key = 3, .ops_per_key = 60};
constexpr int kConcurrency = 6;

History some_ops(int count) {
  const auto workload = make_register_workload(kOptions);
  return perfect(gen::limit(count, gen::clients(workload->generator())),
                 {.concurrency = kConcurrency});
}

TEST(Register, GeneratesReadsWritesAndCasOfSmallValues) {
  std::map<std::string, int> count;
  for (const Op& op : some_ops(4000)) {
    ++count[op.f.name()];
    ASSERT_TRUE(op.key.is_integer()) << to_string(op);
    const auto is_small = [](std::int64_t value) { return value >= 0 && value < 5; };
    if (op.f == f::kRead) {
      ASSERT_TRUE(op.value.is_nothing());
    } else if (op.f == f::kWrite) {
      ASSERT_TRUE(is_small(op.value.integer()));
    } else {
      ASSERT_TRUE(is_small(op.value.pair().first) && is_small(op.value.pair().second));
    }
  }
  EXPECT_NEAR(count["read"], 2000, 160);
  EXPECT_NEAR(count["write"], 1000, 140);
  EXPECT_NEAR(count["cas"], 1000, 140);
  EXPECT_EQ(count.size(), 3U);
}

TEST(Register, AKeyHasItsNumberOfOpsAndOneGroupOfProcesses) {
  std::map<Value, int> ops;
  std::map<Value, std::set<Process>> processes;
  for (const Op& op : some_ops(1200)) {
    ++ops[op.key];
    processes[op.key].insert(op.process);
  }
  EXPECT_GE(ops.size(), 20U);
  int whole = 0;
  for (const auto& [key, count] : ops) {
    EXPECT_LE(count, kOptions.ops_per_key);
    whole += count == kOptions.ops_per_key ? 1 : 0;
    const std::set<Process>& group = processes[key];
    EXPECT_TRUE(group == (std::set<Process>{0, 1, 2}) || group == (std::set<Process>{3, 4, 5}));
  }
  EXPECT_GE(whole, 18) << "all but those that were under way at the end";
}

TEST(Register, ItsFunctionsAreThoseItGenerates) {
  std::set<std::string> names;
  for (const Symbol f : make_register_workload(kOptions)->functions()) names.insert(f.name());
  EXPECT_THAT(names, testing::ElementsAre("cas", "read", "write"));
}

// The cluster may still be electing: the first reads fail, none of them is the last of its key.
TEST(Register, InTheEndEveryKeyIsReadOnceTheClusterAnswers) {
  const auto workload = make_register_workload(kOptions);
  const std::vector<Value> keys{0, 1, 2, 3};
  int asked = 0;
  const auto recovering = [&asked](const Op& op) {
    Op done = completion(op, ++asked <= 5 ? OpType::fail : OpType::ok);
    done.time = op.time + kMillisecond;
    return done;
  };
  std::map<Value, int> ok;
  int failed = 0;
  for (const Op& op : simulate(gen::clients(workload->final_generator(keys)), recovering)) {
    EXPECT_EQ(op.f, f::kRead);
    if (op.type == OpType::ok) ++ok[op.key];
    if (op.type == OpType::fail) ++failed;
  }
  EXPECT_EQ(failed, 5);
  for (const Value& key : keys) EXPECT_GE(ok[key], 1) << key.to_string();
}

TEST(Register, WithoutKeysThereIsNothingToRead) {
  EXPECT_EQ(make_register_workload(kOptions)->final_generator({}), nullptr);
}

// One write and one read of it, of two keys; the second read returns `seen`.
History two_keys(int seen) {
  History history;
  const auto add = [&history](Symbol f, const Value& argument, const Value& result, int key) {
    Op op = invocation(f, argument, key);
    op.process = key;
    op.time = static_cast<Time>(history.size());
    history.push_back(op);
    Op done = completion(op, OpType::ok);
    done.value = result;
    done.time = static_cast<Time>(history.size());
    history.push_back(done);
  };
  add(f::kWrite, 1, 1, 0);
  add(f::kWrite, 2, 2, 1);
  add(f::kRead, {}, 1, 0);
  add(f::kRead, {}, seen, 1);
  return history;
}

TEST(Register, ItsCheckerHoldsEachKeyToARegisterOfItsOwn) {
  const auto checker = make_register_workload(kOptions)->checker();
  EXPECT_EQ(checker->check(two_keys(2)).verdict, Verdict::valid);
  EXPECT_EQ(checker->check(two_keys(1)).verdict, Verdict::invalid) << "another key's value";
}

}  // namespace
}  // namespace faultline

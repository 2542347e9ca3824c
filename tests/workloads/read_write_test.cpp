#include "workloads/read_write.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/generators/generators.hpp"
#include "tests/harness/generators/simulator.hpp"
#include "workloads/eventual.hpp"
#include "workloads/regular.hpp"
#include "workloads/rw_register.hpp"

namespace faultline {
namespace {

constexpr ReadWriteOptions kOptions{.threads_per_key = 3, .ops_per_key = 60};

std::vector<std::unique_ptr<Workload>> all_workloads() {
  std::vector<std::unique_ptr<Workload>> all;
  all.push_back(make_rw_register_workload(kOptions));
  all.push_back(make_regular_workload(kOptions));
  all.push_back(make_eventual_workload(kOptions, {}));
  all.push_back(make_eventual_workload(kOptions, {.no_lost_writes = true}));
  return all;
}

TEST(ReadWrite, NoValueIsWrittenToAKeyTwice) {
  for (const auto& workload : all_workloads()) {
    std::map<Value, std::set<Value>> written;
    int reads = 0;
    int writes = 0;
    const Gen ops = gen::limit(3000, gen::clients(workload->generator()));
    for (const Op& op : invocations(perfect(ops, {.concurrency = 6}))) {
      ASSERT_TRUE(op.key.is_integer());
      if (op.f == f::kRead) {
        ++reads;
        continue;
      }
      ASSERT_EQ(op.f, f::kWrite);
      ++writes;
      ASSERT_TRUE(written[op.key].insert(op.value).second) << to_string(op);
    }
    EXPECT_NEAR(reads, writes, 300);
    EXPECT_GE(written.size(), 45U);
    EXPECT_THAT(workload->functions(), testing::ElementsAre(f::kRead, f::kWrite));
  }
}

TEST(ReadWrite, ThereIsNothingToReadWithoutKeys) {
  for (const auto& workload : all_workloads()) EXPECT_EQ(workload->final_generator({}), nullptr);
}

// Each must also see that the cluster answers again, which may take a while.
TEST(ReadWrite, InTheEndAllProcessesReadAllKeysWhenTheReplicasHadTheirTime) {
  const auto workload = make_eventual_workload(kOptions, {.settle = 5 * kSecond});
  int asked = 0;
  Time healthy = 0;
  const auto recovering = [&](const Op& op) {
    Op done = completion(op, ++asked <= 5 ? OpType::fail : OpType::ok);
    done.time = op.time + kMillisecond;
    if (asked == 6) healthy = done.time;
    return done;
  };
  const Gen ops = gen::clients(workload->final_generator({0, 1, 2, 3}));
  std::map<std::pair<Process, Value>, int> reads;
  for (const Op& op : simulate(ops, recovering, {.concurrency = 4})) {
    if (op.type == OpType::invoke && op.time >= 5 * kSecond) ++reads[{op.process, op.key}];
  }
  EXPECT_GT(healthy, 0);
  EXPECT_EQ(reads.size(), 16U);
  for (const auto& [read, count] : reads) EXPECT_EQ(count, 2);
}

TEST(ReadWrite, ItsCheckersAreThoseOfItsName) {
  std::vector<std::string> names;
  for (const auto& workload : all_workloads()) names.push_back(workload->checker()->name());
  EXPECT_THAT(names, testing::ElementsAre("linearizable", "regular", "eventual", "no-lost-writes"));
}

}  // namespace
}  // namespace faultline

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/targets/raft/random_run.hpp"

namespace faultline::raft {
namespace {

constexpr int kSteps = 6000;

TEST(Random, NoScheduleBreaksRaft) {
  std::int64_t writes = 0;
  std::int64_t reads = 0;
  std::size_t leaders = 0;
  constexpr std::uint64_t kSeeds = 60;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    RandomRun run(seed, {});
    std::optional<std::string> failure = run.run(kSteps);
    if (!failure) failure = run.finish();
    ASSERT_FALSE(failure) << "seed " << seed << ": " << *failure;
    writes += run.writes();
    reads += run.reads();
    leaders += run.leaders();
  }
  // The search is worth something only if the cluster got somewhere.
  RecordProperty("writes", fmt::format("{}", writes));
  std::cout << writes << " writes, " << reads << " reads, " << leaders << " leaders\n";
  EXPECT_GT(writes, static_cast<std::int64_t>(20 * kSeeds));
  EXPECT_GT(reads, static_cast<std::int64_t>(20 * kSeeds));
  EXPECT_GT(leaders, 4 * kSeeds);
}

TEST(Random, SmallBatchesBreakNothingEither) {
  Config config;
  config.max_batch = 1;
  for (std::uint64_t seed = 1001; seed <= 1030; ++seed) {
    RandomRun run(seed, config);
    std::optional<std::string> failure = run.run(kSteps);
    if (!failure) failure = run.finish();
    ASSERT_FALSE(failure) << "seed " << seed << ": " << *failure;
  }
}

class EachBug : public testing::TestWithParam<BugOf<Bugs>> {};

TEST_P(EachBug, IsFoundBySearching) {
  Config config;
  config.max_batch = 2;
  config.bugs.*(GetParam().flag) = true;
  constexpr std::uint64_t kSeeds = 400;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const std::optional<std::string> failure = RandomRun(seed, config).run(kSteps);
    if (!failure) continue;
    std::cout << GetParam().name << ": seed " << seed << ": " << *failure << "\n";
    return;
  }
  FAIL() << GetParam().name << " is not found by seeds 1 to " << kSeeds;
}

INSTANTIATE_TEST_SUITE_P(Bugs, EachBug, testing::ValuesIn(known_bugs().begin(), known_bugs().end()),
                         [](const auto& instance) {
                           std::string name(instance.param.name);
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace faultline::raft

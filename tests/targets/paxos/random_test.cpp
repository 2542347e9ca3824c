#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/targets/paxos/random_run.hpp"

namespace faultline::paxos {
namespace {

constexpr int kSteps = 6000;

TEST(Random, NoScheduleBreaksPaxos) {
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

TEST(Random, SmallWindowsAndSnapshotsBreakNothingEither) {
  Config config;
  config.alpha = 3;
  config.max_batch = 1;
  config.max_lesson = 4;
  config.snapshot_every = 5;
  config.keep_behind = 2;
  for (std::uint64_t seed = 1001; seed <= 1060; ++seed) {
    RandomRun run(seed, config);
    std::optional<std::string> failure = run.run(kSteps);
    if (!failure) failure = run.finish();
    ASSERT_FALSE(failure) << "seed " << seed << ": " << *failure;
  }
}

class EachBug : public testing::TestWithParam<BugOf<Bugs>> {};

TEST_P(EachBug, IsFoundBySearching) {
  Config config;
  config.alpha = 4;
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
}  // namespace faultline::paxos

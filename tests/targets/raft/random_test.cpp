#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "tests/targets/bug_name.hpp"
#include "tests/targets/raft/random_run.hpp"

namespace faultline::raft {
namespace {

kv::MakeRun runs_of(const Config& config) {
  return [config](std::uint64_t seed) { return std::make_unique<RandomRun>(seed, config); };
}

TEST(Random, NoScheduleBreaksRaft) {
  kv::expect_unbroken(runs_of({}), 1, 60);
}

TEST(Random, SmallBatchesBreakNothingEither) {
  Config config;
  config.max_batch = 1;
  kv::expect_unbroken(runs_of(config), 1001, 30);
}

TEST(Random, SmallSnapshotsBreakNothingEither) {
  Config config;
  config.snapshot_every = 3;
  kv::expect_unbroken(runs_of(config), 2001, 30);
}

TEST(Random, LeasesBreakNothingEither) {
  Config config;
  config.leases = true;
  config.snapshot_every = 10;
  kv::expect_unbroken(runs_of(config), 3001, 30);
}

class EachBug : public testing::TestWithParam<BugOf<Bugs>> {};

TEST_P(EachBug, IsFoundBySearching) {
  Config config;
  config.max_batch = 2;
  config.snapshot_every = 10;
  config.leases = GetParam().name.starts_with("lease");
  config.bugs.*(GetParam().flag) = true;
  kv::expect_found(GetParam().name, runs_of(config));
}

// The client's, those that need more writers of a key, and those that this search hardly finds: of
// all these there are tests of their own.
constexpr std::array<std::string_view, 10> kNotHere{
    "timeout-as-failure",    "retry-applies-twice", "cas-at-proposal",        "old-leader",
    "lease-drift",           "lease-no-promise",    "snapshot-drops-members", "snapshot-over-newer",
    "member-change-overlap", "member-change-early"};

std::vector<BugOf<Bugs>> bugs_to_find() {
  std::vector<BugOf<Bugs>> bugs(known_bugs().begin(), known_bugs().end());
  std::erase_if(bugs, [](const BugOf<Bugs>& bug) {
    return std::find(kNotHere.begin(), kNotHere.end(), bug.name) != kNotHere.end();
  });
  return bugs;
}

INSTANTIATE_TEST_SUITE_P(Bugs, EachBug, testing::ValuesIn(bugs_to_find()), bug_name<Bugs>);

}  // namespace
}  // namespace faultline::raft

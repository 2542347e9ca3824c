#include <gtest/gtest.h>

#include <memory>

#include "tests/targets/bug_name.hpp"
#include "tests/targets/paxos/random_run.hpp"

namespace faultline::paxos {
namespace {

kv::MakeRun runs_of(const Config& config) {
  return [config](std::uint64_t seed) { return std::make_unique<RandomRun>(seed, config); };
}

TEST(Random, NoScheduleBreaksPaxos) {
  kv::expect_unbroken(runs_of({}), 1, 400);
}

TEST(Random, SmallWindowsAndSnapshotsBreakNothingEither) {
  Config config;
  config.alpha = 3;
  config.max_batch = 1;
  config.max_lesson = 4;
  config.snapshot_every = 5;
  config.keep_behind = 2;
  kv::expect_unbroken(runs_of(config), 1001, 60);
}

class EachBug : public testing::TestWithParam<BugOf<Bugs>> {};

TEST_P(EachBug, IsFoundBySearching) {
  Config config;
  config.alpha = 4;
  config.bugs.*(GetParam().flag) = true;
  kv::expect_found(GetParam().name, runs_of(config));
}

INSTANTIATE_TEST_SUITE_P(Bugs, EachBug, testing::ValuesIn(known_bugs().begin(), known_bugs().end()),
                         bug_name<Bugs>);

}  // namespace
}  // namespace faultline::paxos

// harness/run/campaign/slurm-array.sh under a Slurm of one node: four shards, merged afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

TEST(SlurmArray, FourTasksMakeACampaign) {
  constexpr int kNotInstalled = 77;
  const Program program;
  const Ended ended = program.shell(
      "D='" FAULTLINE_SOURCE_DIR
      "/harness/run/campaign'; export FAULTLINE=\"$P\"; "
      "export CAMPAIGN=\"$PWD/shards\"; "
      "\"$D/try-slurm.sh\" \"$PWD/slurm\" sbatch --wait --cpus-per-task=1 --output=\"$PWD/%a.out\" "
      "\"$D/slurm-array.sh\" --seeds 1-8 --no-swarm --time-limit 2; code=$?; "
      "[ $code -eq 77 ] || cat ?.out; exit $code");
  if (ended.code == kNotInstalled) GTEST_SKIP() << ended.err;
  ASSERT_EQ(ended.code, 0) << ended.out << ended.err;
  const Ended merged = program.shell("\"$P\" campaign merge shards/*");
  EXPECT_EQ(merged.code, 0) << merged.out << merged.err;
  EXPECT_THAT(merged.out, testing::StartsWith("merged: 4 journals\n"));
  EXPECT_THAT(merged.out, testing::HasSubstr("\nVALID: all 8 runs\n"));
}

}  // namespace
}  // namespace faultline

// Whole runs in the simulator: what settings promise holds, what they do not promise is seen to
// fail, and every bug is found. Seeds are fixed; a change of draws may need other ones.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/cli/single_run.hpp"
#include "targets/dynamo/bugs.hpp"

namespace faultline::dynamo {
namespace {

struct Case {
  std::vector<std::string> settings;
  const char* workload;
  std::vector<std::string> bugs = {};
  std::vector<std::string> nemeses = {"partition", "kill", "pause"};
};

void PrintTo(const Case& test, std::ostream* out) {
  *out << test.workload;
  for (const std::string& text : test.settings) *out << " " << text;
  for (const std::string& text : test.bugs) *out << " with " << text;
}

Report run(const Case& test, std::uint64_t seed) {
  TestPlan plan;
  plan.target = "dynamo";
  plan.workload = test.workload;
  plan.settings = test.settings;
  plan.bugs = test.bugs;
  plan.nemeses = test.nemeses;
  plan.seed = seed;
  plan.time_limit = 30 * kSecond;
  return cli::run_in_memory(plan).report;
}

class Promised : public testing::TestWithParam<Case> {};

TEST_P(Promised, Holds) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Report report = run(GetParam(), seed);
    EXPECT_EQ(report.verdict, Verdict::valid) << "seed " << seed << ": " << report.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Promised,
    testing::Values(Case{{}, "rw-register"}, Case{{"n=5", "r=2", "w=4"}, "rw-register"},
                    Case{{}, "eventual"}, Case{{"repair=off"}, "regular"},
                    Case{{"repair=after"}, "regular"}, Case{{"r=1", "w=1"}, "eventual"},
                    Case{{"sloppy=on"}, "eventual"},
                    Case{{"versions=clock", "repair=off"},
                         "eventual",
                         {},
                         {"partition", "kill", "pause", "clock"}},
                    Case{{"versions=vector"}, "no-lost-writes"},
                    Case{{"versions=vector", "sloppy=on", "r=1", "w=1"}, "no-lost-writes"}));

class NotPromised : public testing::TestWithParam<Case> {};

bool some_run_is_invalid(const Case& test, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    if (run(test, seed).verdict == Verdict::invalid) return true;
  }
  return false;
}

TEST_P(NotPromised, IsSeenToFail) {
  EXPECT_TRUE(some_run_is_invalid(GetParam(), 30));
}

INSTANTIATE_TEST_SUITE_P(All, NotPromised,
                         testing::Values(Case{{"repair=off"}, "rw-register"},
                                         Case{{"r=1", "w=1"}, "regular"},
                                         Case{{"sloppy=on"}, "regular"},
                                         Case{{"versions=clock"}, "rw-register", {}, {"clock"}},
                                         Case{{"versions=vector"}, "rw-register"},
                                         Case{{}, "no-lost-writes"}));

TEST(DynamoBugs, AreAllFound) {
  for (const BugOf<Bugs>& bug : known_bugs()) {
    const std::string name(bug.name);
    const bool vectors = name == "forget-hints" || name == "overwrite-siblings";
    const Case test{{}, vectors ? "no-lost-writes" : "rw-register", {name}};
    EXPECT_TRUE(some_run_is_invalid(test, 100)) << name;
  }
}

}  // namespace
}  // namespace faultline::dynamo

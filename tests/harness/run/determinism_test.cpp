// A seed is a run: the same plan gives the same journal byte for byte, whoever built the program.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/cli/registry.hpp"
#include "harness/store/formats/jsonl.hpp"

namespace faultline {
namespace {

// FNV-1a of history.jsonl of `test --seed 1 --time-limit 10`. It differs if a build type, a
// compiler or a machine gives another run than ours, which is a bug, and if the run itself was
// changed on purpose (the simulator, the target, a generator, a default): then put here the digest
// that the failing test prints, once two build types agree on it.
constexpr std::uint64_t kGoldenDigest = 0xca345a6e0f4d96e7U;

TestPlan short_plan(std::uint64_t seed) {
  TestPlan plan;
  plan.seed = seed;
  plan.time_limit = 10 * kSecond;
  return plan;
}

std::string journal_of(const TestPlan& plan) {
  Parts parts = *cli::assemble(plan);
  std::string journal(formats::kJsonlHeader);
  formats::JsonlEncoder encoder;
  RunHooks hooks;
  hooks.record = [&](const Op& op) { encoder.append(journal, op); };
  const auto ran = run_test(plan, parts, hooks);
  EXPECT_TRUE(ran) << ran.error().message;
  return journal;
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

TEST(Determinism, TheSamePlanGivesTheSameJournal) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::string first = journal_of(short_plan(seed));
    EXPECT_GT(first.size(), 10'000U);
    EXPECT_EQ(first, journal_of(short_plan(seed))) << "seed " << seed;
  }
}

TEST(Determinism, WithABugAndOtherNodesToo) {
  TestPlan plan = short_plan(2);
  plan.bugs = {"stale-read"};
  plan.nodes = 3;
  plan.concurrency = 6;
  plan.threads_per_key = 3;
  EXPECT_EQ(journal_of(plan), journal_of(plan));
}

TEST(Determinism, WithImpairedLinksAndClientsCutOffToo) {
  TestPlan plan = short_plan(3);
  plan.nemeses = {"packet", "partition-clients", "partition", "kill"};
  plan.nemesis_interval = kSecond / 4;
  const std::string journal = journal_of(plan);
  EXPECT_EQ(journal, journal_of(plan));
  for (const char* f : {"start-packet", "start-partition-clients"}) {
    EXPECT_NE(journal.find(f), std::string::npos) << f;
  }
}

TEST(Determinism, DifferentSeedsDiffer) {
  EXPECT_NE(journal_of(short_plan(1)), journal_of(short_plan(2)));
}

TEST(Determinism, TheGoldenDigest) {
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cU);  // from the authors' test vectors
  const std::uint64_t digest = fnv1a(journal_of(short_plan(1)));
  EXPECT_EQ(digest, kGoldenDigest) << fmt::format("now: 0x{:016x}U", digest);
}

}  // namespace
}  // namespace faultline

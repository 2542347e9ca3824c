#include "harness/cli/shrink_oracle.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "harness/cli/commands.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/single_run.hpp"

namespace faultline::cli {
namespace {

class ExactOracle final : public ShrinkOracle {
 public:
  ExactOracle(std::string checker, int seeds) : checker_(std::move(checker)), seeds_(seeds) {}

  std::optional<std::uint64_t> fails(const ScheduledTest& candidate, Effort effort) override {
    ScheduledTest test = candidate;
    if (fails_once(test)) return test.plan.seed;
    const int more = effort == Effort::own_seed ? 0 : seeds_for(candidate) - 1;
    std::uint64_t seed = 0;
    for (int i = 0; i < more && !interrupted(); ++i) {
      if (++seed == candidate.plan.seed) ++seed;
      test.plan.seed = seed;
      if (fails_once(test)) return seed;
    }
    return std::nullopt;
  }

  int runs_to_fail() const override { return 1; }

  std::string rule() const override {
    return fmt::format("each candidate is run with up to {}",
                       counted(static_cast<std::size_t>(seeds_), "seed"));
  }

 private:
  bool fails_once(const ScheduledTest& test) {
    ++runs_;
    const RunInMemory run = run_in_memory(test.plan, &test.schedule);
    return !interrupted() && says_invalid(run.report, checker_);
  }

  int seeds_for(const ScheduledTest& test) const {
    constexpr Duration kShort = 5 * kSecond;
    const Duration length = std::max(extent_of(test).time, kShort);
    return std::max(1, static_cast<int>(seeds_ * kShort / length));
  }

  const std::string checker_;
  const int seeds_;
};

// A folder for runs that nobody wants to keep.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "faultline-shrink-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw SystemError(name + ": cannot make the directory");
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

class SamplingOracle final : public ShrinkOracle {
 public:
  SamplingOracle(std::string checker, const ScheduledTest& recorded, int most)
      : checker_(std::move(checker)) {
    constexpr int kSamples = 10;
    int violations = 0;
    int samples = 0;
    for (; samples < kSamples && !interrupted(); ++samples) {
      if (fails_once(recorded)) ++violations;
    }
    if (violations == 0) {
      throw UsageError(fmt::format(
          "the violation did not come back in {}, so there is nothing that could be shrunk",
          counted(static_cast<std::size_t>(samples), "replay")));
    }
    rate_ = (violations + 1.0) / (samples + 2.0);  // Laplace's rule: ten of ten are no certainty
    while (misses_ < most && wrong_rejection() > kWrongly) ++misses_;
  }

  std::optional<std::uint64_t> fails(const ScheduledTest& candidate, Effort) override {
    int hits = 0;
    for (int misses = 0; misses < misses_ && !interrupted();) {
      ++(fails_once(candidate) ? hits : misses);
      if (hits == kHits) return candidate.plan.seed;
    }
    return std::nullopt;
  }

  int runs_to_fail() const override { return misses_ + 1; }

  std::string rule() const override {
    return fmt::format(
        "the recorded run fails in about {:.0f} % of its replays; a candidate is accepted after {} "
        "violations, and rejected after {} without one (wrongly with a chance of {:.1f} %)",
        100 * rate_, kHits, counted(static_cast<std::size_t>(misses_), "run"),
        100 * wrong_rejection());
  }

 private:
  static constexpr double kWrongly = 0.05;
  static constexpr int kHits = 3;

  // The chance that so many misses come before the last hit, at that rate: of every number of hits
  // below kHits, in any order, before the last miss.
  double wrong_rejection() const {
    double sum = 0;
    double orders = 1;  // misses_ - 1 + hits over hits
    for (int hits = 0; hits < kHits; ++hits) {
      sum += orders * std::pow(rate_, hits) * std::pow(1 - rate_, misses_);
      orders = orders * (misses_ + hits) / (hits + 1);
    }
    return sum;
  }

  bool fails_once(const ScheduledTest& test) {
    ++runs_;
    const ScratchFolder folder;
    const StoredRun run = run_stored(test.plan, folder.path(), &test.schedule);
    return !interrupted() && says_invalid(run.judgement.report, checker_);
  }

  const std::string checker_;
  double rate_ = 1;
  int misses_ = 1;  // until a candidate is rejected
};

}  // namespace

std::unique_ptr<ShrinkOracle> make_exact_oracle(std::string checker, int seeds) {
  return std::make_unique<ExactOracle>(std::move(checker), seeds);
}

std::unique_ptr<ShrinkOracle> make_sampling_oracle(std::string checker,
                                                   const ScheduledTest& recorded, int most) {
  return std::make_unique<SamplingOracle>(std::move(checker), recorded, most);
}

bool says_invalid(const Report& report, std::string_view checker) {
  return std::ranges::any_of(report.parts, [checker](const Report& part) {
    return part.checker == checker && part.verdict == Verdict::invalid;
  });
}

}  // namespace faultline::cli

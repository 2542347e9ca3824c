// Does a smaller test still fail as the recorded one did? Each candidate is run, in memory where
// time is virtual, else against a real cluster. It fails if the same checker says invalid: another
// violation is another bug. One thread; runs end early once interrupted() is true, and count for
// nothing then.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/checker.hpp"
#include "harness/run/shrink.hpp"

namespace faultline::cli {

class ShrinkOracle {
 public:
  virtual ~ShrinkOracle() = default;
  // As ShrinkHooks::fails.
  virtual std::optional<std::uint64_t> fails(const ScheduledTest& candidate, Effort effort) = 0;
  // So many runs of a test that fails, at most, should show it.
  virtual int runs_to_fail() const = 0;
  // How a candidate is decided upon, for the user: one line.
  virtual std::string rule() const = 0;
  int runs() const { return runs_; }

 protected:
  int runs_ = 0;
};

// Tries up to `seeds` seeds: the candidate's own, then 1, 2, 3, ...; fewer of a candidate that runs
// for more than a few seconds, which is slow. Whoever asks twice is told the same.
std::unique_ptr<ShrinkOracle> make_exact_oracle(std::string checker, int seeds);

// Runs `recorded` a few times first. A candidate is accepted once it has failed three times, so
// that a lucky hit does not lead to one that hardly ever fails, and rejected after so many misses
// that one that fails as often as `recorded` is rejected with a chance below 5 %; `most` bounds
// them. Throws UsageError if `recorded` does not fail at all.
std::unique_ptr<ShrinkOracle> make_sampling_oracle(std::string checker,
                                                   const ScheduledTest& recorded, int most);

// Did that checker say invalid?
bool says_invalid(const Report& report, std::string_view checker);

}  // namespace faultline::cli

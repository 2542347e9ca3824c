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
  // How a candidate is decided upon, for the user: one line.
  virtual std::string rule() const = 0;
  int runs() const { return runs_; }

 protected:
  int runs_ = 0;
};

// Tries up to `seeds` seeds: the candidate's own, then 1, 2, 3, ...; fewer of a candidate that runs
// for more than a few seconds, which is slow. Whoever asks twice is told the same.
std::unique_ptr<ShrinkOracle> make_exact_oracle(std::string checker, int seeds);

// Runs `recorded` a few times first: how often it fails says how many misses in a row are needed to
// reject a candidate wrongly, though it fails as often, with a chance below 5 %. Never more than
// `most`. Throws UsageError if it does not fail at all.
std::unique_ptr<ShrinkOracle> make_sampling_oracle(std::string checker,
                                                   const ScheduledTest& recorded, int most);

// Did that checker say invalid?
bool says_invalid(const Report& report, std::string_view checker);

}  // namespace faultline::cli

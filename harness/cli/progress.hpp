// What a user sees while a test runs, and while a long history is judged: on a terminal one live
// line, otherwise a plain line now and then. Writes to standard error, and never oftener than a
// person can read.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>

#include "harness/core/checker.hpp"
#include "harness/core/nemesis_op.hpp"
#include "harness/core/op.hpp"

namespace faultline::cli {

// Completions of client ops by outcome, and faults, so far.
struct Tally {
  std::int64_t ok = 0;
  std::int64_t fail = 0;
  std::int64_t info = 0;
  std::int64_t faults = 0;  // things the nemesis did, cures included
  std::int64_t deaths = 0;  // nodes that ended by themselves
  LeaderCount leaders;      // that were seen; not in sim
  std::int64_t total() const { return ok + fail + info; }
  void add(const Op& op);
};

class Progress {
 public:
  Progress();
  ~Progress();  // clears the live line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void see(const Op& op);
  const Tally& tally() const { return tally_; }

 private:
  void print(Time now);
  std::string active_faults() const;

  using Clock = std::chrono::steady_clock;  // of the person who watches, not of the run
  bool terminal_;
  bool line_open_ = false;
  Clock::time_point begin_;
  Clock::time_point next_print_;
  Tally tally_;
  std::set<std::string_view> faults_;  // the nemeses whose faults are active now
};

class CheckProgress {
 public:
  CheckProgress();
  ~CheckProgress() { clear(); }
  CheckProgress(const CheckProgress&) = delete;
  CheckProgress& operator=(const CheckProgress&) = delete;

  // For a checker: it shows how much is done, and stops on Ctrl-C. Refers to this object.
  Watch watch();
  void clear();  // the live line

 private:
  void see(double done);

  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool line_open_ = false;
  Clock::time_point begin_;
  Clock::time_point next_print_;
};

}  // namespace faultline::cli

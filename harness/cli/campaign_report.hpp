// What is shown of a campaign: its progress, the runs that failed, the summary by cell, JUnit XML,
// Markdown. For the main thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/run/campaign.hpp"
#include "harness/run/campaign_summary.hpp"

namespace faultline::cli {

// On standard error: a live line on a terminal, otherwise a line now and then.
class CampaignProgress {
 public:
  // `planned` runs, of which `done_before` were done at an earlier time.
  CampaignProgress(std::size_t planned, std::size_t done_before);
  ~CampaignProgress() { clear(); }
  CampaignProgress(const CampaignProgress&) = delete;
  CampaignProgress& operator=(const CampaignProgress&) = delete;

  void see(const RunRecord& record);
  void tick();
  void clear();                               // the live line
  std::size_t done() const { return done_; }  // now
  double seconds() const;                     // on the wall, until now

 private:
  using Clock = std::chrono::steady_clock;
  const bool terminal_;
  const std::size_t planned_;
  const std::size_t before_;
  const Clock::time_point begin_;
  Clock::time_point next_print_;
  bool line_open_ = false;
  std::size_t done_ = 0;
  std::size_t invalid_ = 0;
  std::size_t unknown_ = 0;
};

// A run as a person reads it: what it was, why it failed, where it is kept, how to repeat it.
// `record.kept` is a path that leads there from here.
void print_failure(const Campaign& campaign, const RunRecord& record);

// As a line of JSON, with the name of its cell.
void print_json(const Campaign& campaign, const RunRecord& record);

void print_table(const CampaignSummary& summary);
// "3 of 1000 runs"
std::string reason_of(const CampaignSummary& summary);
// "INVALID: 3 of 1000 runs, 12 of them did not take place"
std::string conclusion(const CampaignSummary& summary);

// A suite a cell, a case a run: so CI systems know each seed by its name from one build to the
// next. An invalid run is a failure, an unknown one an error, as are, in one case for each cell,
// runs that did not take place. A cell that was left out is a case that was skipped. `records`: as
// for print_failure().
std::string junit_of(const Campaign& campaign, const std::vector<RunRecord>& records);

// A table of the cells, and the first runs that failed, as Markdown. `records`: as above.
std::string markdown_of(const Campaign& campaign, const std::vector<RunRecord>& records);

}  // namespace faultline::cli

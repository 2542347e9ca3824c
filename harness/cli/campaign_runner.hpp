// CampaignRunner: carries out the runs of a campaign, several at a time, each in a process of its
// own; what came of each goes to the campaign's journal. Whatever the journal already has is not
// done again.
//
//   DIR/campaign.jsonl   the journal
//   DIR/runs/NUMBER/     the runs that are kept
//
// One thread, and no other when run() is called.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/worker_pool.hpp"
#include "harness/run/campaign.hpp"
#include "harness/run/plan.hpp"
#include "harness/store/campaign_journal.hpp"

namespace faultline::cli {

struct RunnerOptions {
  std::filesystem::path directory;
  std::size_t jobs = 1;
  bool keep_going = false;  // after an invalid run
  bool keep_all = false;    // of the run directories: the valid ones, too
  std::optional<std::chrono::seconds> run_limit;
};

class CampaignRunner {
 public:
  // The plan of a run.
  using Plan = std::function<TestPlan(const CampaignRun&)>;
  struct Hooks {
    std::function<void(const RunRecord&)> done;
    std::function<void()> tick;  // some times a second
  };

  // Opens the directory, or makes it. Throws UsageError if it holds another campaign, SystemError
  // if it cannot be used.
  CampaignRunner(Campaign campaign, Plan plan, RunnerOptions options);

  const std::vector<RunRecord>& records() const { return records_; }  // of earlier times and now
  // What is left to be done. Without `keep_going` it ends at the first invalid run; those that were
  // begun before it are done to their end, so that the first seed that fails is the same with any
  // number of jobs. Ends early, too, if the program is interrupted.
  void run(const Hooks& hooks);

 private:
  void read_journal();
  void remove_unfinished() const;
  void start(WorkerPool& pool, const CampaignRun& run) const;
  void finish(const WorkerEnd& end, const Hooks& hooks);
  bool should_stop() const;
  std::filesystem::path root_of(std::size_t number) const;

  Campaign campaign_;
  Plan plan_;
  RunnerOptions options_;
  CampaignJournal journal_;
  std::vector<RunRecord> records_;
  bool failed_ = false;  // a run was invalid
};

// What tells one build of the program from another: a hash of its file.
std::string build_of_program();

// Reads a campaign's directory without touching it; what is kept is named with the directory.
// Throws UsageError.
ShardJournal read_campaign(const std::filesystem::path& directory);

}  // namespace faultline::cli

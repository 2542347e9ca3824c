// The cells of a campaign: from flags such as --targets and --bugs, and those of `test`, to tests
// that can be done. Pure, but for the registries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cli/plan_options.hpp"
#include "harness/run/campaign.hpp"
#include "harness/run/seed_set.hpp"

namespace CLI {
class App;
}

namespace faultline::cli {

// The flags that name several of what a flag of `test` names one of.
class MatrixOptions {
 public:
  void add_to(CLI::App& command);

  // One axis of the matrix.
  struct Axis {
    const char* flag;                 // "--targets"
    const char* single;               // "--target"
    std::vector<std::string> values;  // of the single flag; "none" is not to give it
  };
  // Throws UsageError.
  std::vector<Axis> axes() const;

 private:
  std::optional<std::string> targets_;
  std::optional<std::string> workloads_;
  std::optional<std::string> nemeses_;
  std::optional<std::string> bugs_;
};

struct Cells {
  struct Cell {
    CampaignCell description;
    PlanOptions options;
  };
  std::vector<Cell> cells;
  std::vector<LeftOutCell> left_out;  // combinations that do not fit together
};

// Every combination that fits with some of the seeds: what is not given is drawn from each, and may
// make a test that cannot be done, which is then that run's to say. Throws UsageError if a flag
// names something that is in no combination that fits, or both an axis and its single flag are
// given.
Cells make_cells(const PlanOptions& options, const MatrixOptions& matrix, const SeedSet& seeds);

}  // namespace faultline::cli

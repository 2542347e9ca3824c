// CampaignSummary: a campaign at a glance: of each cell how many runs there were and what came of
// them, which seeds failed, and which runs did not take place. A plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/core/verdict.hpp"
#include "harness/run/campaign.hpp"
#include "harness/run/seed_set.hpp"

namespace faultline {

struct RunCounts {
  std::size_t planned = 0;
  std::size_t valid = 0;
  std::size_t invalid = 0;
  std::size_t unknown = 0;
  std::int64_t ops = 0;
  double seconds = 0;  // on the wall, of all runs together

  std::size_t runs() const { return valid + invalid + unknown; }
  std::size_t missing() const { return planned - runs(); }
  void add(const RunRecord& record);
  // The worst of the runs; what a missing one would have shown is not known.
  Verdict verdict() const;
};

struct CellSummary {
  std::string name;
  RunCounts counts;
  SeedSet invalid;
  SeedSet unknown;
  SeedSet missing;
};

struct CampaignSummary {
  std::vector<CellSummary> cells;
  RunCounts total;
};

// Of the runs of `campaign.shard`. `records`: one a run at most, of the campaign's runs.
CampaignSummary summarise(const Campaign& campaign, const std::vector<RunRecord>& records);

nlohmann::ordered_json to_json(const CampaignSummary& summary);

}  // namespace faultline

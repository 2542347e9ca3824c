#include "harness/run/campaign_summary.hpp"

#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

namespace faultline {
namespace {

using Json = nlohmann::ordered_json;

// The seeds of a cell's runs, as they are gathered.
struct Seeds {
  std::vector<std::uint64_t> invalid;
  std::vector<std::uint64_t> unknown;
  std::vector<std::uint64_t> missing;

  void add(std::uint64_t seed, const RunRecord* record) {
    if (record == nullptr) {
      missing.push_back(seed);
    } else if (record->verdict == Verdict::invalid) {
      invalid.push_back(seed);
    } else if (record->verdict == Verdict::unknown) {
      unknown.push_back(seed);
    }
  }
};

Json to_json(const RunCounts& counts) {
  return {{"verdict", to_string(counts.verdict())},
          {"planned", counts.planned},
          {"runs", counts.runs()},
          {"valid", counts.valid},
          {"invalid", counts.invalid},
          {"unknown", counts.unknown},
          {"missing", counts.missing()},
          {"ops", counts.ops},
          {"seconds", counts.seconds}};
}

}  // namespace

void RunCounts::add(const RunRecord& record) {
  switch (record.verdict) {
    case Verdict::valid: ++valid; break;
    case Verdict::unknown: ++unknown; break;
    case Verdict::invalid: ++invalid; break;
  }
  ops += record.ops;
  seconds += record.seconds;
}

Verdict RunCounts::verdict() const {
  if (invalid > 0) return Verdict::invalid;
  return planned == 0 || unknown > 0 || missing() > 0 ? Verdict::unknown : Verdict::valid;
}

CampaignSummary summarise(const Campaign& campaign, const std::vector<RunRecord>& records) {
  std::unordered_map<std::size_t, const RunRecord*> by_number;
  for (const RunRecord& record : records) {
    const auto [known, is_new] = by_number.emplace(record.number, &record);
    if (!is_new && known->second->verdict < record.verdict) known->second = &record;
  }
  CampaignSummary summary;
  summary.cells.resize(campaign.cells.size());
  std::vector<Seeds> seeds(campaign.cells.size());
  for (const CampaignRun& run : campaign.runs()) {
    const auto found = by_number.find(run.number);
    const RunRecord* const record = found == by_number.end() ? nullptr : found->second;
    seeds[run.cell].add(run.seed, record);
    for (RunCounts* counts : {&summary.cells[run.cell].counts, &summary.total}) {
      ++counts->planned;
      if (record != nullptr) counts->add(*record);
    }
  }
  for (std::size_t i = 0; i < campaign.cells.size(); ++i) {
    CellSummary& cell = summary.cells[i];
    cell.name = campaign.cells[i].name;
    cell.invalid = SeedSet(std::move(seeds[i].invalid));
    cell.unknown = SeedSet(std::move(seeds[i].unknown));
    cell.missing = SeedSet(std::move(seeds[i].missing));
  }
  return summary;
}

Json to_json(const CampaignSummary& summary) {
  Json cells = Json::array();
  for (const CellSummary& cell : summary.cells) {
    Json json{{"cell", cell.name}};
    json.update(to_json(cell.counts));
    json["invalid-seeds"] = cell.invalid.text();
    json["unknown-seeds"] = cell.unknown.text();
    json["missing-seeds"] = cell.missing.text();
    cells.push_back(std::move(json));
  }
  Json json = to_json(summary.total);
  json["cells"] = std::move(cells);
  return json;
}

}  // namespace faultline

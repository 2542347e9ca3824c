#include "harness/run/campaign.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>

namespace faultline {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMostShards = 100'000;

Result<Verdict> parse_verdict(const std::string& text) {
  for (const Verdict verdict : {Verdict::valid, Verdict::unknown, Verdict::invalid}) {
    if (text == to_string(verdict)) return verdict;
  }
  return Error{"field 'verdict' must be valid, unknown or invalid"};
}

// Reads fields of an object; after the first error it does nothing more.
class JsonFields {
 public:
  explicit JsonFields(const Json& json) : json_(json) {
    if (!json.is_object()) error_ = Error{"expected an object"};
  }

  void read(const char* name, std::string& text) {
    if (const Json* field = find(name, &Json::is_string, "a text"))
      text = field->get<std::string>();
  }
  template <std::integral Number>
  void read(const char* name, Number& number) {
    if (const Json* field = find(name, &Json::is_number_unsigned, "a whole number from 0")) {
      number = field->get<Number>();
    }
  }
  void read(const char* name, double& number) {
    if (const Json* field = find(name, &Json::is_number, "a number")) number = field->get<double>();
  }
  const Json* list(const char* name) { return find(name, &Json::is_array, "a list"); }

  template <class Value>
  std::optional<Value> keep(Result<Value> result) {
    if (result) return std::move(*result);
    if (!error_) error_ = result.error();
    return std::nullopt;
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  const Json* find(const char* name, bool (Json::*is)() const noexcept, const char* expected) {
    if (error_) return nullptr;
    const auto found = json_.find(name);
    if (found != json_.end() && ((*found).*is)()) return &*found;
    error_ =
        Error{fmt::format("field '{}' {} {}", name,
                          found == json_.end() ? "is missing: expected" : "must be", expected)};
    return nullptr;
  }

  const Json& json_;
  std::optional<Error> error_;
};

template <class Cells>
std::string names_of(const Cells& cells) {
  std::vector<std::string> names;
  for (const auto& cell : cells) names.push_back(cell.name);
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, "; "));
}

// Empty, or why what was found in one journal is not of the campaign in another.
std::string misfit(const ShardJournal& journal, const ShardJournal& first, Builds builds) {
  const std::string other = difference(journal.campaign, first.campaign);
  if (!other.empty()) {
    return fmt::format("{} is no part of the campaign in {}: they differ in {}", journal.place,
                       first.place, other);
  }
  if (builds == Builds::any || journal.campaign.build == first.campaign.build) return {};
  return fmt::format(
      "{} was done by build {} of the program, {} by build {}; expected one "
      "build, or --allow-different-builds",
      journal.place, journal.campaign.build, first.place, first.campaign.build);
}

}  // namespace

std::string to_string(Shard shard) {
  return fmt::format("{}/{}", shard.index, shard.count);
}

Result<Shard> parse_shard(std::string_view text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  if (index.ec == std::errc() && index.ptr != end && *index.ptr == '/') {
    const auto count = std::from_chars(index.ptr + 1, end, shard.count);
    const bool read = count.ec == std::errc() && count.ptr == end;
    if (read && shard.index >= 0 && shard.index < shard.count && shard.count <= kMostShards) {
      return shard;
    }
  }
  return Error{"expected which shard of how many, counted from 0: 0/4, 1/4, 2/4 or 3/4"};
}

CampaignRun Campaign::run(std::size_t number) const {
  assert(number < size());
  return {number, number % cells.size(), seeds.at(number / cells.size())};
}

std::vector<CampaignRun> Campaign::runs() const {
  const auto count = static_cast<std::size_t>(shard.count);
  std::vector<CampaignRun> runs;
  for (std::size_t number = 0; number < size(); ++number) {
    // Diagonally: by `number` alone, four shards of four cells would have a cell each.
    const std::size_t diagonal = number / cells.size() + number % cells.size();
    if (diagonal % count == static_cast<std::size_t>(shard.index)) runs.push_back(run(number));
  }
  return runs;
}

Json to_json(const Campaign& campaign) {
  Json cells = Json::array();
  for (const CampaignCell& cell : campaign.cells) {
    cells.push_back({{"name", cell.name}, {"options", cell.options}});
  }
  Json left_out = Json::array();
  for (const LeftOutCell& cell : campaign.left_out) {
    left_out.push_back({{"name", cell.name}, {"why", cell.why}});
  }
  return {{"program", campaign.program},
          {"build", campaign.build},
          {"seeds", campaign.seeds.text()},
          {"shard", to_string(campaign.shard)},
          {"cells", cells},
          {"left-out", left_out}};
}

Result<Campaign> campaign_from_json(const Json& json) {
  Campaign campaign;
  std::string seeds;
  std::string shard;
  JsonFields fields(json);
  fields.read("program", campaign.program);
  fields.read("build", campaign.build);
  fields.read("seeds", seeds);
  fields.read("shard", shard);
  const Json* const cells = fields.list("cells");
  const Json* const left_out = fields.list("left-out");
  if (fields.error()) return *fields.error();
  for (const Json& cell : *cells) {
    JsonFields of_cell(cell);
    CampaignCell& read = campaign.cells.emplace_back();
    of_cell.read("name", read.name);
    of_cell.read("options", read.options);
    if (of_cell.error()) return *of_cell.error();
  }
  for (const Json& cell : *left_out) {
    JsonFields of_cell(cell);
    LeftOutCell& read = campaign.left_out.emplace_back();
    of_cell.read("name", read.name);
    of_cell.read("why", read.why);
    if (of_cell.error()) return *of_cell.error();
  }
  if (const auto read = fields.keep(SeedSet::parse(seeds))) campaign.seeds = *read;
  if (const auto read = fields.keep(parse_shard(shard))) campaign.shard = *read;
  if (fields.error()) return *fields.error();
  if (campaign.cells.empty()) return Error{"field 'cells' must not be empty"};
  return campaign;
}

std::string difference(const Campaign& a, const Campaign& b) {
  constexpr std::size_t kMost = 5;
  const auto say = [](std::string_view what, const std::string& x, const std::string& y) {
    return fmt::format("{} ({}, not {})", what, x, y);
  };
  if (a.program != b.program) return say("the version of faultline", a.program, b.program);
  if (a.seeds != b.seeds) return say("the seeds", a.seeds.text(kMost), b.seeds.text(kMost));
  if (names_of(a.cells) != names_of(b.cells)) {
    return say("the cells", names_of(a.cells), names_of(b.cells));
  }
  if (names_of(a.left_out) != names_of(b.left_out)) {
    return say("the cells that are left out", names_of(a.left_out), names_of(b.left_out));
  }
  for (std::size_t i = 0; i < a.cells.size(); ++i) {
    if (a.cells[i] == b.cells[i]) continue;
    return say("the options", a.cells[i].options, b.cells[i].options);
  }
  return {};
}

Json to_json(const RunRecord& record) {
  return {{"run", record.number},      {"cell", record.cell},
          {"seed", record.seed},       {"verdict", to_string(record.verdict)},
          {"reason", record.reason},   {"ops", record.ops},
          {"seconds", record.seconds}, {"kept", record.kept},
          {"repeat", record.repeat}};
}

Result<RunRecord> record_from_json(const Json& json, const Campaign& campaign) {
  RunRecord record;
  std::string verdict;
  JsonFields fields(json);
  fields.read("run", record.number);
  fields.read("cell", record.cell);
  fields.read("seed", record.seed);
  fields.read("verdict", verdict);
  fields.read("reason", record.reason);
  fields.read("ops", record.ops);
  fields.read("seconds", record.seconds);
  fields.read("kept", record.kept);
  fields.read("repeat", record.repeat);
  if (fields.error()) return *fields.error();
  const auto read = fields.keep(parse_verdict(verdict));
  if (!read) return *fields.error();
  record.verdict = *read;
  if (record.number < campaign.size()) {
    const CampaignRun run = campaign.run(record.number);
    if (run.cell == record.cell && run.seed == record.seed) return record;
  }
  return Error{fmt::format("the campaign has no run {} of cell {} with seed {}", record.number,
                           record.cell, record.seed)};
}

Result<Merged> merge(std::vector<ShardJournal> journals, Builds builds) {
  assert(!journals.empty());
  Merged merged;
  merged.campaign = journals.front().campaign;
  merged.campaign.shard = {};
  std::vector<RunRecord> all;
  for (ShardJournal& journal : journals) {
    std::string why = misfit(journal, journals.front(), builds);
    if (!why.empty()) return Error{std::move(why)};
    const auto add = [](auto& list, const auto& item) {
      if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
    };
    add(merged.shards, journal.campaign.shard);
    add(merged.builds, journal.campaign.build);
    for (RunRecord& record : journal.records) all.push_back(std::move(record));
  }
  // The worst of each run first.
  std::stable_sort(all.begin(), all.end(), [](const RunRecord& a, const RunRecord& b) {
    return a.number != b.number ? a.number < b.number : a.verdict > b.verdict;
  });
  for (RunRecord& record : all) {
    const bool again = !merged.records.empty() && merged.records.back().number == record.number;
    (again ? merged.doubled : merged.records).push_back(std::move(record));
  }
  return merged;
}

}  // namespace faultline

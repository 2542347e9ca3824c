#include "harness/run/campaign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/run/campaign_summary.hpp"

namespace faultline {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;

Campaign campaign(std::size_t cells, const std::string& seeds, Shard shard = {}) {
  Campaign campaign{"0.1", "build", {}, {}, *SeedSet::parse(seeds), shard};
  for (std::size_t i = 0; i < cells; ++i) {
    campaign.cells.push_back({"cell" + std::to_string(i), "test"});
  }
  return campaign;
}

RunRecord record(const Campaign& of, std::size_t number, Verdict verdict) {
  const CampaignRun run = of.run(number);
  return {run.number, run.cell, run.seed, verdict, "why", 10, 0.5, "runs/1", "test --seed 1"};
}

std::vector<std::uint64_t> seeds_of(const SeedSet& set) {
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < set.size(); ++i) seeds.push_back(set.at(i));
  return seeds;
}

TEST(SeedSet, ReadsRangesAndNumbers) {
  EXPECT_THAT(seeds_of(*SeedSet::parse("7")), ElementsAre(7));
  EXPECT_THAT(seeds_of(*SeedSet::parse("20,1-3,4,9")), ElementsAre(1, 2, 3, 4, 9, 20));
  EXPECT_EQ(SeedSet::parse("20,1-3,4,9")->text(), "1-4,9,20");
  EXPECT_EQ(SeedSet::parse("20,1-3,4,9")->text(2), "1-4,9,...");
  EXPECT_THAT(seeds_of(*SeedSet::parse("18446744073709551614-18446744073709551615")),
              ElementsAre(18446744073709551614U, 18446744073709551615U));
  EXPECT_EQ(SeedSet::parse("1-1000000")->size(), 1'000'000U);
}

TEST(SeedSet, RefusesWhatIsNone) {
  for (const char* text :
       {"", "a", "1-", "-1", "3-2", "1,,2", "1, 2", "1-3,2", "1-2-3", "0-1000000",
        "1-500000,600000-1200000", "0-18446744073709551615", "1.5", "18446744073709551616"}) {
    EXPECT_FALSE(SeedSet::parse(text)) << text;
  }
}

TEST(Shard, ReadsWhichOfHowMany) {
  EXPECT_EQ(*parse_shard("3/4"), (Shard{3, 4}));
  EXPECT_EQ(to_string(Shard{3, 4}), "3/4");
  for (const char* text : {"", "4/4", "-1/4", "1", "1/", "/4", "1/4 ", "1/0", "a/4", "1/4/2"}) {
    EXPECT_FALSE(parse_shard(text)) << text;
  }
}

TEST(Campaign, RunsComeSeedBySeed) {
  std::vector<std::string> order;
  for (const CampaignRun& run : campaign(2, "5-6").runs()) {
    order.push_back(std::to_string(run.seed) + ":" + std::to_string(run.cell));
  }
  EXPECT_THAT(order, ElementsAre("5:0", "5:1", "6:0", "6:1"));
}

TEST(Campaign, ShardsDivideTheRunsAndEveryCellEvenly) {
  for (const std::size_t cells : {1U, 3U, 4U}) {
    for (const int count : {1, 2, 3, 4, 7}) {
      SCOPED_TRACE(testing::Message() << cells << " cells, " << count << " shards");
      const std::size_t seeds = 20;
      std::multiset<std::size_t> numbers;
      for (int index = 0; index < count; ++index) {
        std::vector<std::size_t> of_cell(cells);
        for (const CampaignRun& run : campaign(cells, "1-20", {index, count}).runs()) {
          numbers.insert(run.number);
          ++of_cell[run.cell];
        }
        for (const std::size_t n : of_cell) {
          EXPECT_GE(n, seeds / static_cast<std::size_t>(count));
          EXPECT_LE(n, seeds / static_cast<std::size_t>(count) + 1);
        }
      }
      EXPECT_EQ(numbers.size(), cells * seeds);
      EXPECT_EQ(std::set<std::size_t>(numbers.begin(), numbers.end()).size(), cells * seeds);
    }
  }
}

TEST(Campaign, ComesBackFromJson) {
  Campaign original = campaign(2, "1-10,20", {1, 3});
  original.cells[1].options = "test --bug stale-read";
  original.left_out = {{"dynamo register", "dynamo has no cas"}};
  const auto read = campaign_from_json(ordered_json::parse(to_json(original).dump()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(difference(original, *read), "");
  EXPECT_EQ(read->shard, original.shard);
  EXPECT_EQ(read->build, "build");
  ASSERT_EQ(read->left_out.size(), 1U);
  EXPECT_EQ(read->left_out[0].name, "dynamo register");
  EXPECT_EQ(read->left_out[0].why, "dynamo has no cas");
  for (const char* field : {"program", "build", "seeds", "shard", "cells", "left-out"}) {
    ordered_json json = to_json(original);
    json[field] = 7;
    EXPECT_FALSE(campaign_from_json(json)) << field;
    json.erase(field);
    const auto missing = campaign_from_json(json);
    ASSERT_FALSE(missing) << field;
    EXPECT_THAT(missing.error().message, HasSubstr(field));
  }
}

TEST(Campaign, SaysInWhatTwoDiffer) {
  const Campaign one = campaign(2, "1-10");
  EXPECT_EQ(difference(one, campaign(2, "1-10", {1, 2})), "");
  EXPECT_EQ(difference(one, campaign(2, "1-9")), "the seeds (1-10, not 1-9)");
  EXPECT_THAT(difference(one, campaign(3, "1-10")), HasSubstr("the cells"));
  Campaign other = one;
  other.cells[1].options = "test --rate 7";
  EXPECT_THAT(difference(one, other), HasSubstr("the options"));
  EXPECT_THAT(difference(one, other), HasSubstr("--rate 7"));
  other = one;
  other.left_out = {{"dynamo register", "dynamo has no cas"}};
  EXPECT_EQ(difference(one, other), "the cells that are left out (none, not dynamo register)");
  other = one;
  other.program = "0.2";
  EXPECT_EQ(difference(one, other), "the version of faultline (0.1, not 0.2)");
}

TEST(RunRecord, ComesBackFromJson) {
  const Campaign of = campaign(2, "5-9");
  const RunRecord original = record(of, 3, Verdict::invalid);
  const ordered_json json = ordered_json::parse(to_json(original).dump());
  const auto read = record_from_json(json, of);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(original));
  EXPECT_EQ(read->seed, 6U);
  EXPECT_EQ(read->verdict, Verdict::invalid);
  for (const auto& [name, value] : json.items()) {
    ordered_json without = json;
    without.erase(name);
    ASSERT_FALSE(record_from_json(without, of)) << name;
    without[name] = ordered_json::array();
    ASSERT_FALSE(record_from_json(without, of)) << name;
  }
}

TEST(RunRecord, IsOfARunOfTheCampaign) {
  const Campaign of = campaign(2, "5-9");
  for (const auto& [field, value] :
       {std::pair{"run", 10U}, {"run", 2U}, {"seed", 7U}, {"cell", 0U}}) {
    ordered_json json = ordered_json::parse(to_json(record(of, 3, Verdict::valid)).dump());
    json[field] = value;
    const auto read = record_from_json(json, of);
    ASSERT_FALSE(read) << field;
    EXPECT_THAT(read.error().message, HasSubstr("the campaign has no run"));
  }
}

TEST(CampaignSummary, CountsEachCell) {
  const Campaign of = campaign(2, "1-4");
  const CampaignSummary summary =
      summarise(of, {record(of, 0, Verdict::valid), record(of, 1, Verdict::invalid),
                     record(of, 2, Verdict::unknown), record(of, 4, Verdict::valid),
                     record(of, 3, Verdict::invalid), record(of, 6, Verdict::valid)});
  ASSERT_EQ(summary.cells.size(), 2U);
  const CellSummary& first = summary.cells[0];
  EXPECT_EQ(first.name, "cell0");
  EXPECT_EQ(first.counts.planned, 4U);
  EXPECT_EQ(first.counts.valid, 3U);
  EXPECT_EQ(first.unknown.text(), "2");
  EXPECT_EQ(first.counts.missing(), 0U);
  EXPECT_EQ(first.counts.ops, 40);
  EXPECT_DOUBLE_EQ(first.counts.seconds, 2);
  EXPECT_EQ(first.counts.verdict(), Verdict::unknown);
  const CellSummary& second = summary.cells[1];
  EXPECT_EQ(second.invalid.text(), "1-2");
  EXPECT_EQ(second.missing.text(), "3-4");
  EXPECT_EQ(second.counts.verdict(), Verdict::invalid);
  EXPECT_EQ(summary.total.planned, 8U);
  EXPECT_EQ(summary.total.runs(), 6U);
  EXPECT_EQ(summary.total.missing(), 2U);
  EXPECT_EQ(summary.total.verdict(), Verdict::invalid);
}

TEST(CampaignSummary, WhatDidNotTakePlaceIsUnknown) {
  const Campaign of = campaign(1, "1-2");
  EXPECT_EQ(summarise(of, {record(of, 0, Verdict::valid)}).total.verdict(), Verdict::unknown);
  EXPECT_EQ(
      summarise(of, {record(of, 0, Verdict::valid), record(of, 1, Verdict::valid)}).total.verdict(),
      Verdict::valid);
  EXPECT_EQ(summarise(of, {}).total.verdict(), Verdict::unknown);
  EXPECT_EQ(RunCounts().verdict(), Verdict::unknown) << "a shard of no runs has tested nothing";
}

TEST(CampaignSummary, OfARunRecordedTwiceTheWorstCounts) {
  const Campaign of = campaign(1, "1");
  for (const auto& [first, second] :
       {std::pair(Verdict::valid, Verdict::invalid), std::pair(Verdict::invalid, Verdict::valid)}) {
    const auto summary = summarise(of, {record(of, 0, first), record(of, 0, second)});
    EXPECT_EQ(summary.total.verdict(), Verdict::invalid);
  }
}

TEST(Merge, ShardsMakeTheWhole) {
  const Campaign whole = campaign(3, "1-7");
  std::vector<RunRecord> all;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    all.push_back(record(whole, i, i % 5 == 0 ? Verdict::invalid : Verdict::valid));
  }
  std::vector<ShardJournal> journals;
  for (int index = 2; index >= 0; --index) {
    const Campaign shard = campaign(3, "1-7", {index, 3});
    ShardJournal journal{"dir" + std::to_string(index), shard, {}};
    for (const CampaignRun& run : shard.runs()) journal.records.push_back(all[run.number]);
    journals.push_back(std::move(journal));
  }
  const auto merged = merge(journals, Builds::same);
  ASSERT_TRUE(merged) << merged.error().message;
  EXPECT_EQ(to_json(summarise(merged->campaign, merged->records)), to_json(summarise(whole, all)));
  EXPECT_EQ(merged->shards.size(), 3U);
  EXPECT_TRUE(merged->doubled.empty());

  journals.pop_back();
  const auto part = merge(journals, Builds::same);
  ASSERT_TRUE(part);
  EXPECT_EQ(summarise(part->campaign, part->records).total.missing(), 7U);
}

TEST(Merge, OfARunDoneTwiceTheWorstCounts) {
  const Campaign of = campaign(1, "1-2");
  const auto merged =
      merge({{"a", of, {record(of, 1, Verdict::valid), record(of, 0, Verdict::valid)}},
             {"b", of, {record(of, 0, Verdict::invalid)}},
             {"c", of, {record(of, 0, Verdict::unknown)}}},
            Builds::same);
  ASSERT_TRUE(merged);
  ASSERT_EQ(merged->records.size(), 2U);
  EXPECT_EQ(merged->records[0].verdict, Verdict::invalid);
  ASSERT_EQ(merged->doubled.size(), 2U);
  EXPECT_EQ(merged->doubled[0].verdict, Verdict::unknown);
  EXPECT_EQ(merged->doubled[1].verdict, Verdict::valid);
}

TEST(Merge, OnlyWhatIsOfTheSameCampaign) {
  const auto merged =
      merge({{"a", campaign(1, "1-2"), {}}, {"b", campaign(1, "1-3"), {}}}, Builds::any);
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().message,
            "b is no part of the campaign in a: they differ in the seeds (1-3, not 1-2)");
}

TEST(Merge, ProgramsThatWereBuiltOtherwiseAreRefusedOrTold) {
  Campaign other = campaign(1, "1-2");
  other.build = "another";
  const std::vector<ShardJournal> journals{
      {"a", campaign(1, "1-2"), {}}, {"b", other, {}}, {"c", other, {}}};
  const auto refused = merge(journals, Builds::same);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "b was done by build another of the program, a by build build; expected one build, or "
            "--allow-different-builds");
  const auto merged = merge(journals, Builds::any);
  ASSERT_TRUE(merged);
  EXPECT_THAT(merged->builds, ElementsAre("build", "another"));
}

}  // namespace
}  // namespace faultline

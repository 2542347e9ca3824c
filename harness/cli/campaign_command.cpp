// faultline campaign: a matrix of tests with many seeds each, on all cores; and the results of
// shards put together.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "harness/cli/campaign_cells.hpp"
#include "harness/cli/campaign_report.hpp"
#include "harness/cli/campaign_runner.hpp"
#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/result_files.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::cli {
namespace {

struct CampaignOptions {
  PlanOptions plan;
  MatrixOptions matrix;
  std::string seeds = "1-100";
  std::optional<std::string> jobs;
  std::string shard = "0/1";
  std::optional<std::string> directory;
  ResultFileOptions files;
  std::optional<std::string> run_limit;
  bool keep_going = false;
  bool keep_all = false;
  bool json = false;
};

struct MergeOptions {
  std::vector<std::string> directories;
  ResultFileOptions files;
  bool any_build = false;
  bool json = false;
};

template <class T>
T read_flag(const char* flag, const std::string& text, Result<T> (*parse)(std::string_view)) {
  Result<T> read = parse(text);
  if (!read) throw UsageError(fmt::format("{} {}: {}", flag, text, read.error().message));
  return std::move(*read);
}

// In real time a run that has to wait for a core is another run, so each of its nodes gets one.
std::size_t default_jobs(const std::vector<TestPlan>& plans) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  std::size_t most = cores;
  for (const TestPlan& plan : plans) {
    if (plan.environment == "sim") continue;
    most = std::min(most, cores / static_cast<std::size_t>(plan.nodes + 1));
  }
  return std::max<std::size_t>(most, 1);
}

std::size_t jobs_of(const CampaignOptions& options, const Cells& cells, std::uint64_t seed) {
  constexpr std::uint64_t kMostJobs = 1000;
  if (options.jobs) return parse_whole("--jobs", *options.jobs, 1, kMostJobs);
  std::vector<TestPlan> plans;
  for (const Cells::Cell& cell : cells.cells) plans.push_back(cell.options.plan(seed));
  return default_jobs(plans);
}

RunnerOptions runner_options(const CampaignOptions& options) {
  constexpr std::uint64_t kLongest = 1'000'000;
  RunnerOptions runner;
  runner.directory = options.directory.value_or(
      fmt::format("{}/campaigns/{}", kResultsRoot, format_time(std::chrono::system_clock::now())));
  runner.keep_going = options.keep_going;
  runner.keep_all = options.keep_all;
  if (options.run_limit) {
    runner.run_limit =
        std::chrono::seconds(parse_whole("--run-limit", *options.run_limit, 1, kLongest));
  }
  return runner;
}

void print_left_out(const Campaign& campaign) {
  for (const LeftOutCell& cell : campaign.left_out) {
    fmt::print("  left out  {}: {}\n", cell.name, cell.why);
  }
}

void print_heading(const Campaign& campaign, const RunnerOptions& runner, std::size_t done_before) {
  const std::size_t planned = campaign.runs().size();
  fmt::print("campaign: {} x {}", counted(campaign.cells.size(), "cell"),
             counted(campaign.seeds.size(), "seed"));
  if (campaign.shard.count > 1) {
    fmt::print(", shard {}: {}", to_string(campaign.shard), counted(planned, "run"));
  }
  fmt::print(", {} at a time\n  directory {}\n", runner.jobs, runner.directory.string());
  print_left_out(campaign);
  if (done_before > 0)
    fmt::print("  goes on   {} of {} runs were done before\n", done_before, planned);
}

void print_failures(const Campaign& campaign, const std::vector<RunRecord>& records) {
  for (const RunRecord& record : records) {
    if (record.verdict != Verdict::valid) print_failure(campaign, record);
  }
}

void write_files(const ResultFiles& files, const Campaign& campaign,
                 const std::vector<RunRecord>& records) {
  if (!files.wanted()) return;
  files.write_texts(junit_of(campaign, records), markdown_of(campaign, records));
}

void print_summary_json(const Campaign& campaign, const CampaignSummary& summary, Json extra) {
  extra.update(to_json(summary));
  Json& left_out = extra["left-out"] = Json::array();
  for (const LeftOutCell& cell : campaign.left_out) {
    left_out.push_back({{"cell", cell.name}, {"reason", cell.why}});
  }
  fmt::print("{}\n", dump_line({{"summary", std::move(extra)}}));
}

RunRecord located(RunRecord record, const std::filesystem::path& directory) {
  if (!record.kept.empty()) record.kept = (directory / record.kept).string();
  return record;
}

class CampaignCommand {
 public:
  explicit CampaignCommand(const CampaignOptions& options)
      : options_(options),
        seeds_(read_flag("--seeds", options.seeds, SeedSet::parse)),
        shard_(read_flag("--shard", options.shard, parse_shard)),
        cells_(make_cells(options.plan, options.matrix, seeds_)),
        runner_options_(runner_options(options)) {
    runner_options_.jobs = jobs_of(options, cells_, seeds_.at(0));
  }

  Verdict run(const ResultFiles& files) {
    Campaign campaign{kVersion, build_of_program(), {}, cells_.left_out, seeds_, shard_};
    for (const Cells::Cell& cell : cells_.cells) campaign.cells.push_back(cell.description);
    CampaignRunner runner(
        campaign,
        [this](const CampaignRun& run) { return cells_.cells[run.cell].options.plan(run.seed); },
        runner_options_);
    const std::size_t before = runner.records().size();
    if (!options_.json) {
      print_heading(campaign, runner_options_, before);
      print_failures(campaign, located_records(runner));
      flush_output();
    }
    watch_signals();
    CampaignProgress progress(campaign.runs().size(), before);
    CampaignRunner::Hooks hooks;
    hooks.tick = [&] { progress.tick(); };
    hooks.done = [&](const RunRecord& record) { see(campaign, record, progress); };
    runner.run(hooks);
    progress.clear();
    return conclude(campaign, located_records(runner), progress, files);
  }

 private:
  std::vector<RunRecord> located_records(const CampaignRunner& runner) const {
    std::vector<RunRecord> records;
    for (const RunRecord& record : runner.records()) {
      records.push_back(located(record, runner_options_.directory));
    }
    return records;
  }

  void see(const Campaign& campaign, const RunRecord& record, CampaignProgress& progress) const {
    progress.see(record);
    const RunRecord here = located(record, runner_options_.directory);
    if (options_.json) {
      print_json(campaign, here);
    } else if (record.verdict != Verdict::valid) {
      progress.clear();
      print_failure(campaign, here);
    }
    flush_output();
  }

  Verdict conclude(const Campaign& campaign, const std::vector<RunRecord>& records,
                   const CampaignProgress& progress, const ResultFiles& files) const {
    const CampaignSummary summary = summarise(campaign, records);
    const double spent = progress.seconds();
    const double a_second = static_cast<double>(progress.done()) / spent;
    write_files(files, campaign, records);
    if (options_.json) {
      print_summary_json(campaign, summary,
                         {{"directory", runner_options_.directory.string()},
                          {"jobs", runner_options_.jobs},
                          {"wall-seconds", spent}});
      return summary.total.verdict();
    }
    print_table(summary);
    fmt::print("\n{} in {:.1f} s, {:.1f} a second, {} at a time\n", counted(progress.done(), "run"),
               spent, a_second, runner_options_.jobs);
    fmt::print("\n{}\n", conclusion(summary));
    fmt::print("  journal  {}\n", (runner_options_.directory / kCampaignFile).string());
    files.print_places();
    if (summary.total.missing() > 0) {
      fmt::print("  go on    the same command with {}--dir {}\n",
                 summary.total.invalid > 0 && !options_.keep_going ? "--keep-going " : "",
                 shell_word(runner_options_.directory.string()));
    }
    return summary.total.verdict();
  }

  const CampaignOptions& options_;
  SeedSet seeds_;
  Shard shard_;
  Cells cells_;
  RunnerOptions runner_options_;
};

// "seed 4, raft register kill: 2 times; invalid and valid"
std::vector<std::string> doubled_runs(const Merged& merged) {
  std::vector<std::string> lines;
  for (const RunRecord& again : merged.doubled) {
    const auto first =
        std::find_if(merged.records.begin(), merged.records.end(),
                     [&](const RunRecord& record) { return record.number == again.number; });
    const bool same = first->verdict == again.verdict;
    lines.push_back(fmt::format("seed {}, {}: {}{}", again.seed,
                                merged.campaign.cells[again.cell].name, to_string(first->verdict),
                                same ? "" : fmt::format(" and {}", to_string(again.verdict))));
  }
  return lines;
}

// Shards of which nothing is there at all.
std::vector<std::string> missing_shards(const Merged& merged) {
  std::vector<std::string> missing;
  const int count = merged.shards.front().count;
  for (int index = 0; index < count; ++index) {
    const Shard shard{index, count};
    const auto& shards = merged.shards;
    if (std::find(shards.begin(), shards.end(), shard) == shards.end()) {
      missing.push_back(to_string(shard));
    }
  }
  return missing;
}

void print_merged(const Merged& merged, const CampaignSummary& summary, std::size_t places) {
  constexpr std::size_t kMostLines = 20;
  const auto missing = missing_shards(merged);
  const auto doubled = doubled_runs(merged);
  fmt::print("merged: {}\n", counted(places, "journal"));
  if (!missing.empty()) fmt::print("  missing  shards {}\n", fmt::join(missing, ", "));
  if (merged.builds.size() > 1) {
    fmt::print("  builds   {}: a seed may mean another test in each\n",
               fmt::join(merged.builds, ", "));
  }
  print_left_out(merged.campaign);
  for (std::size_t i = 0; i < std::min(doubled.size(), kMostLines); ++i) {
    fmt::print("  doubled  {}\n", doubled[i]);
  }
  if (doubled.size() > kMostLines) {
    fmt::print("  doubled  {} more\n", doubled.size() - kMostLines);
  }
  print_failures(merged.campaign, merged.records);
  print_table(summary);
  fmt::print("\n{}\n", conclusion(summary));
}

Verdict merge_shards(const MergeOptions& options, const ResultFiles& files) {
  std::vector<ShardJournal> journals;
  for (const std::string& directory : options.directories) {
    journals.push_back(read_campaign(directory));
  }
  const Merged merged = require<UsageError>(
      merge(std::move(journals), options.any_build ? Builds::any : Builds::same));
  const CampaignSummary summary = summarise(merged.campaign, merged.records);
  write_files(files, merged.campaign, merged.records);
  if (options.json) {
    for (const RunRecord& record : merged.records) print_json(merged.campaign, record);
    print_summary_json(merged.campaign, summary,
                       {{"missing-shards", missing_shards(merged)},
                        {"doubled", doubled_runs(merged)},
                        {"builds", merged.builds}});
  } else {
    print_merged(merged, summary, options.directories.size());
    files.print_places();
  }
  return summary.total.verdict();
}

void add_merge_command(CLI::App& campaign, int& exit_code) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* command = campaign.add_subcommand("merge", "Put the results of shards together");
  add_value(*command, "directories", options->directories, "DIR", "of each shard")->required();
  options->files.add_to(*command);
  command->add_flag("--allow-different-builds", options->any_build,
                    "also if builds of the program differ: a seed may mean another test in each");
  command->add_flag("--json", options->json, "print one line of JSON a run, then the summary");
  command->callback([options, &exit_code] {
    const ResultFiles files("faultline campaign merge", options->files);
    const auto merge = [&] { return merge_shards(*options, files); };
    exit_code = faultline::exit_code(files.watch(merge));
  });
}

}  // namespace

void add_campaign_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CampaignOptions>();
  CLI::App* command = app.add_subcommand(
      "campaign", "Run a matrix of tests with many seeds, on all cores; resumable, in shards");
  options->matrix.add_to(*command);
  add_value(*command, "--seeds", options->seeds, "SEEDS", "of each cell: 1-1000, or 1-10,20")
      ->capture_default_str();
  add_value(*command, "--jobs", options->jobs, "N",
            "runs at a time (default: as many as cores; in real time a core for each node)");
  add_value(*command, "--shard", options->shard, "I/N",
            "only every N-th run of the matrix: 0/N, 1/N, ...")
      ->capture_default_str();
  add_value(*command, "--dir", options->directory, "DIR",
            "of the campaign; one that was begun goes on there (default: a new one)");
  options->files.add_to(*command);
  add_value(*command, "--run-limit", options->run_limit, "SECONDS",
            "for one run, on the wall; what takes longer is unknown (default: none)");
  command->add_flag("--keep-going", options->keep_going, "go on after an invalid run");
  command->add_flag("--keep-all", options->keep_all, "keep the runs that are valid, too");
  command->add_flag("--json", options->json, "print one line of JSON a run, then the summary");
  options->plan.add_to(*command);
  add_merge_command(*command, exit_code);
  command->callback([options, command, &exit_code] {
    if (!command->get_subcommands().empty()) return;  // it was `campaign merge`
    const ResultFiles files("faultline campaign", options->files);
    exit_code = faultline::exit_code(files.watch([&] {
      if (options->plan.given().contains("--seed")) {
        throw UsageError("--seed: give --seeds instead");
      }
      return CampaignCommand(*options).run(files);
    }));
  });
}

}  // namespace faultline::cli

#include "harness/cli/campaign_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "harness/cli/commands.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/plan_options.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/cli/single_run.hpp"
#include "harness/store/atomic_file.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRunsFolder = "runs";
constexpr const char* kOutputFile = "output.txt";

// What a worker says of its run.
std::string said(const Report& report, const Tally& tally, const std::string& kept) {
  return dump_line({{"verdict", to_string(report.verdict)},
                    {"reason", report.reason},
                    {"ops", tally.total()},
                    {"kept", kept}});
}

std::string run_and_keep(const TestPlan& plan, const fs::path& root) {
  const StoredRun done = run_stored(plan, root.string());
  if (!done.judgement.unsaved.empty()) throw SystemError(done.judgement.unsaved);
  return said(done.judgement.report, done.tally, done.run.path().string());
}

// In sim the seed gives the same run again, so only what is not valid needs to be written.
std::string run_and_forget(const TestPlan& plan, const fs::path& root) {
  RunInMemory first = run_in_memory(plan);
  if (first.report.verdict == Verdict::valid) return said(first.report, first.tally, "");
  std::optional<StoredRun> stored;
  try {
    stored.emplace(run_stored(plan, root.string()));
  } catch (const std::exception& e) {  // what was seen is not to be lost
    first.report.reason += fmt::format(" (it could not be stored: {})", e.what());
    return said(first.report, first.tally, "");
  }
  const StoredRun& again = *stored;
  const Report& report = again.judgement.report;
  const std::string kept = again.run.path().string();
  if (report.verdict >= first.report.verdict) return said(report, again.tally, kept);
  first.report.reason += fmt::format(" (repeated and stored, it was {}: {})",
                                     to_string(report.verdict), report.reason);
  return said(first.report, first.tally, kept);
}

void remove_directory(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error)
    throw SystemError(fmt::format("{}: cannot remove it: {}", path.string(), error.message()));
}

void make_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw SystemError(
        fmt::format("{}: cannot create the directory: {}", path.string(), error.message()));
  }
}

CampaignJournal open_journal(const fs::path& directory) {
  make_directory(directory);
  return require<UsageError>(CampaignJournal::open(directory / kCampaignFile));
}

std::vector<RunRecord> records_of(const CampaignLines& lines, const Campaign& campaign,
                                  const fs::path& file) {
  std::vector<RunRecord> records;
  for (std::size_t i = 0; i < lines.lines.size(); ++i) {
    Result<RunRecord> record = record_from_json(lines.lines[i], campaign);
    if (!record) {
      throw UsageError(fmt::format("{}:{}: {}", file.string(), i + 2, record.error().message));
    }
    records.push_back(std::move(*record));
  }
  return records;
}

Campaign campaign_of(const CampaignLines& lines, const fs::path& file) {
  if (lines.header.is_null()) {
    throw UsageError(fmt::format("{}: it says not yet which campaign it is of", file.string()));
  }
  Result<Campaign> campaign = campaign_from_json(lines.header);
  if (campaign) return std::move(*campaign);
  throw UsageError(fmt::format("{}:1: {}", file.string(), campaign.error().message));
}

// Why `now` is not what the directory was begun with; empty if it is.
std::string other_campaign(const Campaign& now, const Campaign& begun) {
  const std::string other = difference(now, begun);
  if (!other.empty()) return "they differ in " + other;
  if (now.shard != begun.shard) {
    return fmt::format("it is shard {}, not {}", to_string(begun.shard), to_string(now.shard));
  }
  return now.build == begun.build ? "" : "it was begun by another build of the program";
}

}  // namespace

CampaignRunner::CampaignRunner(Campaign campaign, Plan plan, RunnerOptions options)
    : campaign_(std::move(campaign)),
      plan_(std::move(plan)),
      options_(std::move(options)),
      journal_(open_journal(options_.directory)) {
  read_journal();
  remove_unfinished();
}

void CampaignRunner::read_journal() {
  const fs::path file = options_.directory / kCampaignFile;
  const CampaignLines& found = journal_.found();
  if (found.header.is_null()) return require(journal_.begin(to_json(campaign_)));
  const std::string other = other_campaign(campaign_, campaign_of(found, file));
  if (!other.empty()) {
    throw UsageError(fmt::format("{}: another campaign is stored there: {}; name another --dir",
                                 options_.directory.string(), other));
  }
  records_ = records_of(found, campaign_, file);
  failed_ = std::any_of(records_.begin(), records_.end(),
                        [](const RunRecord& record) { return record.verdict == Verdict::invalid; });
}

// What was left by those that were killed: no record, no run.
void CampaignRunner::remove_unfinished() const {
  std::unordered_set<std::string> finished;
  for (const RunRecord& record : records_) finished.insert(std::to_string(record.number));
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(options_.directory / kRunsFolder, ignored)) {
    if (!finished.contains(entry.path().filename().string())) remove_directory(entry.path());
  }
}

fs::path CampaignRunner::root_of(std::size_t number) const {
  return options_.directory / kRunsFolder / std::to_string(number);
}

bool CampaignRunner::should_stop() const {
  return interrupted() || (failed_ && !options_.keep_going);
}

void CampaignRunner::run(const Hooks& hooks) {
  constexpr std::chrono::milliseconds kPatience(200);
  std::unordered_set<std::size_t> finished;
  for (const RunRecord& record : records_) finished.insert(record.number);
  std::vector<CampaignRun> left = campaign_.runs();
  std::erase_if(left, [&](const CampaignRun& run) { return finished.contains(run.number); });
  WorkerPool pool(options_.jobs, options_.run_limit);
  bool told = false;
  for (auto next = left.begin();;) {
    while (next != left.end() && !pool.full() && !should_stop()) start(pool, *next++);
    if (pool.idle()) return;
    if (interrupted() && !std::exchange(told, true)) pool.tell_to_end();
    const auto end = pool.wait(kPatience);
    hooks.tick();
    if (!end) continue;
    if (interrupted() && end->result.find(R"("verdict":"invalid")") == std::string::npos) {
      remove_directory(root_of(end->job));  // what was cut short is done again
    } else {
      finish(*end, hooks);
    }
  }
}

void CampaignRunner::start(WorkerPool& pool, const CampaignRun& run) const {
  const TestPlan plan = plan_(run);
  const fs::path root = root_of(run.number);
  const bool keep = options_.keep_all || plan.environment != "sim";
  pool.start(run.number, [plan, root, keep] {
    return keep ? run_and_keep(plan, root) : run_and_forget(plan, root);
  });
}

void CampaignRunner::finish(const WorkerEnd& end, const Hooks& hooks) {
  const CampaignRun run = campaign_.run(end.job);
  RunRecord record{run.number,       run.cell,    run.seed,
                   Verdict::unknown, end.failure, 0,
                   end.seconds,      "",          repeat_arguments(plan_(run))};
  const fs::path root = root_of(run.number);
  const Json said = Json::parse(end.result, nullptr, false);
  if (said.is_object()) {
    const std::string verdict = said.at("verdict");
    record.verdict = verdict == "valid"     ? Verdict::valid
                     : verdict == "invalid" ? Verdict::invalid
                                            : Verdict::unknown;
    record.reason = said.at("reason");
    record.ops = said.at("ops");
    const std::string kept = said.at("kept");
    if (!kept.empty()) record.kept = fs::path(kept).lexically_relative(options_.directory).string();
  } else {
    make_directory(root);
    require(replace_file(root / kOutputFile, end.output));
    record.kept = root.lexically_relative(options_.directory).string();
  }
  if (end.overdue && record.verdict == Verdict::unknown) {
    record.reason =
        fmt::format("not done within the --run-limit of {} s{}{}", options_.run_limit->count(),
                    record.reason.empty() ? "" : ": ", record.reason);
  }
  if (record.verdict == Verdict::valid && !options_.keep_all) {
    remove_directory(root);
    record.kept.clear();
  }
  require(journal_.append(to_json(record)));
  failed_ = failed_ || record.verdict == Verdict::invalid;
  records_.push_back(record);
  hooks.done(records_.back());
}

std::string build_of_program() {
  const Result<Source> program = Source::open("/proc/self/exe");
  if (!program) return "unknown";
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : program->text()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return fmt::format("{:016x}", hash);
}

ShardJournal read_campaign(const fs::path& directory) {
  const fs::path file = directory / kCampaignFile;
  const CampaignLines lines = require<UsageError>(CampaignJournal::read(file));
  ShardJournal journal{directory.string(), campaign_of(lines, file), {}};
  journal.records = records_of(lines, journal.campaign, file);
  for (RunRecord& record : journal.records) {
    if (!record.kept.empty()) record.kept = (directory / record.kept).string();
  }
  return journal;
}

}  // namespace faultline::cli

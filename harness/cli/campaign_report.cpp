#include "harness/cli/campaign_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "harness/cli/flag_values.hpp"
#include "harness/cli/judge.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/report/junit.hpp"
#include "harness/report/summary.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostRanges = 20;  // of seeds that are shown

std::string repeat_line(const RunRecord& record) {
  return "./faultline " + record.repeat;
}

// The counterexample that is kept with a run; empty if there is none.
std::string counterexample(const RunRecord& record) {
  if (record.kept.empty()) return {};
  const auto file = Source::open(std::filesystem::path(record.kept) / kCounterexampleFile);
  return file ? std::string(file->text()) : std::string();
}

JUnitCase case_of(const RunRecord& record) {
  JUnitCase test{
      fmt::format("seed {}", record.seed), record.seconds, JUnitOutcome::passed, "", "", ""};
  if (record.verdict == Verdict::valid) return test;
  test.outcome = record.verdict == Verdict::invalid ? JUnitOutcome::failure : JUnitOutcome::error;
  test.type = to_string(record.verdict);
  test.message = record.reason;
  test.text = fmt::format("{}\n\nrun     {}\nrepeat  {}\n", record.reason,
                          record.kept.empty() ? "not kept" : record.kept, repeat_line(record));
  if (const std::string text = counterexample(record); !text.empty()) test.text += "\n" + text;
  return test;
}

JUnitCase missing_case(const CellSummary& cell) {
  const std::string message = fmt::format("{} of {} did not take place", cell.counts.missing(),
                                          counted(cell.counts.planned, "run"));
  return {"runs that did not take place",
          0,
          JUnitOutcome::error,
          "missing",
          message,
          fmt::format("{}: seeds {}\n", message, cell.missing.text(kMostRanges))};
}

JUnitSuite skipped_suite(const LeftOutCell& cell) {
  JUnitCase test{"all seeds", 0, JUnitOutcome::skipped, "left-out", cell.why, cell.why + "\n"};
  return {cell.name, {std::move(test)}};
}

// "invalid 3,7; missing 9-12"
std::string failing_seeds(const CellSummary& cell) {
  std::string text;
  const auto add = [&](const char* what, const SeedSet& seeds) {
    if (seeds.empty()) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", what, seeds.text(kMostRanges));
  };
  add("invalid", cell.invalid);
  add("unknown", cell.unknown);
  add("missing", cell.missing);
  return text;
}

std::string cells_table(const CampaignSummary& summary) {
  std::string text = markdown_head(
      {"cell", "runs", "valid", "invalid", "unknown", "missing", "ops", "failing seeds"});
  const auto row = [](const std::string& name, const RunCounts& counts, const std::string& seeds) {
    return markdown_row({name, std::to_string(counts.runs()), std::to_string(counts.valid),
                         std::to_string(counts.invalid), std::to_string(counts.unknown),
                         std::to_string(counts.missing()), std::to_string(counts.ops), seeds});
  };
  std::size_t shown = 0;
  for (const CellSummary& cell : summary.cells) {
    if (shown >= kMostSummaryRows || text.size() > kMostSummaryTable) break;
    ++shown;
    text += row(markdown_text(cell.name), cell.counts, markdown_text(failing_seeds(cell)));
  }
  if (summary.cells.size() > 1) text += row("**all**", summary.total, "");
  if (shown < summary.cells.size()) {
    text += fmt::format("\n{} more cells are not shown.\n", summary.cells.size() - shown);
  }
  return text + "\n";
}

RunResult result_of(const Campaign& campaign, const RunRecord& record) {
  RunResult run;
  run.name = fmt::format("seed {}, {}", record.seed, campaign.cells[record.cell].name);
  run.verdict = record.verdict;
  run.reason = record.reason;
  if (!record.kept.empty()) run.facts = {{"run", record.kept}};
  run.repeat = repeat_line(record);
  return run;
}

void print_seeds(const char* what, const SeedSet& seeds) {
  if (!seeds.empty()) fmt::print("    {:<8} {}\n", what, seeds.text(kMostRanges));
}

std::string thousands(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

}  // namespace

CampaignProgress::CampaignProgress(std::size_t planned, std::size_t done_before)
    : terminal_(::isatty(STDERR_FILENO) != 0),
      planned_(planned),
      before_(done_before),
      begin_(Clock::now()),
      next_print_(begin_ + (terminal_ ? Clock::duration(200ms) : Clock::duration(5s))) {}

double CampaignProgress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

void CampaignProgress::see(const RunRecord& record) {
  ++done_;
  if (record.verdict == Verdict::invalid) ++invalid_;
  if (record.verdict == Verdict::unknown) ++unknown_;
}

void CampaignProgress::tick() {
  const auto now = Clock::now();
  if (now < next_print_) return;
  next_print_ = now + (terminal_ ? Clock::duration(200ms) : Clock::duration(5s));
  const double a_second = static_cast<double>(done_) / seconds();
  std::string line = fmt::format("{} of {} runs  {:.1f} runs/s  invalid {}  unknown {}",
                                 before_ + done_, planned_, a_second, invalid_, unknown_);
  if (done_ > 0) {
    line += fmt::format("  about {:.0f} s left",
                        static_cast<double>(planned_ - before_ - done_) / a_second);
  }
  fmt::print(stderr, "{}{}{}", terminal_ ? "\r\x1b[K" : "", line, terminal_ ? "" : "\n");
  std::fflush(stderr);
  line_open_ = terminal_;
}

void CampaignProgress::clear() {
  if (line_open_) fmt::print(stderr, "\r\x1b[K");
  line_open_ = false;
}

void print_failure(const Campaign& campaign, const RunRecord& record) {
  fmt::print("seed {}, {}: {}\n", record.seed, campaign.cells[record.cell].name,
             verdict_line(record.verdict, record.reason));
  if (!record.kept.empty()) fmt::print("  run      {}\n", record.kept);
  fmt::print("  repeat   {}\n", repeat_line(record));
}

void print_json(const Campaign& campaign, const RunRecord& record) {
  Json json = to_json(record);
  json["cell"] = campaign.cells[record.cell].name;
  fmt::print("{}\n", dump_line(json));
}

void print_table(const CampaignSummary& summary) {
  std::size_t width = 4;
  for (const CellSummary& cell : summary.cells) width = std::max(width, cell.name.size());
  const auto row = [&](const std::string& name, const RunCounts& counts) {
    fmt::print("{:<{}} {:>8} {:>8} {:>8} {:>8} {:>14} {:>10.1f}\n", name, width, counts.runs(),
               counts.valid, counts.invalid, counts.unknown, thousands(counts.ops), counts.seconds);
  };
  fmt::print("\n{:<{}} {:>8} {:>8} {:>8} {:>8} {:>14} {:>10}\n", "cell", width, "runs", "valid",
             "invalid", "unknown", "ops", "seconds");
  for (const CellSummary& cell : summary.cells) {
    row(cell.name, cell.counts);
    print_seeds("invalid", cell.invalid);
    print_seeds("unknown", cell.unknown);
    print_seeds("missing", cell.missing);
  }
  if (summary.cells.size() > 1) row("all", summary.total);
}

std::string reason_of(const CampaignSummary& summary) {
  const RunCounts& total = summary.total;
  const Verdict verdict = total.verdict();
  std::string reason;
  if (verdict == Verdict::valid) {
    reason = fmt::format("all {}", counted(total.runs(), "run"));
  } else {
    const std::size_t number = verdict == Verdict::invalid ? total.invalid : total.unknown;
    reason = fmt::format("{} of {}", number, counted(total.runs(), "run"));
  }
  if (total.missing() > 0) {
    reason += fmt::format("; {} more did not take place", total.missing());
  }
  return reason;
}

std::string conclusion(const CampaignSummary& summary) {
  return verdict_line(summary.total.verdict(), reason_of(summary));
}

std::string junit_of(const Campaign& campaign, const std::vector<RunRecord>& records) {
  std::vector<RunRecord> in_order = records;
  std::sort(in_order.begin(), in_order.end(),
            [](const RunRecord& a, const RunRecord& b) { return a.number < b.number; });
  std::vector<JUnitSuite> suites;
  for (const CampaignCell& cell : campaign.cells) suites.push_back({cell.name, {}});
  for (const RunRecord& record : in_order) suites[record.cell].cases.push_back(case_of(record));
  const CampaignSummary summary = summarise(campaign, records);
  for (std::size_t i = 0; i < suites.size(); ++i) {
    const CellSummary& cell = summary.cells[i];
    if (cell.counts.missing() > 0) suites[i].cases.push_back(missing_case(cell));
  }
  for (const LeftOutCell& cell : campaign.left_out) suites.push_back(skipped_suite(cell));
  return junit_xml("faultline campaign", suites);
}

std::string markdown_of(const Campaign& campaign, const std::vector<RunRecord>& records) {
  const CampaignSummary summary = summarise(campaign, records);
  std::string text =
      markdown_title("faultline campaign", summary.total.verdict(), reason_of(summary));
  text += cells_table(summary);
  for (const LeftOutCell& cell : campaign.left_out) {
    if (text.size() > kMostSummary) break;
    text += fmt::format("Left out: {}: {}\n\n", markdown_text(cell.name), markdown_text(cell.why));
  }
  std::vector<RunRecord> failed;
  std::ranges::copy_if(records, std::back_inserter(failed),
                       [](const RunRecord& record) { return record.verdict != Verdict::valid; });
  std::ranges::sort(failed, [](const RunRecord& a, const RunRecord& b) {
    return a.verdict != b.verdict ? a.verdict > b.verdict : a.number < b.number;
  });
  std::vector<RunResult> runs;
  for (const RunRecord& record : failed) {
    RunResult& run = runs.emplace_back(result_of(campaign, record));
    if (runs.size() <= kMostSummaryRuns) run.counterexample = counterexample(record);
  }
  append_failures(text, runs);
  return text;
}

}  // namespace faultline::cli

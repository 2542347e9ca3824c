#include "harness/cli/single_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/recorded_run.hpp"
#include "harness/cli/registry.hpp"
#include "harness/cli/schedule_file.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/journal_flusher.hpp"

namespace faultline::cli {
namespace {

// Those that the environment did not write itself.
void write_node_logs(Parts& parts, const RunDirectory& run) {
  for (NodeId node = 0; node < parts.environment->size(); ++node) {
    const std::string name = node_name(node) + ".log";
    if (std::filesystem::exists(run.file(name))) continue;
    const std::vector<std::string> lines = parts.environment->node_log(node);
    require(run.write_text(name, fmt::format("{}\n", fmt::join(lines, "\n"))));
  }
}

// Looks at the run as it goes, and says whether it should end.
class LookOut {
 public:
  LookOut(const TestPlan& plan, const Workload& workload)
      : monitor_(plan.fail_fast ? workload.monitor() : nullptr),
        in_virtual_time_(plan.environment == "sim") {
    if (monitor_ && !in_virtual_time_) monitor_->start();
  }

  void see(const Op& op) {
    constexpr Duration kInterval = 5 * kSecond;
    if (!monitor_) return;
    monitor_->see(op);
    if (!in_virtual_time_ || op.time < settled_ + kInterval) return;
    settled_ = op.time;
    monitor_->settle();
  }

  Symbol should_stop() const {
    if (interrupted()) return kInterrupted;
    return monitor_ && monitor_->violated() ? kViolation : Symbol();
  }

 private:
  const std::unique_ptr<Monitor> monitor_;
  const bool in_virtual_time_;
  Time settled_ = 0;
};

// What a schedule tells a nemesis may have been written by hand.
class Explaining final : public Nemesis {
 public:
  explicit Explaining(std::unique_ptr<Nemesis> nemesis) : nemesis_(std::move(nemesis)) {}

  std::vector<Symbol> functions() const override { return nemesis_->functions(); }
  std::optional<Op> propose(Rng& rng) const override { return nemesis_->propose(rng); }
  std::vector<Op> healing() const override { return nemesis_->healing(); }

  Task<Op> invoke(Op op) override {
    std::string reason;
    try {
      Op done = co_await nemesis_->invoke(op);
      co_return done;
    } catch (const EnvironmentLost&) {
      throw;
    } catch (const std::exception& e) {
      reason = e.what();
    }
    throw UsageError(fmt::format("schedule: [{}] cannot be done: {}", to_string(op), reason));
  }

 private:
  std::unique_ptr<Nemesis> nemesis_;
};

Parts assemble_for(const TestPlan& plan, const Schedule* schedule) {
  Parts parts = require<UsageError>(assemble(plan));
  if (schedule != nullptr) parts.nemesis = std::make_unique<Explaining>(std::move(parts.nemesis));
  return parts;
}

// Runs the test and gives every event to `record`; whatever it started has ended when the parts do.
void carry_out(const TestPlan& plan, const Schedule* schedule, Parts& parts,
               const std::function<void(const Op&)>& record) {
  LookOut look_out(plan, *parts.workload);
  RunHooks hooks;
  hooks.record = [&](const Op& op) {
    record(op);
    look_out.see(op);
  };
  hooks.should_stop = [&] { return look_out.should_stop(); };
  hooks.started = watch_signals;  // until then they may end us at once: nothing outlives us
  require(run_test(plan, parts, hooks, schedule));
}

// Into the journal and the run directory.
Tally record_run(const TestPlan& plan, const Schedule* schedule, const RunDirectory& run) {
  Parts parts = assemble_for(plan, schedule);
  Journal journal = require(Journal::create(run.file(kHistoryFile)));
  require(parts.environment->prepare(run.path().string()));
  std::optional<JournalFlusher> flusher;
  if (plan.environment != "sim") flusher.emplace(parts.environment->clock(), journal);
  Progress progress;
  const auto keep_what_there_is = [&] {
    require(journal.flush());
    write_node_logs(parts, run);
  };
  try {
    carry_out(plan, schedule, parts, [&](const Op& op) {
      require(journal.append(op));
      progress.see(op);
    });
  } catch (...) {
    keep_what_there_is();
    throw;
  }
  keep_what_there_is();
  return progress.tally();
}

// Of the program that must be installed for it; empty: there is none, or it does not say.
std::string version_of(const std::string& target) {
  const auto entry = std::ranges::find(targets(), target, &TargetEntry::name);
  if (entry == targets().end() || entry->version == nullptr) return "";
  const auto version = entry->version();
  return version ? *version : "";
}

}  // namespace

StoredRun run_stored(const TestPlan& plan, const std::string& results, const Schedule* schedule) {
  const auto begin = std::chrono::steady_clock::now();
  RunDirectory run =
      require(RunDirectory::create(results, plan.name(), std::chrono::system_clock::now()));
  Json stored{{"faultline", kVersion}};
  if (std::string version = version_of(plan.target); !version.empty()) {
    stored[kTargetVersion] = std::move(version);
  }
  stored.update(to_json(plan));
  require(run.write_json(kTestFile, stored));
  if (schedule != nullptr) {
    require(run.write_text(kScheduleFile, schedule_text({plan, *schedule})));
  }
  const Tally tally = record_run(plan, schedule, run);
  CheckProgress progress;
  Judgement judgement = require(judge(plan, run, progress.watch()));
  progress.clear();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  return {std::move(run), std::move(judgement), tally, wall.count()};
}

RunInMemory run_in_memory(const TestPlan& plan, const Schedule* schedule) {
  RunInMemory result;
  {
    Parts parts = assemble_for(plan, schedule);
    carry_out(plan, schedule, parts, [&](const Op& op) {
      result.history.push_back(op);
      result.tally.add(op);
    });
  }
  const auto checker = require<UsageError>(checker_of(plan));
  Watch watch;
  watch.should_stop = interrupted;
  result.report = check_safely(*checker, result.history, watch);
  result.report.checker = "all";
  return result;
}

}  // namespace faultline::cli

#include "harness/cli/recorded_run.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/store/history_reader.hpp"

namespace faultline::cli {

RecordedRun open_recorded(const std::string& command, const std::string& results,
                          const std::optional<std::string>& which) {
  if (which && which->empty()) {
    refuse(command, "", "a run's directory, or its name below " + results);
  }
  RunDirectory run = require<UsageError>(RunDirectory::open(results, which.value_or("")));
  const Json stored = require<UsageError>(run.read_json(kTestFile));
  auto plan = plan_from_json(stored);
  if (!plan) {
    throw UsageError(fmt::format("{}: {}", run.file(kTestFile).string(), plan.error().message));
  }
  RecordedRun recorded{std::move(run), std::move(*plan), {}};
  const std::filesystem::path schedule = recorded.run.file(kScheduleFile);
  std::error_code error;
  if (std::filesystem::exists(schedule, error)) {
    recorded.schedule = require<UsageError>(read_schedule(schedule)).schedule;
  }
  return recorded;
}

std::string target_version(const RunDirectory& run) {
  const auto stored = run.read_json(kTestFile);
  if (!stored || !stored->is_object()) return "";
  const Json version = stored->value(kTargetVersion, Json());
  return version.is_string() ? version.get<std::string>() : "";
}

RecordedHistory history_of(const RecordedRun& recorded) {
  return require<UsageError>(read_history(recorded.run.file(kHistoryFile)));
}

bool is_whole(const History& history) {
  return !history.empty() && history.back().is_nemesis() && history.back().f == f::kFinished &&
         history.back().type == OpType::info;
}

Symbol stop_reason(const History& history) {
  return is_whole(history) ? history.back().error : Symbol();
}

}  // namespace faultline::cli

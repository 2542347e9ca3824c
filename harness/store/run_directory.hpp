// RunDirectory: where one run is stored: results/<name>/<time>/, with the history, the plan, the
// results and the logs in it. Links named `latest`, in results/ and in results/<name>/, lead to the
// newest run; files and links are replaced in one step, so that a reader never sees half of one.
//
// A plain value. Several programs may create runs under one root at the same time.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/core/result.hpp"
#include "harness/store/json_value.hpp"

namespace faultline {

// What is in a run directory.
inline constexpr std::string_view kTestFile = "test.json";
inline constexpr std::string_view kHistoryFile = "history.jsonl";
inline constexpr std::string_view kResultsFile = "results.json";

class RunDirectory {
 public:
  // Makes root/<name>/<time>/ and points the links at it. The name is sanitised; if a run of that
  // name began in the same millisecond, the time gets a suffix: -2, -3, ...
  static Result<RunDirectory> create(const std::filesystem::path& root, std::string_view name,
                                     std::chrono::system_clock::time_point started);

  // Finds a stored run: by the path of its directory or of its history, by "name/time", "name" (its
  // latest) or "time" (if only one run has it) under root, or, if `which` is empty or "latest", the
  // latest of all. Links are resolved, so that it stays the same run if another one begins.
  static Result<RunDirectory> open(const std::filesystem::path& root, std::string_view which = {});

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(std::string_view name) const { return path_ / name; }

  // `name` is relative, e.g. "logs/n1.log"; folders are made as needed. A file of that name is
  // replaced in one step.
  Result<void> write_text(std::string_view name, std::string_view text) const;
  Result<void> write_json(std::string_view name, const Json& json) const;
  // Error: the file is missing, or not JSON (with the place).
  Result<Json> read_json(std::string_view name) const;

 private:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

// 20261123T092251.123Z
std::string format_time(std::chrono::system_clock::time_point time);

// A name that is one safe component of a path: letters, digits, '.', '-', '_', anything else a '-';
// no dot or '-' at the front, at most 100 bytes, never empty, never "latest".
std::string sanitise_name(std::string_view name);

}  // namespace faultline

#include "harness/store/run_directory.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/store/atomic_file.hpp"
#include "harness/store/source.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLatest = "latest";

Error failed(const fs::path& path, std::string_view what, const std::string& why) {
  return Error{fmt::format("{}: cannot {}: {}", path.string(), what, why)};
}

// Makes a directory that did not exist; nothing if it does.
Result<bool> make_new(const fs::path& path) {
  std::error_code error;
  const bool made = fs::create_directory(path, error);
  if (error) return failed(path, "create the directory", error.message());
  return made;
}

// Points `folder`/latest at `target`. The temporary link bears the run's own name, so that two
// programs never share one.
Result<void> point_latest(const fs::path& folder, const fs::path& target,
                          const std::string& unique) {
  const fs::path link = folder / kLatest;
  const fs::path temporary = folder / fmt::format(".{}.link", unique);
  std::error_code error;
  fs::create_symlink(target, temporary, error);
  if (!error) fs::rename(temporary, link, error);
  if (!error) return {};
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return failed(link, "point it at the new run", error.message());
}

// Before a run is made: what stands where `folder`/latest belongs can be replaced.
Result<void> check_latest(const fs::path& folder) {
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(folder / kLatest, ignored);
  if (!fs::exists(status) || fs::is_symlink(status)) return {};
  return Error{fmt::format("{}: it is a {}, but has to be a link to the newest run; move it away",
                           (folder / kLatest).string(),
                           fs::is_directory(status) ? "directory" : "file")};
}

bool is_run(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path / kTestFile, ignored) ||
         fs::is_regular_file(path / kHistoryFile, ignored);
}

// The run that `path` is, or that its link `latest` leads to.
std::optional<fs::path> run_at(fs::path path) {
  std::error_code error;
  if (!path.has_filename()) path = path.parent_path();  // "results/latest/"
  if (fs::is_directory(path / kLatest, error)) path /= kLatest;
  if (fs::is_symlink(path, error)) path = path.parent_path() / fs::read_symlink(path, error);
  if (error || !is_run(path)) return std::nullopt;
  return path;
}

// The directories of all runs under `root`, the newest first.
std::vector<fs::path> stored_runs(const fs::path& root) {
  std::vector<fs::path> runs;
  std::error_code ignored;
  for (const auto& name : fs::directory_iterator(root, ignored)) {
    if (name.is_symlink(ignored)) continue;
    for (const auto& run : fs::directory_iterator(name.path(), ignored)) {
      if (!run.is_symlink(ignored) && is_run(run.path())) runs.push_back(run.path());
    }
  }
  std::sort(runs.begin(), runs.end(), [](const fs::path& a, const fs::path& b) {
    return std::pair(b.filename(), b) < std::pair(a.filename(), a);
  });
  return runs;
}

std::string names_of(const std::vector<fs::path>& runs) {
  constexpr std::size_t kMost = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(runs.size(), kMost); ++i) {
    names += (i == 0 ? "" : ", ") + runs[i].string();
  }
  return names + (runs.size() > kMost ? ", ..." : "");
}

// Why root/latest leads to no run.
Error no_latest(const fs::path& root) {
  const std::vector<fs::path> runs = stored_runs(root);
  const fs::path link = root / kLatest;
  std::error_code ignored;
  if (runs.empty()) {
    return Error{
        fmt::format("{}: no run is stored there yet; expected its link latest", root.string())};
  }
  const bool gone = fs::is_symlink(link, ignored);
  return Error{fmt::format("{} {}; name one: {}", link.string(),
                           gone ? "points to a run that is gone" : "is no link to a run",
                           names_of(runs))};
}

// The one run under `root` that began at `time`.
Result<fs::path> run_of_time(const fs::path& root, std::string_view time) {
  std::vector<fs::path> runs = stored_runs(root);
  std::erase_if(runs, [&](const fs::path& run) { return run.filename() != time; });
  if (runs.size() == 1) return {boost::system::in_place_value, runs.front()};
  if (runs.size() > 1) {
    return Error{
        fmt::format("{}: there are several runs of that time; name one: {}", time, names_of(runs))};
  }
  return Error{
      fmt::format("{}: no stored run; expected a directory with {} or {} in it, here or "
                  "under {}",
                  time, kTestFile, kHistoryFile, root.string())};
}

}  // namespace

std::string format_time(std::chrono::system_clock::time_point time) {
  using std::chrono::floor;
  const auto seconds = floor<std::chrono::seconds>(time);
  const auto ms = floor<std::chrono::milliseconds>(time - seconds).count();
  return fmt::format("{:%Y%m%dT%H%M%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), ms);
}

std::string sanitise_name(std::string_view name) {
  constexpr std::size_t kMost = 100;
  std::string safe;
  for (const char c : name.substr(0, kMost)) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '.' || c == '-' || c == '_';
    safe += kept ? c : '-';
  }
  safe.erase(0, std::min(safe.find_first_not_of(".-"), safe.size()));
  if (safe.empty()) return "test";
  if (safe == kLatest) return "latest-test";
  return safe;
}

Result<RunDirectory> RunDirectory::create(const fs::path& root, std::string_view name,
                                          std::chrono::system_clock::time_point started) {
  const std::string safe_name = sanitise_name(name);
  const fs::path folder = root / safe_name;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failed(folder, "create the directory", error.message());
  for (const fs::path& place : {folder, root}) {
    if (const Result<void> good = check_latest(place); !good) return good.error();
  }
  const std::string time = format_time(started);
  std::string unique = time;
  for (int n = 2;; ++n) {
    const Result<bool> made = make_new(folder / unique);
    if (!made) return made.error();
    if (*made) break;
    unique = fmt::format("{}-{}", time, n);
  }
  const std::string link_name = safe_name + "-" + unique;
  Result<void> pointed = point_latest(folder, unique, link_name);
  if (pointed) pointed = point_latest(root, fs::path(safe_name) / unique, link_name);
  if (!pointed) return pointed.error();
  return RunDirectory(folder / unique);
}

Result<RunDirectory> RunDirectory::open(const fs::path& root, std::string_view which) {
  if (which.empty() || which == kLatest) {
    if (const auto run = run_at(root / kLatest)) return RunDirectory(*run);
    return no_latest(root);
  }
  fs::path named(which);
  if (named.filename() == kHistoryFile && named.has_parent_path()) named = named.parent_path();
  for (const fs::path& candidate : {named, root / named}) {
    if (const auto run = run_at(candidate)) return RunDirectory(*run);
  }
  const auto run = run_of_time(root, which);
  if (!run) return run.error();
  return RunDirectory(*run);
}

Result<void> RunDirectory::write_text(std::string_view name, std::string_view text) const {
  const fs::path relative(name);
  const bool leaves = std::any_of(relative.begin(), relative.end(),
                                  [](const fs::path& part) { return part == ".."; });
  if (relative.is_absolute() || !relative.has_filename() || leaves) {
    return Error{fmt::format("{}: expected the name of a file inside the run directory", name)};
  }
  const fs::path target = path_ / relative;
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (error) return failed(target.parent_path(), "create the directory", error.message());
  auto written = AtomicFile::create(target, AtomicFile::Existing::replace);
  if (!written) return written.error();
  if (Result<void> good = written->write(text); !good) return good;
  return written->commit();
}

Result<void> RunDirectory::write_json(std::string_view name, const Json& json) const {
  return write_text(name, dump(json) + "\n");
}

Result<Json> RunDirectory::read_json(std::string_view name) const {
  const Result<Source> source = Source::open(file(name));
  if (!source) return source.error();
  const std::string_view text = source->text();
  try {
    return Result<Json>(boost::system::in_place_value, Json::parse(text.begin(), text.end()));
  } catch (const Json::parse_error& e) {
    const std::size_t place = std::min(e.byte == 0 ? 0 : e.byte - 1, text.size());
    return source->error(place, "expected JSON");
  }
}

}  // namespace faultline

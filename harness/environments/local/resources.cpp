#include "harness/environments/local/resources.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <fstream>
#include <optional>
#include <string>

namespace faultline::local {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMebi = std::uint64_t{1} << 20;
constexpr std::uint64_t kLeastMemory = 1024 * kMebi;  // five nodes of etcd, and the checker
constexpr std::uint64_t kLeastSpace = 200 * kMebi;
constexpr rlim_t kLeastFiles = 1024;

std::string size(std::uint64_t bytes) {
  const double mebi = static_cast<double>(bytes) / static_cast<double>(kMebi);
  return mebi < 1024 ? fmt::format("{:.0f} MB", mebi) : fmt::format("{:.1f} GB", mebi / 1024);
}

std::string first_line(const fs::path& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

Finding clocks() {
  constexpr int kReadings = 20'000;
  timespec begin{};
  timespec end{};
  ::clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int i = 0; i < kReadings; ++i) ::clock_gettime(CLOCK_MONOTONIC, &end);
  const auto nanoseconds =
      (end.tv_sec - begin.tv_sec) * 1'000'000'000 + end.tv_nsec - begin.tv_nsec;
  const bool has_vdso = ::getauxval(AT_SYSINFO_EHDR) != 0;
  const std::string source =
      first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  return {"clocks", has_vdso,
          fmt::format("source {}, {} ns a reading, {} vDSO", source.empty() ? "unknown" : source,
                      nanoseconds / kReadings, has_vdso ? "with a" : "without"),
          "boot the kernel without vdso=0 (for clock faults, later)", false};
}

Finding cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int count = ::sched_getaffinity(0, sizeof set, &set) == 0
                        ? CPU_COUNT(&set)
                        : static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  return {"cores", count >= 2, std::to_string(count),
          "give it two or more: on one, nodes, switch and clients wait for one another", false};
}

// What the control group leaves of its limit, if it has one.
std::optional<std::uint64_t> left_in_group() {
  const std::string group = first_line("/proc/self/cgroup");
  if (!group.starts_with("0::")) return std::nullopt;
  const fs::path folder = "/sys/fs/cgroup" + group.substr(3);
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
  if (!(std::ifstream(folder / "memory.max") >> limit)) return std::nullopt;  // or it is "max"
  if (!(std::ifstream(folder / "memory.current") >> used)) return std::nullopt;
  return limit > used ? limit - used : 0;
}

std::optional<std::uint64_t> free_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string word; file >> word;) {
    std::uint64_t kibi = 0;
    if (word != "MemAvailable:" || !(file >> kibi)) continue;
    return std::min(kibi * 1024, left_in_group().value_or(UINT64_MAX));
  }
  return std::nullopt;
}

Finding memory() {
  const auto available = free_memory();
  if (!available) return {"memory", true, "/proc/meminfo does not say", "", true};
  return {
      "memory", *available >= kLeastMemory, fmt::format("{} available", size(*available)),
      fmt::format("free {} (five nodes of etcd take 950 MB), or use --nodes 3", size(kLeastMemory)),
      true};
}

Finding open_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const bool can_raise = limit.rlim_max >= kLeastFiles;
  return {"open files", limit.rlim_cur >= kLeastFiles,
          fmt::format("{} a process, at most {}", limit.rlim_cur, limit.rlim_max),
          can_raise ? fmt::format("ulimit -n {}", kLeastFiles)
                    : fmt::format("as root, in /etc/security/limits.conf: * hard nofile {}; then "
                                  "log in again",
                                  kLeastFiles),
          true};
}

// The directory, or the nearest one above it that is there.
fs::path existing(const fs::path& path) {
  std::error_code failed;
  fs::path folder = fs::absolute(path, failed);
  while (!fs::exists(folder, failed) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

Finding disk(const fs::path& results) {
  const std::string name = "disk";
  const fs::path folder = existing(results);
  struct statvfs about {};
  if (::statvfs(folder.c_str(), &about) != 0) {
    return {name, false, fmt::format("{}: {}", folder.string(), std::strerror(errno)),
            "keep runs elsewhere: --results DIR", true};
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return {name, false,
            fmt::format("{} cannot be written: {}", folder.string(), std::strerror(errno)),
            "keep runs elsewhere: --results DIR", true};
  }
  const std::uint64_t available = std::uint64_t{about.f_bavail} * about.f_frsize;
  return {name, available >= kLeastSpace,
          fmt::format("{} free for {}", size(available), results.string()),
          fmt::format("free {}, or keep runs elsewhere: --results DIR", size(kLeastSpace)), true};
}

}  // namespace

std::vector<Finding> look_at_resources(const fs::path& results) {
  std::vector<Finding> all{clocks(), cores(), memory(), open_files(), disk(results)};
  for (Finding& finding : all) {
    if (finding.works) finding.remedy.clear();
  }
  return all;
}

}  // namespace faultline::local

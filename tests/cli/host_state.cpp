#include "tests/cli/host_state.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

// The names in /proc/net/dev; what has passed through them is nobody's business.
std::string interfaces() {
  std::istringstream lines(slurp("/proc/net/dev"));
  std::string names;
  for (std::string line; std::getline(lines, line);) names += line.substr(0, line.find(':')) + "\n";
  return names;
}

std::string control_groups() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(
           "/sys/fs/cgroup", fs::directory_options::skip_permission_denied, ignored)) {
    if (entry.is_directory(ignored)) names.push_back(entry.path().string());
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

std::int64_t nanoseconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::string host_state() {
  std::string text = interfaces() + control_groups();
  for (const char* file : {"/proc/net/route", "/proc/net/ipv6_route", "/proc/net/fib_trie",
                           "/proc/net/ip_tables_names", "/proc/self/mountinfo"}) {
    text += file;
    text += "\n";
    text += slurp(file);
  }
  return text;
}

std::int64_t clock_offset() {
  return nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_MONOTONIC);
}

std::vector<std::string> processes_marked(const std::string& mark) {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (slurp(entry.path() / "environ").find(mark) == std::string::npos) continue;
    std::string command = slurp(entry.path() / "cmdline");
    std::replace(command.begin(), command.end(), '\0', ' ');
    found.push_back(name + " " + command);
  }
  return found;
}

}  // namespace faultline

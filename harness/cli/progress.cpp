#include "harness/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

namespace faultline::cli {
namespace {

using namespace std::chrono_literals;

// Faults that last, and what ends them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLastingFaults{{
    {"start-partition", "stop-partition"},
    {"kill", "start"},
    {"pause", "resume"},
}};

}  // namespace

void Tally::add(const Op& op) {
  if (op.type == OpType::invoke) return;
  if (op.is_nemesis()) {
    ++faults;
    return;
  }
  ++(op.type == OpType::ok ? ok : op.type == OpType::fail ? fail : info);
}

Progress::Progress()
    : terminal_(::isatty(STDERR_FILENO) != 0),
      begin_(Clock::now()),
      next_print_(begin_ + (terminal_ ? Clock::duration(100ms) : Clock::duration(5s))) {}

Progress::~Progress() {
  if (line_open_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::see(const Op& op) {
  tally_.add(op);
  if (op.is_nemesis() && op.type != OpType::invoke) {
    for (const auto& [strike, cure] : kLastingFaults) {
      if (op.f.name() == strike && op.error.empty()) faults_[std::string(cure)] = strike;
    }
    faults_.erase(op.f.name());
  }
  constexpr std::int64_t kLookEvery = 64;  // events between two looks at the watch
  if (op.type != OpType::invoke && tally_.total() % kLookEvery != 0) return;
  const auto now = Clock::now();
  if (now < next_print_) return;
  next_print_ = now + (terminal_ ? Clock::duration(100ms) : Clock::duration(5s));
  print(op.time);
}

std::string Progress::active_faults() const {
  std::string text;
  for (const auto& [cure, strike] : faults_) text += (text.empty() ? "" : " ") + strike;
  return text.empty() ? "no fault" : text;
}

void Progress::print(Time now) {
  const double wall = std::chrono::duration<double>(Clock::now() - begin_).count();
  const std::string line = fmt::format("{:6.1f} s  {:.0f} ops/s  ok {}  fail {}  info {}  now: {}",
                                       to_seconds(now), static_cast<double>(tally_.total()) / wall,
                                       tally_.ok, tally_.fail, tally_.info, active_faults());
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{:.110}", line);
    line_open_ = true;
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

}  // namespace faultline::cli

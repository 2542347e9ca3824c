#include "harness/cli/progress.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "harness/cli/interruption.hpp"
#include "harness/cli/registry.hpp"

namespace faultline::cli {
namespace {

using namespace std::chrono_literals;

}  // namespace

void Tally::add(const Op& op) {
  if (op.type == OpType::invoke) return;
  if (op.is_nemesis()) {
    if (op.f == f::kDied && op.type == OpType::info) ++deaths;
    if (op.f == f::kLeader && op.type == OpType::info) leaders.see(op.value);
    if (is_fault_or_cure(op)) ++faults;
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
    for (const NemesisEntry& nemesis : nemeses()) {
      if (op.f.name() == nemesis.strike && op.error.empty()) faults_.insert(nemesis.name);
      if (op.f.name() == nemesis.cure) faults_.erase(nemesis.name);
    }
  }
  constexpr std::int64_t kLookEvery = 64;  // events between two looks at the watch
  if (op.type != OpType::invoke && tally_.total() % kLookEvery != 0) return;
  const auto now = Clock::now();
  if (now < next_print_) return;
  next_print_ = now + (terminal_ ? Clock::duration(100ms) : Clock::duration(5s));
  print(op.time);
}

std::string Progress::active_faults() const {
  return faults_.empty() ? "no fault" : fmt::format("{}", fmt::join(faults_, ", "));
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

CheckProgress::CheckProgress()
    : terminal_(::isatty(STDERR_FILENO) != 0),
      begin_(Clock::now()),
      next_print_(begin_ + (terminal_ ? Clock::duration(1s) : Clock::duration(5s))) {}

Watch CheckProgress::watch() {
  return {.should_stop = interrupted, .progress = [this](double done) { see(done); }};
}

void CheckProgress::see(double done) {
  const auto now = Clock::now();
  if (now < next_print_) return;
  next_print_ = now + (terminal_ ? Clock::duration(200ms) : Clock::duration(5s));
  const double spent = std::chrono::duration<double>(now - begin_).count();
  std::string line = fmt::format("checking: {:.0f} % in {:.0f} s", 100 * done, spent);
  if (done > 0.01) line += fmt::format(", about {:.0f} s left", spent / done - spent);
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", line);
    line_open_ = true;
  } else {
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

void CheckProgress::clear() {
  if (line_open_) fmt::print(stderr, "\r\x1b[K");
  line_open_ = false;
}

}  // namespace faultline::cli

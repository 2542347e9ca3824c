// Shrink: a failing run made as small as it can be and still fail: fewer faults, ops, keys,
// processes and nodes, less time. What fails is the caller's to say; here are the candidates. Each
// success is kept, and all of it is repeated until nothing changes any more. The result is
// 1-minimal: without any one of its faults, or any one of its ops, it does not fail.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "harness/run/schedule.hpp"

namespace faultline {

enum class Effort {
  own_seed,  // the candidate is the same run up to where it ends: its own seed decides
  seeds,     // all chance is another behind what was removed: several seeds are worth a try
};

struct ShrinkHooks {
  // The seed under which the candidate fails; nothing: it does not. The same answer if asked again.
  std::function<std::optional<std::uint64_t>(const ScheduledTest& candidate, Effort effort)> fails;
  std::function<bool()> should_stop = [] { return false; };
  // What is being tried, and the best so far; called before every candidate.
  std::function<void(std::string_view what, const ScheduledTest& best)> progress =
      [](std::string_view, const ScheduledTest&) {};
};

struct Shrunk {
  ScheduledTest test;
  bool minimal = false;  // false: it was stopped before that was sure
};

// `test` fails under its own seed.
Shrunk shrink(ScheduledTest test, const ShrinkHooks& hooks);

// How large a test is.
struct Extent {
  std::size_t faults = 0;  // and cures
  std::size_t ops = 0;     // the clients'; final reads that the workload adds do not count
  std::size_t processes = 0;
  std::size_t keys = 0;
  int nodes = 0;
  Duration time = 0;  // from the first op to the last
  friend bool operator==(const Extent&, const Extent&) = default;
};
Extent extent_of(const ScheduledTest& test);

}  // namespace faultline

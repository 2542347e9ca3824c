// stats: how many ops of each f ended in ok, fail and info. A run in which nothing succeeded shows
// nothing: its verdict is unknown. Stateless; any thread.
#pragma once

#include <memory>

#include "harness/core/checker.hpp"

namespace faultline {

// Facts: ops, ok, fail, info, then read.ok, read.fail, ... An op that never completed is an info.
// `enough`: what a history must have to show anything. Of a run, an ok. Of a recorded history an op
// of known outcome, ok or fail: its owners call one valid in which every op failed.
enum class Enough { an_ok, an_outcome };
std::unique_ptr<Checker> make_stats(Enough enough = Enough::an_ok);

}  // namespace faultline

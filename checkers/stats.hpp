// stats: how many ops of each f ended in ok, fail and info. A run in which nothing succeeded shows
// nothing: its verdict is unknown. Stateless; any thread.
#pragma once

#include <memory>

#include "harness/core/checker.hpp"

namespace faultline {

// Facts: ops, ok, fail, info, then read.ok, read.fail, ... An op that never completed is an info.
std::unique_ptr<Checker> make_stats();

}  // namespace faultline

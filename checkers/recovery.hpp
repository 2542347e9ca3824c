// recovery: after the last heal the cluster must serve again within a bound. Judged from the
// history alone: the controller's mark f::kHealed ends the last heal. Stateless; any thread.
#pragma once

#include <memory>

#include "harness/core/checker.hpp"

namespace faultline {

// Invalid if the first client op that was invoked after the last heal and succeeded completed more
// than `bound` after the heal, or if there is none though the history goes on for longer than
// that. Unknown if the history ends too early to tell. Fact: recovery_ms.
std::unique_ptr<Checker> make_recovery(Duration bound);

}  // namespace faultline

// online: is the history recorded so far linearizable? The prefix of a linearizable history is
// linearizable, so a violation once found remains one.
#pragma once

#include <memory>

#include "checkers/model.hpp"
#include "harness/core/monitor.hpp"

namespace faultline {

// Each key is judged anew when enough has happened to it since it was judged last. On a thread of
// its own, the monitor spends at most half of a core, and is behind by little more than one
// judgement of the keys that are in use takes (about a second per million of their ops). Histories
// that make no sense are nobody's violation.
std::unique_ptr<Monitor> make_online(const Model& model, Value initial, ModelOptions options = {});

}  // namespace faultline

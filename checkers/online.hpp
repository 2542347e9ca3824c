// online: is the history recorded so far linearizable? The prefix of a linearizable history is
// linearizable, so a violation once found remains one.
#pragma once

#include <cstddef>
#include <memory>

#include "checkers/model.hpp"
#include "harness/core/monitor.hpp"

namespace faultline {

// Each key is judged anew when enough has happened to it since it was judged last. On a thread of
// its own, the monitor spends at most half of a core, and is behind by little more than one
// judgement of the keys that are in use takes. Of a key whose ops all have a ValueEffect only the
// last part is judged (see linearizability/last_part.hpp): what is new, and from kContext to twice
// as many ops before that, so that its length does not matter; of others all of it (up to two
// seconds per million ops). Histories that make no sense are nobody's violation.
inline constexpr std::size_t kContext = 1 << 15;

std::unique_ptr<Monitor> make_online(const Model& model, Value initial, ModelOptions options = {},
                                     std::size_t context = kContext);

}  // namespace faultline

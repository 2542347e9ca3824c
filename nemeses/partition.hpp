// partition: cuts links between nodes, in one of the shapes of grudge.hpp, drawn anew each time;
// the shape `leader` isolates whoever leads when it strikes.
#pragma once

#include "nemeses/context.hpp"

namespace faultline {

// Ops: start-partition [shape, links] (for the leader: ["leader"]; the completion has the links),
// stop-partition. Error if the environment has no power over its network.
Result<std::unique_ptr<Nemesis>> make_partition(const NemesisContext& context);

}  // namespace faultline

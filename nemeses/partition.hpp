// partition and partition-clients: cut links between nodes, or between the clients and nodes, in
// one of the shapes of grudge.hpp, drawn anew each time; some shapes are those of whoever leads
// when they strike. Both may be active at once: what is cut is what either cuts.
#pragma once

#include "nemeses/context.hpp"

namespace faultline {

// Each is an error if the environment has no power over its network.

// Ops: start-partition [shape, links] (for the leader: ["leader"]; the completion has the links),
// stop-partition.
Result<std::unique_ptr<Nemesis>> make_partition(const NemesisContext& context);
// Ops: start-partition-clients, as above, stop-partition-clients.
Result<std::unique_ptr<Nemesis>> make_partition_clients(const NemesisContext& context);

}  // namespace faultline

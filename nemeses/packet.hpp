// packet: links misbehave: packets (messages, in sim) are delayed, lost, doubled, reordered,
// corrupted, held back by a rate, or several of these at once, on links drawn anew each time.
#pragma once

#include "nemeses/context.hpp"

namespace faultline {

// Ops: start-packet [fault, shape, links], as in ["delay 20ms, loss 5%" "one" "n1>n2 n2>n1"] (for
// the leader's links no links; the completion has them), stop-packet. Error if the environment has
// no power over its network.
Result<std::unique_ptr<Nemesis>> make_packet(const NemesisContext& context);

// A fault of one to three behaviours, from hardly felt to unbearable: all are of a size that a
// cluster of some hundred milliseconds' election time-outs survives at times and at times does not.
LinkFault draw_link_fault(Rng& rng);

}  // namespace faultline

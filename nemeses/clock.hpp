// clock: the clocks of nodes go too slow or too fast, between half and twice as fast as time
// passes: of one node, a minority, a majority, the leader, or each at a speed of its own.
#pragma once

#include "nemeses/context.hpp"

namespace faultline {

// Ops: skew-clock, with the speed in permille of each clock that is wrong, as in "n1=500 n3=2000"
// (for the leader's "leader=500"; the completion has its name), and restore-clock. Error if the
// environment has no power over clocks.
Result<std::unique_ptr<Nemesis>> make_clock(const NemesisContext& context);

}  // namespace faultline

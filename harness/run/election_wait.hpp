// Waiting for an election: an op of the nemesis that breaks nothing and ends when another node has
// come to lead, so that the fault after it strikes in the wake of the election, when not everybody
// knows of it yet. Left to chance, few faults would: an election is over in milliseconds.
#pragma once

#include <memory>

#include "harness/core/nemesis.hpp"
#include "harness/core/nemesis_op.hpp"
#include "harness/core/target.hpp"

namespace faultline {

// kAwaitElection; its value is how long it goes on after the election, in nanoseconds.
Op draw_election_wait(Rng& rng);

// `nemesis`, which waits for elections, too, each time for no longer than `patience`; it proposes
// no such op. It throws if an op's value is no such time, or more than `patience`. Environment and
// target must outlive it. A nemesis without functions stays as it is: there is nothing that could
// strike.
std::unique_ptr<Nemesis> with_election_waits(std::unique_ptr<Nemesis> nemesis,
                                             Environment& environment, Target& target,
                                             Duration patience);

// Whether it was made so, and may be given that op.
bool waits_for_elections(const Nemesis& nemesis);

}  // namespace faultline

// eventual: are the replicas of every key consistent in the end? (Vogels, Eventually consistent,
// 2009: if no new updates are made, eventually all accesses return the last updated value.)
// Judged from the history alone: when nothing has been broken or written for long enough, all
// reads of a key must return the same, and that must be a value that was written. Also
// no-lost-writes: no acknowledged write may be gone unless its value was overwritten by someone
// who had seen it (no lost updates: Berenson et al. 1995, P4).
// Stateless; any thread.
#pragma once

#include <memory>

#include "harness/core/checker.hpp"

namespace faultline {

struct EventualOptions {
  // The time that the replicas have to agree: from the last event of a write, or the controller's
  // mark f::kHealed, whichever is later. Reads invoked after it are the final ones.
  Duration settle = 5 * kSecond;
  bool no_lost_writes = false;
};

// Invalid if
//   thin air   any read returned a value that was not written to its key before it returned, or
//              by a write that failed;
//   diverged   two final reads of a key differ;
//   lost       the final reads of a key return nothing, though a write of it was acknowledged.
//              With no_lost_writes: they return neither the value of an acknowledged write nor one
//              whose writer had seen it. A process has seen what it wrote, what its reads returned,
//              and all that their writers had seen before they wrote.
// Unknown if there is no mark, or if an acknowledged write's key was not read in the end by two
// processes or more. A history of anything but reads and writes of different values is unknown.
// Facts: keys, final_reads, settle_ms, siblings (the most that a read returned), invalid_keys.
// Text: the events that show the first violation.
std::unique_ptr<Checker> make_eventual(const EventualOptions& options = {});

}  // namespace faultline

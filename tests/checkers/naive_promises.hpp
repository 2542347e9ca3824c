// The definitions of regular and of no-lost-writes once more, word by word and without a thought
// for speed, for small histories of one key; and such histories at random.
#pragma once

#include "harness/core/op.hpp"
#include "harness/core/rng.hpp"

namespace faultline {

// For every read that succeeded there is an order of the writes and this read that keeps their
// real-time order, in which the read returns what was last written (nil if nothing was). All orders
// are tried. A write of unknown outcome may be left out; one that failed is.
bool naively_regular(const History& history);

// Whether some acknowledged write is gone from `last`, the final value or values, though nobody
// overwrote it who had seen it.
bool naively_lost(const History& history, const Value& last);

// Up to `ops` reads and writes of different values by three processes at the same time; reads
// return what was written, mostly lately, now and then nothing or several values; some writes fail
// or crash. Nothing is read out of thin air.
History random_reads_and_writes(int ops, bool siblings, Rng& rng);

}  // namespace faultline

// regular: is every key a regular register? A read returns what the last write before it wrote, or
// what a write concurrent with it writes (Lamport, On interprocess communication, 1986). With
// several writers: for every read there is an order of all writes and this one read that keeps
// their real-time order, and in which the read returns what was written last (weak regularity of
// Shao, Welch, Pierce and Lee, Multiwriter consistency conditions for shared memory registers,
// 2011). Unlike in an atomic register, of two reads one after the other the first may see a new
// value and the second an old one.
//
// As no value is written twice, a read that returns v is legal iff the write of v began before the
// read ended, and no completed write lies, in real time, wholly between the two. A read of nothing
// is legal iff no write completed before it began.
// Stateless; any thread.
#pragma once

#include <memory>

#include "harness/core/checker.hpp"

namespace faultline {

// Facts: keys, reads, writes, invalid_keys. Text: the events that show the first violation. A
// history of anything but reads and writes of different values is unknown, with the reason.
std::unique_ptr<Checker> make_regular();

}  // namespace faultline

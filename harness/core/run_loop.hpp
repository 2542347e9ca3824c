// run_loop: runs a coroutine, and all that it spawns, on an event loop in real time.
#pragma once

#include <boost/asio/io_context.hpp>

#include "harness/core/clock.hpp"

namespace faultline {

// Returns when `main` has ended; what waits on the loop then is left alone. Throws what `main`
// throws, and what a handler throws: then `main` did not end.
void run_loop(asio::io_context& loop, Task<> main);

}  // namespace faultline

// Interruption: what Ctrl-C, SIGTERM and a lost terminal (SIGHUP) do. The first asks the run to end
// in order, so that it is healed, judged and stored; the second kills the program. Process-wide.
#pragma once

namespace faultline::cli {

void watch_signals();
bool interrupted();  // since then
// For what is done with the results of work that was interrupted: it can be interrupted, too.
void forget_interruption();

}  // namespace faultline::cli

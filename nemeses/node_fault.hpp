// kill and pause: faults of whole node processes, of one node, a minority, a majority, all of them
// or the leader, drawn anew each time.
#pragma once

#include "nemeses/context.hpp"

namespace faultline {

// Ops, each with the names of its nodes ("n1 n3", or "leader" until it is carried out):
//   kill: kill, start, and restart (killed and started again at once)
Result<std::unique_ptr<Nemesis>> make_kill(const NemesisContext& context);
//   pause: pause, resume
Result<std::unique_ptr<Nemesis>> make_pause(const NemesisContext& context);

}  // namespace faultline

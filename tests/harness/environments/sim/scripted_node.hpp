// ScriptedNode: a program for a simulated node that does as its messages say, so that a test can
// drive the environment: words, carried out in order.
//
//   write:X  sync  rewrite:X  send:N:X (message X to node N)  reply:X (to a request)  log:X
#pragma once

#include <string>
#include <vector>

#include "harness/core/node.hpp"

namespace faultline::sim {

// What all lives of all nodes of a test saw, in order: "start a b" (the records found), "msg 1 X",
// "req X"; ticks are counted, not listed.
struct Script {
  std::vector<std::string> seen;
  int ticks = 0;
  Time last_tick = 0;    // as the node's clock had it
  std::string on_start;  // words to carry out at every start

  std::vector<std::string> take() { return std::exchange(seen, {}); }
};

// `script` must outlive the nodes.
std::unique_ptr<Node> scripted_node(Script& script);

}  // namespace faultline::sim

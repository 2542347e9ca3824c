// NodeHost: runs a Node (harness/core/node.hpp) as this process, on real sockets and a real file.
//
// One thread, as a Node expects. Inputs that are there already are handled one after the other, and
// only then what they wrote is synced, once, if any of them asked for it; only after that leaves
// what they send and answer. To everyone outside this is the same as one by one: nothing that left
// depends on what is not safe, and a crash before the sync is one before the inputs were handled.
//
// One port takes connections of all kinds. What the node says in its log goes to standard error,
// with the time of day. What was written but not synced is lost when the process is killed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"

namespace faultline::local {

struct NodeHostOptions {
  NodeId id = 0;
  std::vector<std::string> addresses;  // of all nodes, by id: "10.99.0.1:7000"
  std::string directory;               // exists; this node's alone, kept over its lives
  std::uint64_t seed = 0;              // the same for all nodes and lives
};

// Returns only if the node cannot go on: its log is damaged or cannot be written, its address is
// not one of this machine, or in use.
Result<void> run_node(const NodeHostOptions& options, const NodeFactory& factory);

}  // namespace faultline::local

// What the kernel lets us do, found out by doing it: each probe in a process of its own, with a
// time limit, and nothing of it is left. For a process with one thread.
#pragma once

#include <string>
#include <vector>

#include "harness/environments/local/finding.hpp"
#include "harness/environments/local/network_namespace.hpp"

namespace faultline::local {

Finding probe_namespaces();
Finding probe_mounts();  // a tmpfs and a /proc of our own
// Starts `program guardian`, as a run does, and ends it.
Finding probe_guardian(const std::string& program);
// The same with the network of five nodes and the clients.
Finding probe_network(const std::string& program, PortKind kind);
Finding probe_fuse();
Finding probe_ptrace();

}  // namespace faultline::local

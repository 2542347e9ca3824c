// Guardian: the process under which nodes run, and the requests the controller makes of it.
//
// It is pid 1 of a PID namespace of its own, so the kernel ends every node with it, and it ends
// with the controller, however that ends (kill -9 included). In its user namespace (only if we are
// not root), network and mount namespaces it makes what nodes need: nothing of it can be seen from,
// or left behind on, the host.
//
// The methods wait for the answer, a fraction of a millisecond as a rule. They throw GuardianGone
// if the guardian ended. One thread: the one that called launch(), which must outlive the guardian
// (the kernel ends it with that thread).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/core/result.hpp"
#include "harness/environments/local/channel.hpp"
#include "harness/environments/local/network_namespace.hpp"

namespace faultline::local {

struct GuardianGone : EnvironmentLost {
  using EnvironmentLost::EnvironmentLost;
};

// Where nodes keep their data, as they see it: in memory, gone with the guardian.
std::string node_directory(NodeId node);

class Guardian {
 public:
  // Runs `program guardian`. Error: what the machine refuses, and the remedy.
  static Result<std::unique_ptr<Guardian>> launch(const std::string& program);
  ~Guardian();  // ends it and all nodes, and waits until they are gone
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  // Makes the network: a port for each address, of nodes 0, 1, ... and, the last, of the clients.
  // The namespaces stay with the guardian, the devices are the caller's.
  Result<std::vector<Port>> open_ports(const std::vector<std::string>& addresses, PortKind kind);
  // Starts a node's program in its namespace and directory; what it prints is appended to `log`.
  Result<void> start(NodeId node, const std::vector<std::string>& argv, int log);
  bool kill(NodeId node);  // these: whether it changed anything
  bool pause(NodeId node);
  bool resume(NodeId node);
  bool is_running(NodeId node);  // or paused
  // How it ended by itself ("exited with status 1"); empty if it runs, was killed, or never
  // started.
  std::string death_of(NodeId node);
  Result<FileDescriptor> open_socket();  // TCP, non-blocking, in the clients' network

 private:
  struct Process;

  Guardian(Channel channel, std::unique_ptr<Process> process);
  Result<Message> request(const nlohmann::json& body, const std::vector<int>& files = {});
  nlohmann::json ask(NodeId node, const char* what);

  Channel channel_;
  std::unique_ptr<Process> process_;
};

// The guardian's own main: serves the controller, by our `end` of the channel, until that is gone.
// Returns its exit code.
int guard(FileDescriptor end);

}  // namespace faultline::local

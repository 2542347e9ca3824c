// SwitchedNetwork: nodes in namespaces of their own, joined by a real switch, for tests and
// benchmarks. What nodes do is done by the sockets that it opens in their namespaces.
#pragma once

#include <netinet/in.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/environments/local/switch.hpp"

namespace faultline::local {

// Enters a user namespace if this process may not make network namespaces itself; once, and while
// it has one thread. Error: why this machine cannot, for GTEST_SKIP.
Result<void> may_make_namespaces();

// What ports are made by may be missing where namespaces are not.
Result<std::vector<Port>> open_node_ports(int nodes, PortKind kind);  // the clients' last

std::vector<SwitchPort> switch_ports(std::vector<Port>& from);  // takes their devices
sockaddr_in socket_address(NodeId node);                        // with port 7000

// A blocking socket in a node's namespace, bound to its address and port 7000.
FileDescriptor open_node_socket(const Port& port, NodeId node, int type, int protocol = 0);

class SwitchedNetwork {
 public:
  SwitchedNetwork(std::vector<Port> ports, std::unique_ptr<Capture> capture = nullptr);

  Switch& control() { return *switch_; }
  LinkCounters counters(NodeId from, NodeId to) const;
  void stop() { switch_.reset(); }
  void close_namespaces() { ports_.clear(); }

  void delete_interface(NodeId node);                                    // of the node's namespace
  FileDescriptor socket(NodeId node, int type, int protocol = 0) const;  // open_node_socket

 private:
  const Port& port(NodeId node) const;

  std::vector<Port> ports_;  // without their devices
  std::unique_ptr<Switch> switch_;
};

// For sockets as above; what goes wrong ends the program.
void send_to(const FileDescriptor& from, NodeId to, std::string_view bytes);  // a datagram
std::optional<std::string> receive(const FileDescriptor& at, Duration timeout = kSecond);
Time monotonic_now();

// Two nodes connected by TCP.
struct Connection {
  FileDescriptor client;
  FileDescriptor server;
};
Connection connect(const SwitchedNetwork& network, NodeId from, NodeId to);

}  // namespace faultline::local

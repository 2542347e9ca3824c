// Environment: where nodes run (sim: virtual time; local: processes on a private network; later SSH
// fleets), and the powers it has over them. What an environment cannot do, it has no power for: the
// pointer is null.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/clock.hpp"
#include "harness/core/link_fault.hpp"
#include "harness/core/node.hpp"
#include "harness/core/result.hpp"

namespace faultline {

// Directed links: (from, to). Either end may be kClients. A grudge is a pure value, the links that
// are to be cut; see nemeses/ for the shapes.
using Links = std::vector<std::pair<NodeId, NodeId>>;
using Grudge = Links;

// What nodes run on is gone (not a node: the environment itself); nothing can be healed any more.
struct EnvironmentLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The power over links between nodes, and between nodes and clients. A link that is cut and
// impaired is cut.
class NetworkPower {
 public:
  virtual ~NetworkPower() = default;
  virtual void cut(const Grudge& links) = 0;  // these, and only these, are cut from now on
  virtual void heal() = 0;                    // no link is cut
  // These, and only these, behave so from now on; without links, none is impaired. What is under
  // way arrives as it would have.
  virtual void impair(const Links& links, const LinkFault& fault) = 0;
};

// The power over node processes. Each is idempotent, and returns whether it changed anything: a
// dead node cannot be killed or paused.
class ProcessPower {
 public:
  virtual ~ProcessPower() = default;
  virtual bool kill(NodeId node) = 0;   // at once; what was not synced is lost, if it can be
  virtual bool start(NodeId node) = 0;  // a killed node begins a new life on its durable state
  virtual bool pause(NodeId node) = 0;  // stops running; its connections stay open
  virtual bool resume(NodeId node) = 0;
};

// The power over the speed of nodes' clocks.
class ClockPower {
 public:
  virtual ~ClockPower() = default;
  // So much passes for the node in a thousand ticks of true time, from now on; 1000 is a good
  // clock. permille > 0.
  virtual void set_rate(NodeId node, int permille) = 0;
};

// How a request ended, as the one who sent it sees it.
struct Answer {
  enum class Kind { answered, refused, timeout };
  Kind kind = Kind::timeout;  // refused: nobody listened, so it certainly had no effect
  Bytes bytes;                // if answered
};

// A node program of our own: how it is made here, and what makes the same in another process:
// `faultline node ARGUMENTS...`.
struct HostedProgram {
  NodeFactory factory;
  std::vector<std::string> arguments;  // "raft", "--bug", "stale-read"
};

// The power to host Node programs of our own and to carry clients' requests to them.
class HostingPower {
 public:
  virtual ~HostingPower() = default;
  virtual Result<void> install(HostedProgram program) = 0;  // on every node, and starts them
  virtual Task<Answer> request(NodeId node, Bytes request, Duration timeout) = 0;
  virtual Task<std::optional<NodeStatus>> status(NodeId node) = 0;  // nothing: no answer
};

// The power to run real programs on nodes, each of which is a host of its own.
class LaunchingPower {
 public:
  virtual ~LaunchingPower() = default;
  // Starts `argv` on the node; so does ProcessPower::start after a kill. argv[0] is looked up in
  // PATH. What it prints goes to the node's log. Error: it cannot be started.
  virtual Result<void> launch(NodeId node, std::vector<std::string> argv) = 0;
  // How its program ended by itself ("exited with status 2"); empty if it did not.
  virtual std::string death(NodeId node) = 0;
  virtual std::string address(NodeId node) const = 0;    // IPv4, "10.99.0.1"; all ports are its own
  virtual std::string directory(NodeId node) const = 0;  // as the node sees it; kept over kills
  // A TCP socket (IPv4, non-blocking, not connected) in the network of the clients; owned by the
  // caller.
  virtual Result<int> open_socket() = 0;
};

struct Powers {
  NetworkPower* network = nullptr;
  ProcessPower* processes = nullptr;
  ClockPower* clocks = nullptr;
  HostingPower* hosting = nullptr;
  LaunchingPower* launching = nullptr;
};

class Environment {
 public:
  virtual ~Environment() = default;  // nothing it started goes on
  virtual int size() const = 0;      // number of nodes
  virtual Clock& clock() = 0;
  virtual Powers powers() = 0;  // owned by the environment
  // Makes what nodes run on. `directory`, which exists, is for what is to be kept of them (logs,
  // captures). Called once, before run(). Error: what this machine lacks, and the remedy.
  virtual Result<void> prepare([[maybe_unused]] const std::string& directory) { return {}; }
  // Runs `main` and everything it spawns on the event loop until it ends; rethrows what it throws.
  virtual void run(Task<> main) = 0;
  virtual std::vector<std::string> node_log(NodeId node) = 0;  // its lines so far
};

}  // namespace faultline

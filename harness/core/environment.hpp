// Environment: where nodes run (sim: virtual time; later local processes and SSH fleets), and the
// powers it has over them. What an environment cannot do, it has no power for: the pointer is null.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/clock.hpp"
#include "harness/core/node.hpp"
#include "harness/core/result.hpp"

namespace faultline {

// Which directed links are cut: (from, to). A grudge is a pure value; see nemeses/ for the shapes.
using Grudge = std::vector<std::pair<NodeId, NodeId>>;

// The power over links between nodes.
class NetworkPower {
 public:
  virtual ~NetworkPower() = default;
  virtual void cut(const Grudge& links) = 0;  // these, and only these, are cut from now on
  virtual void heal() = 0;                    // no link is cut
};

// The power over node processes. Each is idempotent, and returns whether it changed anything: a
// dead node cannot be killed or paused.
class ProcessPower {
 public:
  virtual ~ProcessPower() = default;
  virtual bool kill(NodeId node) = 0;   // at once; what was not synced is lost
  virtual bool start(NodeId node) = 0;  // a killed node begins a new life on its durable state
  virtual bool pause(NodeId node) = 0;  // stops running; its connections stay open
  virtual bool resume(NodeId node) = 0;
};

// How a request ended, as the one who sent it sees it.
struct Answer {
  enum class Kind { answered, refused, timeout };
  Kind kind = Kind::timeout;  // refused: nobody listened, so it certainly had no effect
  Bytes bytes;                // if answered
};

// The power to host Node programs of our own and to carry clients' requests to them.
class HostingPower {
 public:
  virtual ~HostingPower() = default;
  virtual void install(NodeFactory factory) = 0;  // on every node, and starts them
  virtual Task<Answer> request(NodeId node, Bytes request, Duration timeout) = 0;
  virtual std::optional<NodeStatus> status(NodeId node) = 0;  // nothing if it does not run
};

struct Powers {
  NetworkPower* network = nullptr;
  ProcessPower* processes = nullptr;
  HostingPower* hosting = nullptr;
};

class Environment {
 public:
  virtual ~Environment() = default;
  virtual int size() const = 0;  // number of nodes
  virtual Clock& clock() = 0;
  virtual Powers powers() = 0;  // owned by the environment
  // Runs `main` and everything it spawns on the event loop until it ends; rethrows what it throws.
  virtual void run(Task<> main) = 0;
  // The log lines of a node so far, to be kept in the run directory.
  virtual std::vector<std::string> node_log(NodeId node) = 0;
};

}  // namespace faultline

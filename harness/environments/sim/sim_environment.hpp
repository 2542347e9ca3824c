// SimEnvironment: a whole cluster in one thread and in virtual time. The same seed gives the same
// run, byte for byte, on any machine: no real clock, no thread, no chance but the given Rng.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/environments/sim/event_queue.hpp"
#include "harness/environments/sim/hosted_node.hpp"
#include "harness/environments/sim/network.hpp"
#include "harness/environments/sim/trace.hpp"

namespace faultline::sim {

class SimEnvironment final : public Environment,
                             private NetworkPower,
                             private ProcessPower,
                             private ClockPower,
                             private HostingPower,
                             private Outlet {
 public:
  // With `trace` it keeps one (see Trace) in the directory that it is prepared with.
  SimEnvironment(int nodes, const LinkBehaviour& behaviour, const Rng& rng, bool trace = false);
  ~SimEnvironment() override;

  int size() const override { return static_cast<int>(nodes_.size()); }
  Clock& clock() override { return clock_; }
  Powers powers() override { return {this, this, this, this, nullptr}; }
  Result<void> prepare(const std::string& directory) override;
  void run(Task<> main) override;
  std::vector<std::string> node_log(NodeId node) override;

 private:
  void cut(const Grudge& links) override { network_.cut(links); }
  void heal() override { network_.heal(); }
  void impair(const Links& links, const LinkFault& fault) override {
    network_.impair(links, fault);
  }

  bool kill(NodeId node) override;
  bool start(NodeId node) override;
  bool pause(NodeId node) override { return at(node).pause(); }
  bool resume(NodeId node) override { return at(node).resume(); }
  void set_rate(NodeId node, int permille) override { at(node).set_clock_rate(permille); }

  Result<void> install(HostedProgram program) override;
  Task<Answer> request(NodeId node, Bytes request, Duration timeout) override;
  Task<std::optional<NodeStatus>> status(NodeId node) override;

  void send(NodeId from, NodeId to, Bytes message) override;
  void reply(NodeId from, RequestId request, Bytes bytes) override;

  // Something of a client's connection on its way.
  struct Crossing {
    NodeId from;
    NodeId to;
    std::size_t bytes;
    std::function<void()> arrive;
    Trace::MessageId traced;
    Duration patience;  // until it is sent again, should it be lost
  };
  // Takes it across as TCP would: what is lost or cut off is sent again, later each time, and given
  // up in the end. `what` it is, and for which request, is for the trace.
  void carry(NodeId from, NodeId to, std::size_t bytes, std::string_view what, RequestId request,
             std::function<void()> arrive);
  void transmit(Crossing crossing);
  void transmit_again(Crossing crossing);
  void deliver(NodeId from, NodeId to, Bytes message, Trace::MessageId traced);

  // What is noted of a message, if there is a trace.
  Trace::MessageId trace_sent(NodeId from, NodeId to, const Bytes& message);
  void trace_lost(Trace::MessageId message, std::string_view why);
  void trace_arrived(Trace::MessageId message);

  HostedNode& at(NodeId node) { return *nodes_[static_cast<std::size_t>(node)]; }
  void answer(RequestId request, Answer answer);

  struct Waiting {
    NodeId node;
    std::function<void(Answer)> resume;
  };

  asio::io_context io_;
  EventQueue clock_;
  Rng rng_;
  const bool wants_trace_;
  std::unique_ptr<Trace> trace_;  // null: there is none
  Network network_;
  NodeFactory factory_;
  std::vector<std::unique_ptr<HostedNode>> nodes_;
  std::vector<int> lives_;  // how often each node was started
  RequestId next_request_ = 1;
  std::map<RequestId, Waiting> waiting_;  // ordered: it is iterated when a node dies
};

}  // namespace faultline::sim

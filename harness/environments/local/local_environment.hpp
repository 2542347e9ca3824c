// LocalEnvironment: nodes as processes of this machine, each in a network namespace of its own,
// joined by a switch that lives in this program; real time, real sockets, real kernels. Needs no
// root where users may make namespaces. Nothing of it outlives the program, kill -9 included: see
// guardian.hpp. Nodes keep their data in memory.
//
// On one event loop and thread, the one that prepare() was called on, which must outlive it; the
// switch has a thread of its own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/core/real_clock.hpp"
#include "harness/core/rng.hpp"
#include "harness/environments/local/guardian.hpp"
#include "harness/environments/local/node_connection.hpp"
#include "harness/environments/local/switch.hpp"

namespace faultline::local {

inline constexpr const char* kCaptureFile = "network.pcap";
inline constexpr const char* kCountersFile = "network.json";  // per link, written at the end

struct LocalOptions {
  int nodes = 5;
  std::uint64_t seed = 1;  // of our own nodes
  bool capture = false;    // of all packets delivered, in kCaptureFile
};

class LocalEnvironment final : public Environment,
                               private NetworkPower,
                               private ProcessPower,
                               private HostingPower,
                               private LaunchingPower {
 public:
  LocalEnvironment(const LocalOptions& options, const Rng& rng);
  ~LocalEnvironment() override;

  int size() const override { return options_.nodes; }
  Clock& clock() override { return clock_; }
  Powers powers() override { return {this, this, nullptr, this, this}; }
  Result<void> prepare(const std::string& directory) override;
  void run(Task<> main) override;
  std::vector<std::string> node_log(NodeId node) override;  // as its file in the directory has it

 private:
  void cut(const Grudge& links) override { switch_->cut(links); }
  void heal() override { switch_->cut({}); }
  void impair(const Links& links, const LinkFault& fault) override {
    switch_->impair(links, fault);
  }

  bool kill(NodeId node) override;
  bool start(NodeId node) override;
  bool pause(NodeId node) override;
  bool resume(NodeId node) override;

  Result<void> install(HostedProgram program) override;
  Task<Answer> request(NodeId node, Bytes request, Duration timeout) override;
  Task<std::optional<NodeStatus>> status(NodeId node) override;

  Result<void> launch(NodeId node, std::vector<std::string> argv) override;
  std::string death(NodeId node) override;
  std::string address(NodeId node) const override;
  std::string directory(NodeId node) const override { return node_directory(node); }
  Result<int> open_socket() override;

  struct Host {
    FileDescriptor log;
    std::string death;                           // as it was last seen
    std::vector<std::string> argv;               // empty: nothing was launched
    std::unique_ptr<NodeConnection> connection;  // if it is a program of our own
  };

  Result<std::vector<Port>> open_ports();
  std::string log_path(NodeId node) const;
  Result<void> open_logs();
  void note(NodeId node, const std::string& what);  // in its log, with the time
  bool write_counters() const;
  Host& at(NodeId node) { return hosts_[static_cast<std::size_t>(node)]; }

  const LocalOptions options_;
  const Rng rng_;
  std::string directory_;  // of the run
  asio::io_context loop_;
  RealClock clock_;
  std::unique_ptr<Guardian> guardian_;
  std::unique_ptr<Switch> switch_;
  std::vector<Host> hosts_;  // by node
};

}  // namespace faultline::local

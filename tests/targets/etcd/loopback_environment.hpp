// An environment for tests: node i is 127.0.0.(i+1), on an event loop in real time; programs are
// ordinary processes, which die with it, in a temporary directory, which goes with it. No network
// power: everything on loopback reaches everything.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/core/real_clock.hpp"

namespace faultline::etcd {

class LoopbackEnvironment : public Environment, public LaunchingPower, public ProcessPower {
 public:
  explicit LoopbackEnvironment(int size);
  ~LoopbackEnvironment() override;

  asio::io_context& loop() { return loop_; }
  // A port that nobody uses on any of the nodes' addresses, at the moment.
  std::uint16_t free_port() const;
  pid_t process(NodeId node) const;  // 0: none
  bool is_running(NodeId node);      // or paused

  int size() const override { return static_cast<int>(nodes_.size()); }
  Clock& clock() override { return clock_; }
  Powers powers() override;
  void run(Task<> main) override;
  std::vector<std::string> node_log(NodeId node) override;

  Result<void> launch(NodeId node, std::vector<std::string> argv) override;
  std::string death(NodeId node) override;
  std::string address(NodeId node) const override;
  std::string directory(NodeId node) const override;
  Result<int> open_socket() override;

  bool kill(NodeId node) override;
  bool start(NodeId node) override;
  bool pause(NodeId node) override;
  bool resume(NodeId node) override;

  bool launches = true;  // false: it has no such power
  int sockets = 0;       // opened so far
  bool no_sockets = false;

 private:
  struct Process {
    std::vector<std::string> argv;
    pid_t pid = 0;      // 0: none
    std::string death;  // how the last one ended by itself
  };

  asio::io_context loop_;
  RealClock clock_;
  std::vector<Process> nodes_;
  const std::string directory_;
};

}  // namespace faultline::etcd

// NodeProcess: a node of our own as a child process on the loopback interface, and an event loop to
// ask such nodes on. For tests and benchmarks; what they start dies with them.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/real_clock.hpp"
#include "harness/environments/local/node_connection.hpp"
#include "harness/environments/local/node_host.hpp"

namespace faultline::local {

// Addresses of the loopback interface that nobody listens at.
std::vector<std::string> free_addresses(int count);

// A TCP socket as NodeConnection wants it.
Result<int> open_loopback_socket();

class NodeProcess {
 public:
  // Its directory is made, and its log is there: DIRECTORY/stderr.
  NodeProcess(NodeHostOptions options, NodeFactory factory);
  ~NodeProcess() { kill(); }
  NodeProcess(NodeProcess&& other) noexcept;
  NodeProcess& operator=(NodeProcess&&) = delete;

  void start();  // a new life
  void kill();   // with -9, and waits until it is gone
  void signal(int number) const;
  int wait();  // for its end by itself; the exit code

  std::string log() const;
  const std::string& address() const;
  const NodeHostOptions& options() const { return options_; }

 private:
  NodeHostOptions options_;
  NodeFactory factory_;
  pid_t pid_ = -1;
};

class Loop {
 public:
  void run(Task<> main);  // to its end; rethrows what it throws
  asio::io_context& io() { return io_; }
  Clock& clock() { return clock_; }

  std::unique_ptr<NodeConnection> connect(const std::string& address);
  Answer request(NodeConnection& node, const std::string& bytes, Duration timeout = 5 * kSecond);
  std::optional<NodeStatus> status(NodeConnection& node, Duration timeout = kSecond);

 private:
  asio::io_context io_{1};
  RealClock clock_{io_};
};

}  // namespace faultline::local

// HttpConnection: one keep-alive HTTP/1.1 connection from the clients' network to a port of a node.
//
// It says exactly how a request ended, for on that hangs whether an op failed or is unknown. An
// answer that comes after its time cannot be taken for the answer to a later request: whatever is
// not answered in full closes the connection. It is closed by a reset, so that the kernel does not
// go on for minutes to deliver what a node that is cut off did not get.
//
// One request at a time. On the event loop; refers to the power, which must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/core/environment.hpp"

namespace faultline::etcd {

struct HttpRequest {
  std::string path;
  std::string body;  // JSON, POSTed; empty: it is a GET
};

struct HttpAnswer {
  enum class Kind {
    answered,   // a whole response
    refused,    // nothing of it was sent: no connection, or closed before. Certainly no effect
    lost,       // sent, at least in part, and then the connection broke or spoke no HTTP
    timed_out,  // sent, at least in part, and not answered in time
  };
  Kind kind = Kind::timed_out;
  int status = 0;    // if answered
  std::string body;  // if answered
};

struct HttpTimeouts {
  Duration connect = 500 * kMillisecond;  // for a connection to be made; never more than `answer`
  Duration answer = kSecond;              // from asking to the whole answer
};

class HttpConnection {
 public:
  HttpConnection(LaunchingPower& launching, NodeId node, std::uint16_t port);
  HttpConnection(HttpConnection&&) = delete;
  ~HttpConnection();

  // Connects if need be, sends, waits for the answer.
  Task<HttpAnswer> ask(HttpRequest request, HttpTimeouts timeouts);

 private:
  struct Link;

  Task<bool> connect(Duration timeout);

  LaunchingPower& launching_;
  const NodeId node_;
  const std::uint16_t port_;
  std::unique_ptr<Link> link_;  // null: not connected
};

}  // namespace faultline::etcd

// NodeConnection: how the controller asks a node of our own (node_host.hpp): any number of requests
// at a time, over one connection that is made when it is needed, and made anew when it is lost.
//
// How a request ends, by the rule in op.hpp: refused only if not one byte of it was handed to the
// network; once it was, a lost connection is a timeout (nobody knows), said at once.
// On the event loop, one thread. Destroyed, whoever still waits for an answer is never resumed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/clock.hpp"
#include "harness/core/environment.hpp"

namespace faultline::local {

class NodeConnection {
 public:
  // Makes a TCP socket (IPv4, non-blocking, not connected); taken over.
  using OpenSocket = std::function<Result<int>()>;

  // `address`: "10.99.0.1:7000". `loop` and `clock`, which is the loop's, must outlive this.
  NodeConnection(asio::io_context& loop, Clock& clock, const std::string& address,
                 OpenSocket open_socket);
  ~NodeConnection();
  NodeConnection(const NodeConnection&) = delete;
  NodeConnection& operator=(const NodeConnection&) = delete;

  Task<Answer> request(Bytes bytes, Duration timeout);
  Task<std::optional<NodeStatus>> status(Duration timeout);  // nothing: no answer in time

 private:
  class Link;
  std::shared_ptr<Link> link_;
};

}  // namespace faultline::local

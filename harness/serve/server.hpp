// Server: HTTP/1.1 on a socket, for few and patient readers: every answer comes from one function.
//
// Limits: connections, the size of a request, the time it may take to arrive and each piece of the
// answer to leave. No request has a body. listen(), then run() on one thread, which starts others;
// `answer` is called on all of them. stop() from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "harness/core/result.hpp"
#include "harness/serve/http.hpp"

namespace faultline::serve {

struct ServerOptions {
  std::string address = "127.0.0.1";  // an IP address
  std::uint16_t port = 8080;          // 0: any that is free
  int threads = 4;
  std::size_t most_connections = 64;
  int request_seconds = 15;  // from one answer, or the connection, to the end of the next request
  int piece_seconds = 30;    // for a piece of the answer
};

using Answer = std::function<Response(const Request&)>;

class Server {
 public:
  // Error: the port is taken, or the address is none of this machine.
  static Result<std::unique_ptr<Server>> listen(const ServerOptions& options, Answer answer);
  ~Server();

  std::string url() const;
  bool is_loopback() const;  // only this machine can reach it
  void stop_on_signals();    // SIGINT and SIGTERM: the first ends run(), the second the program
  void run();                // until stop()
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultline::serve

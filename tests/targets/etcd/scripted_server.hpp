// An HTTP server for tests that does as it is told: any bytes for an answer, sooner, later or
// never, whole or cut off. On the event loop of the test.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/clock.hpp"

namespace faultline::etcd {

struct Reply {
  std::string bytes;   // as they are; empty: nothing is said
  bool close = false;  // after them
  Duration delay = 0;  // before them
};

Reply respond(int status, const std::string& body);  // a whole HTTP response

class ScriptedServer {
 public:
  struct Request {
    std::string path;
    std::string body;
  };
  using Script = std::function<Reply(const Request&)>;

  ScriptedServer(asio::io_context& loop, const std::string& address, std::uint16_t port,
                 Script script);

  std::vector<Request> requests;  // so far
  int connections = 0;

 private:
  Task<> accept();
  Task<> serve(asio::ip::tcp::socket socket);

  asio::io_context& loop_;
  asio::ip::tcp::acceptor acceptor_;
  Script script_;
};

}  // namespace faultline::etcd

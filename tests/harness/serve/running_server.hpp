// What the tests of the server share: one that runs, and is spoken to in bytes. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "harness/serve/server.hpp"

namespace faultline::serve {

namespace asio = boost::asio;
using asio::ip::tcp;

// A server on a port of its own, until the test ends.
class Running {
 public:
  explicit Running(Answer answer, ServerOptions options = {}) {
    options.port = 0;
    auto server = Server::listen(options, std::move(answer));
    if (!server) throw std::runtime_error(server.error().message);
    server_ = std::move(*server);
    const std::string url = server_->url();
    port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    thread_ = std::jthread([this] { server_->run(); });
  }
  ~Running() { server_->stop(); }

  tcp::socket connect() {
    tcp::socket socket(loop_);
    socket.connect({asio::ip::make_address("127.0.0.1"), port_});
    return socket;
  }
  // All that comes back until the server closes the connection.
  static std::string rest(tcp::socket& socket) {
    std::string text;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(text), error);
    return text;
  }
  // Sends these bytes as they are.
  std::string raw(const std::string& bytes) {
    tcp::socket socket = connect();
    boost::system::error_code ignored;
    asio::write(socket, asio::buffer(bytes), ignored);
    return rest(socket);
  }
  std::string get(const std::string& target, const std::string& method = "GET") {
    return raw(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }
  std::uint16_t port() const { return port_; }

 private:
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  asio::io_context loop_;
  std::jthread thread_;
};

inline Response hello(const Request& request) {
  Response response;
  response.headers = {{"Content-Type", "text/plain"}};
  response.text = "hello " + request.target;
  return response;
}

}  // namespace faultline::serve

#include "tests/targets/etcd/scripted_server.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

namespace faultline::etcd {

namespace http = boost::beast::http;
using boost::system::error_code;

Reply respond(int status, const std::string& body) {
  return {fmt::format("HTTP/1.1 {} Some Reason\r\nContent-Type: application/json\r\n"
                      "Content-Length: {}\r\n\r\n{}",
                      status, body.size(), body),
          false, 0};
}

ScriptedServer::ScriptedServer(asio::io_context& loop, const std::string& address,
                               std::uint16_t port, Script script)
    : loop_(loop),
      acceptor_(loop, {asio::ip::make_address_v4(address), port}),
      script_(std::move(script)) {
  asio::co_spawn(loop_, accept(), asio::detached);
}

Task<> ScriptedServer::accept() {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  for (;;) {
    asio::ip::tcp::socket socket(loop_);
    co_await acceptor_.async_accept(socket, token);
    if (error) co_return;
    ++connections;
    asio::co_spawn(loop_, serve(std::move(socket)), asio::detached);
  }
}

Task<> ScriptedServer::serve(asio::ip::tcp::socket socket) {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request<http::string_body> message;
    co_await http::async_read(socket, buffer, message, token);
    if (error) co_return;
    requests.push_back({std::string(message.target()), message.body()});
    const Reply reply = script_(requests.back());
    if (reply.delay > 0) {
      asio::steady_timer timer(loop_, std::chrono::nanoseconds(reply.delay));
      co_await timer.async_wait(token);
    }
    const auto bytes = asio::buffer(reply.bytes);
    co_await asio::async_write(socket, bytes, token);
    if (error || reply.close) co_return;
  }
}

}  // namespace faultline::etcd

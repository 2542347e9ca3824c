#include "targets/etcd/http_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cassert>
#include <chrono>
#include <utility>

namespace faultline::etcd {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kBodyLimitBytes = 1 << 20;

// Closing resets. Set on the bare descriptor: a socket of Asio that knows of it undoes it in its
// destructor.
void prepare(int fd) {
  const linger reset{1, 0};
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

http::request<http::string_body> message_of(HttpRequest&& request, const std::string& host) {
  http::request<http::string_body> message;
  message.version(11);
  message.method(request.body.empty() ? http::verb::get : http::verb::post);
  message.target(request.path);
  message.set(http::field::host, host);
  if (!request.body.empty()) message.set(http::field::content_type, "application/json");
  message.body() = std::move(request.body);
  message.prepare_payload();
  return message;
}

HttpAnswer unanswered(HttpAnswer::Kind kind) {
  HttpAnswer answer;
  answer.kind = kind;
  return answer;
}

HttpAnswer after_sending(const error_code& error) {
  const bool timed_out = error == beast::error::timeout;
  return unanswered(timed_out ? HttpAnswer::Kind::timed_out : HttpAnswer::Kind::lost);
}

}  // namespace

struct HttpConnection::Link {
  explicit Link(asio::ip::tcp::socket socket) : stream(std::move(socket)) {}

  // Between two requests nothing is to be read: neither an end nor a byte that nobody asked for.
  bool is_quiet() {
    char byte = 0;
    const int fd = stream.socket().native_handle();
    const ssize_t got = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
};

HttpConnection::HttpConnection(LaunchingPower& launching, NodeId node, std::uint16_t port)
    : launching_(launching), node_(node), port_(port) {}

HttpConnection::~HttpConnection() = default;

Task<bool> HttpConnection::connect(Duration timeout) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const Result<int> fd = launching_.open_socket();
  if (!fd) co_return false;
  prepare(*fd);
  asio::ip::tcp::socket socket(executor);
  error_code error;
  socket.assign(asio::ip::tcp::v4(), *fd, error);
  if (error) {
    ::close(*fd);
    co_return false;
  }
  link_ = std::make_unique<Link>(std::move(socket));
  const auto address = asio::ip::make_address_v4(launching_.address(node_), error);
  assert(!error && "an environment gives IPv4 addresses");
  const asio::ip::tcp::endpoint endpoint(address, port_);
  link_->stream.expires_after(nanoseconds(timeout));
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await link_->stream.async_connect(endpoint, token);
  if (error) link_.reset();
  co_return !error;
}

Task<HttpAnswer> HttpConnection::ask(HttpRequest request, HttpTimeouts timeouts) {
  const auto deadline = steady_clock::now() + nanoseconds(timeouts.answer);
  if (link_ && !link_->is_quiet()) link_.reset();
  if (!link_) {
    const bool connected = co_await connect(std::min(timeouts.connect, timeouts.answer));
    if (!connected) co_return unanswered(HttpAnswer::Kind::refused);
  }
  // From here on this frame has it: it closes unless it is put back after a whole answer.
  std::unique_ptr<Link> link = std::move(link_);
  const http::request<http::string_body> message =
      message_of(std::move(request), launching_.address(node_));
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  link->stream.expires_at(deadline);
  const std::size_t sent_bytes = co_await http::async_write(link->stream, message, token);
  if (error && sent_bytes == 0) co_return unanswered(HttpAnswer::Kind::refused);
  if (error) co_return after_sending(error);

  http::response_parser<http::string_body> parser;
  parser.body_limit(kBodyLimitBytes);
  co_await http::async_read(link->stream, link->buffer, parser, token);
  if (error) co_return after_sending(error);

  HttpAnswer answer;
  answer.kind = HttpAnswer::Kind::answered;
  answer.status = static_cast<int>(parser.get().result_int());
  answer.body = std::move(parser.get().body());
  // An interim response; that to the request may follow, and is not waited for: etcd sends none.
  if (answer.status < 200) co_return unanswered(HttpAnswer::Kind::lost);
  // What is left over nobody asked for. It would be taken for the next answer.
  if (parser.keep_alive() && link->buffer.size() == 0) link_ = std::move(link);
  co_return answer;
}

}  // namespace faultline::etcd

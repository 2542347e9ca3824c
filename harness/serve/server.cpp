#include "harness/serve/server.hpp"

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace faultline::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Parser = http::request_parser<http::empty_body>;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kMostHeader = 16 * 1024;

std::string field(const Parser& parser, http::field name) {
  const auto value = parser.get()[name];
  return {value.data(), value.size()};
}

Request request_of(const Parser& parser, const tcp::socket& socket) {
  error_code ignored;
  Request request;
  request.method = std::string(parser.get().method_string());
  request.target = std::string(parser.get().target());
  // Of two, nobody can say which one is meant.
  if (parser.get().count(http::field::host) == 1) request.host = field(parser, http::field::host);
  request.if_none_match = field(parser, http::field::if_none_match);
  request.local_address = socket.local_endpoint(ignored).address().to_string();
  return request;
}

Response plain(int status, std::string text) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.text = std::move(text);
  return response;
}

Response answered(const Answer& answer, const Request& request) {
  try {
    return answer(request);
  } catch (const std::exception& e) {
    return plain(500, fmt::format("internal error: {}\n", e.what()));
  }
}

// The status of a request that cannot be understood; 0: the connection broke, nobody listens.
int status_of(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  const bool malformed = error.category() == make_error_code(http::error::bad_method).category();
  const bool ended = error == http::error::end_of_stream || error == http::error::partial_message;
  return malformed && !ended ? 400 : 0;
}

struct How {
  unsigned version = 11;
  bool keep_alive = false;
  bool head = false;
};

using Message = http::response<http::buffer_body>;

Message message_of(const Response& response, How& how) {
  Message message;
  message.version(how.version);
  message.result(static_cast<unsigned>(response.status));
  for (const auto& [name, value] : response.headers) message.set(name, value);
  const auto length = response.stream ? response.length : response.text.size();
  if (length) {
    message.content_length(*length);
  } else if (how.version >= 11) {
    message.chunked(true);
  } else {
    how.keep_alive = false;  // its end is that of the connection
  }
  message.keep_alive(how.keep_alive);
  message.body().data = nullptr;
  message.body().more = true;
  return message;
}

// The next piece of the body; empty at its end.
Result<void> next_piece(Response& response, std::string& piece) {
  if (response.stream) return response.stream->next(piece);
  piece = std::exchange(response.text, {});
  return {};
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Answer answer)
      : options_(options),
        answer_(std::move(answer)),
        loop_(options.threads),
        signals_(loop_),
        acceptor_(loop_) {}

  Result<void> listen() {
    error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return Error{options_.address + ": expected an IP address, e.g. 127.0.0.1"};
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) return {};
    return Error{fmt::format("{}:{}: cannot listen there: {}{}", options_.address, options_.port,
                             error.message(),
                             error == asio::error::address_in_use
                                 ? "; choose another port with --port (0: any that is free)"
                                 : "")};
  }

  std::string url() const {
    error_code ignored;
    const auto endpoint = acceptor_.local_endpoint(ignored);
    const bool six = endpoint.address().is_v6();
    return fmt::format("http://{}{}{}:{}/", six ? "[" : "", options_.address, six ? "]" : "",
                       endpoint.port());
  }

  bool is_loopback() const {
    error_code ignored;
    return acceptor_.local_endpoint(ignored).address().is_loopback();
  }

  void stop_on_signals() {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](error_code error, int) {
      if (error) return;
      signals_.clear();
      loop_.stop();
    });
  }

  void run() {
    asio::co_spawn(loop_, accept(), asio::detached);
    std::vector<std::jthread> threads;
    for (int i = 1; i < options_.threads; ++i) threads.emplace_back([this] { loop_.run(); });
    loop_.run();
  }

  void stop() { loop_.stop(); }

 private:
  asio::awaitable<void> accept() {
    while (true) {
      auto [error, socket] = co_await acceptor_.async_accept(asio::make_strand(loop_), kTuple);
      if (error) {  // too many open files, most likely
        asio::steady_timer pause(loop_, std::chrono::milliseconds(100));
        co_await pause.async_wait(kTuple);
        continue;
      }
      const auto strand = socket.get_executor();
      asio::co_spawn(strand, serve(std::move(socket)), asio::detached);
    }
  }

  // Counts itself among the connections as long as it lives.
  class Seat {
   public:
    explicit Seat(std::atomic<std::size_t>& taken) : taken_(taken), number_(++taken) {}
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat() { --taken_; }
    std::size_t number() const { return number_; }

   private:
    std::atomic<std::size_t>& taken_;
    std::size_t number_;
  };

  asio::awaitable<void> serve(tcp::socket socket) {
    const Seat seat(connections_);
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer;
    if (seat.number() > options_.most_connections) {
      co_await send(stream, plain(503, "too many connections; try again soon\n"), {});
    } else {
      while (co_await exchange(stream, buffer)) {
      }
    }
    co_await close(stream);
  }

  // One request and its answer. False: the connection is to be closed.
  asio::awaitable<bool> exchange(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
    Parser parser;
    parser.header_limit(kMostHeader);
    stream.expires_after(std::chrono::seconds(options_.request_seconds));
    const auto [error, size] = co_await http::async_read_header(stream, buffer, parser, kTuple);
    if (error) {
      const int status = status_of(error);
      if (status != 0)
        co_await send(stream, plain(status, "this is no request I understand\n"), {});
      co_return false;
    }
    const auto length = parser.content_length();
    if (parser.chunked() || (length && *length > 0)) {
      co_await send(stream, plain(413, "a request has no body here\n"), {});
      co_return false;
    }
    const Request request = request_of(parser, stream.socket());
    const How how{parser.get().version(), parser.keep_alive(), request.method == "HEAD"};
    co_return co_await send(stream, answered(answer_, request), how);
  }

  // True: another request may follow.
  asio::awaitable<bool> send(beast::tcp_stream& stream, Response response, How how) {
    const auto limit = std::chrono::seconds(options_.piece_seconds);
    Message message = message_of(response, how);
    http::response_serializer<http::buffer_body> serializer(message);
    stream.expires_after(limit);
    auto [error, size] = co_await http::async_write_header(stream, serializer, kTuple);
    if (error) co_return false;
    std::string piece;
    while (!how.head && !serializer.is_done()) {
      if (!next_piece(response, piece)) co_return false;
      message.body().data = piece.empty() ? nullptr : piece.data();
      message.body().size = piece.size();
      message.body().more = !piece.empty();
      stream.expires_after(limit);
      auto [failed, written] = co_await http::async_write(stream, serializer, kTuple);
      if (failed && failed != http::error::need_buffer) co_return false;
    }
    co_return how.keep_alive;
  }

  // Half first, so that an answer to a request that was not read to its end still arrives.
  static asio::awaitable<void> close(beast::tcp_stream& stream) {
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    std::string rest(4096, '\0');
    stream.expires_after(std::chrono::seconds(1));
    while (true) {
      const auto [error, size] = co_await stream.async_read_some(asio::buffer(rest), kTuple);
      if (error) break;
    }
    stream.socket().close(ignored);
  }

  const ServerOptions options_;
  const Answer answer_;
  std::atomic<std::size_t> connections_{0};
  asio::io_context loop_;
  asio::signal_set signals_;
  tcp::acceptor acceptor_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(const ServerOptions& options, Answer answer) {
  auto impl = std::make_unique<Impl>(options, std::move(answer));
  const Result<void> listening = impl->listen();
  if (!listening) return listening.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::string Server::url() const {
  return impl_->url();
}
bool Server::is_loopback() const {
  return impl_->is_loopback();
}
void Server::stop_on_signals() {
  impl_->stop_on_signals();
}
void Server::run() {
  impl_->run();
}
void Server::stop() {
  impl_->stop();
}

}  // namespace faultline::serve

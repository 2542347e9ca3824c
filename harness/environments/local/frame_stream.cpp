#include "harness/environments/local/frame_stream.hpp"

#include <fmt/format.h>
#include <netinet/tcp.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <utility>

namespace faultline::local {
namespace {

using boost::system::error_code;

constexpr int kUserTimeoutMs = 1000;  // unacknowledged for so long: lost
constexpr int kKeepIdleSeconds = 3;   // silent for so long: is there still anyone?
constexpr int kKeepIntervalSeconds = 1;
constexpr std::size_t kMostQueued = std::size_t{32} << 20;

template <int Level, int Name>
using IntegerOption = asio::detail::socket_option::integer<Level, Name>;

}  // namespace

Result<Tcp::endpoint> parse_address(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos) {
    error_code bad;
    const auto address = asio::ip::make_address_v4(text.substr(0, colon), bad);
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    if (!bad && parsed.ec == std::errc() && parsed.ptr == end && port != 0) {
      return Tcp::endpoint(address, port);
    }
  }
  return Error{fmt::format("'{}': expected an address such as 10.99.0.1:7000", text)};
}

void tune(Tcp::socket& socket) {
  error_code ignored;  // a connection without them works, too
  socket.set_option(Tcp::no_delay(true), ignored);
  socket.set_option(Tcp::socket::keep_alive(true), ignored);
  socket.set_option(IntegerOption<IPPROTO_TCP, TCP_USER_TIMEOUT>(kUserTimeoutMs), ignored);
  socket.set_option(IntegerOption<IPPROTO_TCP, TCP_KEEPIDLE>(kKeepIdleSeconds), ignored);
  socket.set_option(IntegerOption<IPPROTO_TCP, TCP_KEEPINTVL>(kKeepIntervalSeconds), ignored);
}

void connect(Tcp::socket socket, const Tcp::endpoint& to, Duration timeout,
             std::function<void(const error_code&, Tcp::socket)> done) {
  struct Attempt {
    explicit Attempt(Tcp::socket s) : socket(std::move(s)), timer(socket.get_executor()) {}
    Tcp::socket socket;
    asio::steady_timer timer;
    bool late = false;
  };
  auto attempt = std::make_shared<Attempt>(std::move(socket));
  tune(attempt->socket);
  attempt->timer.expires_after(std::chrono::nanoseconds(timeout));
  attempt->timer.async_wait([attempt](const error_code& cancelled) {
    if (cancelled) return;
    attempt->late = true;
    error_code ignored;
    attempt->socket.close(ignored);
  });
  attempt->socket.async_connect(to, [attempt, done = std::move(done)](error_code error) {
    attempt->timer.cancel();
    if (attempt->late) error = asio::error::timed_out;
    done(error, std::move(attempt->socket));
  });
}

FrameStream::FrameStream(Tcp::socket socket) : socket_(std::move(socket)) {}

void FrameStream::start(OnFrame on_frame, OnClose on_close) {
  on_frame_ = std::move(on_frame);
  on_close_ = std::move(on_close);
  read();
}

bool FrameStream::queue(const Frame& frame) {
  if (closed_ || queued_.size() + sending_.size() + frame.bytes.size() > kMostQueued) return false;
  append_frame(queued_, frame);
  return true;
}

void FrameStream::flush() {
  if (closed_ || queued_.empty() || !sending_.empty()) return;
  std::swap(queued_, sending_);
  asio::async_write(socket_, asio::buffer(sending_),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->sending_.clear();
                      if (self->closed_) return;
                      if (error) return self->fail(error.message());
                      self->flush();
                    });
}

void FrameStream::close() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

void FrameStream::read() {
  socket_.async_read_some(asio::buffer(chunk_),
                          [self = shared_from_this()](const error_code& error, std::size_t size) {
                            if (self->closed_) return;
                            if (error == asio::error::eof)
                              return self->fail("closed by the other end");
                            if (error) return self->fail(error.message());
                            self->decoder_.feed({self->chunk_.data(), size});
                            self->take_frames();
                          });
}

void FrameStream::take_frames() {
  while (!closed_) {
    const auto frame = decoder_.next();
    if (!frame) return fail(frame.error().message);
    if (!*frame) return read();
    on_frame_(**frame);
  }
}

void FrameStream::fail(const std::string& why) {
  close();
  on_close_(why);
}

}  // namespace faultline::local

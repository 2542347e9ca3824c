// FrameStream: a TCP connection that carries frames, both ways; and how one is made.
//
// What is queued leaves with the next flush(), in one write; while a write is under way, with the
// one after it. So nothing leaves before its owner says so, as long as it flushes before it goes
// back to the loop. On the event loop, one thread; made by make_shared, since it lives until its
// last handler has run. A callback may close it, but must not outlive what it refers to: close()
// it before that dies.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "harness/core/clock.hpp"
#include "harness/environments/local/frame.hpp"

namespace faultline::local {

using Tcp = asio::ip::tcp;

// "10.99.0.1:7000". Error: what is wrong with it.
Result<Tcp::endpoint> parse_address(const std::string& text);

// No delay for small frames; a connection whose other end does not acknowledge is given up soon.
void tune(Tcp::socket& socket);

// Connects `socket`, which is open, and calls `done` once, from the loop.
void connect(Tcp::socket socket, const Tcp::endpoint& to, Duration timeout,
             std::function<void(const boost::system::error_code&, Tcp::socket)> done);

class FrameStream : public std::enable_shared_from_this<FrameStream> {
 public:
  using OnFrame = std::function<void(const Frame& frame)>;
  using OnClose = std::function<void(const std::string& why)>;

  explicit FrameStream(Tcp::socket socket);  // connected

  // `on_close` is called at most once, and only from the loop: the connection was lost.
  void start(OnFrame on_frame, OnClose on_close);
  bool queue(const Frame& frame);  // false: too much is waiting already, so it was dropped
  void flush();
  void close();  // at once and quietly: no callback after this one
  bool is_open() const { return !closed_; }

 private:
  void read();
  void take_frames();
  void fail(const std::string& why);

  Tcp::socket socket_;
  bool closed_ = false;
  OnFrame on_frame_;
  OnClose on_close_;
  std::array<char, 16384> chunk_{};
  FrameDecoder decoder_;
  std::string queued_;
  std::string sending_;  // not empty: a write is under way
};

}  // namespace faultline::local

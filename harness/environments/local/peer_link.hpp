// PeerLink: a node's way to one other node: a TCP connection of its own, made anew for ever. A
// message that finds no connection, or too many before it, is dropped: nodes expect that.
// On the event loop; nothing of it runs once the loop does not.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/environments/local/frame_stream.hpp"

namespace faultline::local {

class PeerLink {
 public:
  using Note = std::function<void(std::string line)>;  // for the node's log

  // From node `from` to `to`, which listens at `address`. Begins to connect.
  PeerLink(asio::io_context& loop, NodeId from, NodeId to, const Tcp::endpoint& address, Note note);
  ~PeerLink();
  PeerLink(const PeerLink&) = delete;
  PeerLink& operator=(const PeerLink&) = delete;

  void send(std::string_view message);  // leaves with the next flush()
  void flush();

 private:
  void open();
  void opened(const boost::system::error_code& error, Tcp::socket socket);
  void lost(const std::string& why);

  asio::io_context& loop_;
  const NodeId from_;
  const NodeId to_;
  const Tcp::endpoint address_;
  const Note note_;
  asio::steady_timer pause_;
  std::shared_ptr<FrameStream> stream_;  // while connected
  std::string trouble_;                  // what was noted last: not to say it again and again
};

}  // namespace faultline::local

#include "harness/environments/local/peer_link.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace faultline::local {
namespace {

using boost::system::error_code;

constexpr Duration kConnectTimeout = kSecond;
constexpr std::chrono::milliseconds kPause{20};  // before the next attempt

}  // namespace

PeerLink::PeerLink(asio::io_context& loop, NodeId from, NodeId to, const Tcp::endpoint& address,
                   Note note)
    : loop_(loop), from_(from), to_(to), address_(address), note_(std::move(note)), pause_(loop) {
  open();
}

PeerLink::~PeerLink() {
  if (stream_ != nullptr) stream_->close();
}

void PeerLink::send(std::string_view message) {
  if (stream_ == nullptr || message.size() > kMaxFrameBytes) return;
  stream_->queue({FrameKind::message, static_cast<std::uint64_t>(from_), message});
}

void PeerLink::flush() {
  if (stream_ != nullptr) stream_->flush();
}

void PeerLink::open() {
  Tcp::socket socket(loop_);
  error_code error;
  socket.open(Tcp::v4(), error);
  if (error) return lost(error.message());
  connect(std::move(socket), address_, kConnectTimeout,
          [this](const error_code& failed, Tcp::socket made) { opened(failed, std::move(made)); });
}

void PeerLink::opened(const error_code& error, Tcp::socket socket) {
  if (error) return lost(error.message());
  note_(fmt::format("reaches {}", node_name(to_)));
  trouble_.clear();
  stream_ = std::make_shared<FrameStream>(std::move(socket));
  // Nothing is expected to come back here.
  stream_->start([](const Frame&) {}, [this](const std::string& why) { lost(why); });
}

void PeerLink::lost(const std::string& why) {
  stream_.reset();
  if (why != trouble_) note_(fmt::format("does not reach {}: {}", node_name(to_), why));
  trouble_ = why;
  pause_.expires_after(kPause);
  pause_.async_wait([this](const error_code& cancelled) {
    if (!cancelled) open();
  });
}

}  // namespace faultline::local

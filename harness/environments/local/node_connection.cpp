#include "harness/environments/local/node_connection.hpp"

#include <unistd.h>

#include <cassert>
#include <map>
#include <utility>
#include <vector>

#include "harness/environments/local/frame_stream.hpp"

namespace faultline::local {
namespace {

using boost::system::error_code;

constexpr Duration kConnectTimeout = kSecond;  // then a fresh attempt, while anybody waits

}  // namespace

// Requests wait in `waiting_`, by number, until they are answered, time out, or are lost with the
// connection; those not sent yet wait for a connection. Resuming one may bring in the next, so
// everything is in order before resume() is called.
class NodeConnection::Link : public std::enable_shared_from_this<Link> {
 public:
  using Resume = std::function<void(Answer)>;

  Link(asio::io_context& loop, Clock& clock, const Tcp::endpoint& node, OpenSocket open_socket)
      : loop_(loop), clock_(clock), node_(node), open_socket_(std::move(open_socket)) {}

  void ask(FrameKind kind, Bytes bytes, Duration timeout, Resume resume) {
    const std::uint64_t number = next_number_++;
    waiting_.emplace(number, Waiting{kind, std::move(bytes), false, std::move(resume)});
    clock_.call_at(clock_.now() + timeout, [weak = weak_from_this(), number] {
      if (const auto self = weak.lock()) self->end_late(number);
    });
    if (stream_ != nullptr) return send_waiting();
    if (!connecting_) connect_to_node();
  }

  void close() {
    if (stream_ != nullptr) stream_->close();
    stream_.reset();
    waiting_.clear();
  }

 private:
  struct Waiting {
    FrameKind kind;
    Bytes bytes;
    bool sent;
    Resume resume;
  };

  void connect_to_node() {
    connecting_ = true;
    Tcp::socket socket(loop_);
    error_code error;
    const Result<int> fd = open_socket_();
    if (fd) socket.assign(Tcp::v4(), *fd, error);
    if (fd && error) ::close(*fd);  // it is still ours
    if (!fd || error) {             // told from the loop, as any other failure
      return clock_.call_at(clock_.now(), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->refuse_waiting();
      });
    }
    connect(std::move(socket), node_, kConnectTimeout,
            [weak = weak_from_this()](const error_code& failed, Tcp::socket connected) {
              if (const auto self = weak.lock()) self->connected(failed, std::move(connected));
            });
  }

  void connected(const error_code& error, Tcp::socket socket) {
    if (error == asio::error::timed_out) {
      connecting_ = false;
      if (!waiting_.empty()) connect_to_node();
      return;
    }
    if (error) return refuse_waiting();
    connecting_ = false;
    stream_ = std::make_shared<FrameStream>(std::move(socket));
    stream_->start(
        [weak = weak_from_this()](const Frame& frame) {
          if (const auto self = weak.lock()) self->take(frame);
        },
        [weak = weak_from_this()](const std::string&) {
          if (const auto self = weak.lock()) self->lost();
        });
    send_waiting();
  }

  void send_waiting() {
    // The numbers rise, and what was sent is older than what was not: from the end.
    auto first = waiting_.end();
    while (first != waiting_.begin() && !std::prev(first)->second.sent) --first;
    for (; first != waiting_.end(); ++first) {
      Waiting& waiting = first->second;
      if (!stream_->queue({waiting.kind, first->first, waiting.bytes})) break;
      waiting.sent = true;
      waiting.bytes = {};
    }
    stream_->flush();
  }

  void take(const Frame& frame) {
    const bool is_reply = frame.kind == FrameKind::reply || frame.kind == FrameKind::status;
    if (is_reply) end(frame.number, {Answer::Kind::answered, Bytes(frame.bytes)});
  }

  void end_late(std::uint64_t number) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return;
    end(number, {found->second.sent ? Answer::Kind::timeout : Answer::Kind::refused, {}});
  }

  void end(std::uint64_t number, Answer answer) {
    auto ended = waiting_.extract(number);
    if (!ended.empty()) ended.mapped().resume(std::move(answer));
  }

  void refuse_waiting() {
    connecting_ = false;
    end_all({Answer::Kind::refused, {}}, std::exchange(waiting_, {}));
  }

  void lost() {
    stream_.reset();
    std::map<std::uint64_t, Waiting> sent;
    std::map<std::uint64_t, Waiting> unsent;
    for (auto& [number, waiting] : waiting_) {
      (waiting.sent ? sent : unsent).emplace(number, std::move(waiting));
    }
    waiting_ = std::move(unsent);
    if (!waiting_.empty()) connect_to_node();
    end_all({Answer::Kind::timeout, {}}, std::move(sent));
  }

  static void end_all(const Answer& answer, std::map<std::uint64_t, Waiting> ended) {
    for (const auto& [number, waiting] : ended) waiting.resume(answer);
  }

  asio::io_context& loop_;
  Clock& clock_;
  const Tcp::endpoint node_;
  const OpenSocket open_socket_;
  bool connecting_ = false;
  std::shared_ptr<FrameStream> stream_;  // while connected
  std::uint64_t next_number_ = 1;
  std::map<std::uint64_t, Waiting> waiting_;
};

NodeConnection::NodeConnection(asio::io_context& loop, Clock& clock, const std::string& address,
                               OpenSocket open_socket) {
  const Result<Tcp::endpoint> node = parse_address(address);
  assert(node);
  link_ = std::make_shared<Link>(loop, clock, *node, std::move(open_socket));
}

NodeConnection::~NodeConnection() {
  link_->close();
}

Task<Answer> NodeConnection::request(Bytes bytes, Duration timeout) {
  auto start = [link = link_, bytes = std::move(bytes), timeout](Link::Resume resume) mutable {
    link->ask(FrameKind::request, std::move(bytes), timeout, std::move(resume));
  };
  Answer answer = co_await suspend<Answer>(std::move(start));
  co_return answer;
}

Task<std::optional<NodeStatus>> NodeConnection::status(Duration timeout) {
  auto start = [link = link_, timeout](Link::Resume resume) {
    link->ask(FrameKind::status_request, {}, timeout, std::move(resume));
  };
  const Answer answer = co_await suspend<Answer>(std::move(start));
  if (answer.kind != Answer::Kind::answered) co_return std::nullopt;
  co_return decode_status(answer.bytes);
}

}  // namespace faultline::local

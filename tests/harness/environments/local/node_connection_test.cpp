// NodeConnection against a server that does what a node should not.
#include "harness/environments/local/node_connection.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "harness/environments/local/frame_stream.hpp"
#include "tests/harness/environments/local/node_process.hpp"

namespace faultline::local {
namespace {

using testing::ElementsAre;
using testing::Lt;
using Kind = Answer::Kind;

// Accepts connections on the test's loop and hands every frame to `on_frame`.
class Server {
 public:
  using OnFrame = std::function<void(FrameStream& stream, const Frame& frame)>;

  Server(asio::io_context& loop, OnFrame on_frame, unsigned short port = 0)
      : acceptor_(loop, Tcp::endpoint(asio::ip::address_v4::loopback(), port)),
        on_frame_(std::move(on_frame)) {
    accept();
  }
  ~Server() {
    for (const auto& stream : streams_) stream->close();
  }
  unsigned short port() const { return acceptor_.local_endpoint().port(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port()); }
  std::size_t connections() const { return streams_.size(); }

 private:
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
      if (error) return;
      streams_.push_back(std::make_shared<FrameStream>(std::move(socket)));
      FrameStream* const stream = streams_.back().get();
      stream->start([this, stream](const Frame& frame) { on_frame_(*stream, frame); },
                    [](const std::string&) {});
      accept();
    });
  }

  Tcp::acceptor acceptor_;
  OnFrame on_frame_;
  std::vector<std::shared_ptr<FrameStream>> streams_;
};

void reply(FrameStream& stream, std::uint64_t number, std::string_view bytes) {
  stream.queue({FrameKind::reply, number, bytes});
  stream.flush();
}

Task<> ask(NodeConnection& node, Bytes bytes, Duration timeout, std::vector<Answer>& answers) {
  Answer answer = co_await node.request(std::move(bytes), timeout);
  answers.push_back(std::move(answer));
}

class NodeConnectionTest : public testing::Test {
 protected:
  std::unique_ptr<NodeConnection> connect(const Server& server) {
    return loop_.connect(server.address());
  }
  // How the request ended, and how long that took.
  std::pair<Kind, Duration> timed(NodeConnection& node, Duration timeout) {
    const Time before = loop_.clock().now();
    const Answer answer = loop_.request(node, "x", timeout);
    return {answer.kind, loop_.clock().now() - before};
  }
  void run_for(Duration duration) {
    loop_.run(sleep_until(loop_.clock(), loop_.clock().now() + duration));
  }

  Loop loop_;
};

TEST_F(NodeConnectionTest, ManyRequestsShareAConnectionAndAnswersFindTheirs) {
  std::vector<std::pair<std::uint64_t, std::string>> held;
  Server server(loop_.io(), [&](FrameStream& stream, const Frame& frame) {
    held.emplace_back(frame.number, frame.bytes);
    if (held.size() < 100) return;
    for (auto last = held.rbegin(); last != held.rend(); ++last) {
      reply(stream, last->first, "re " + last->second);
    }
  });
  const auto node = connect(server);
  std::vector<Answer> answers;
  for (int i = 0; i < 100; ++i) {
    asio::co_spawn(loop_.io(), ask(*node, std::to_string(i), 10 * kSecond, answers),
                   asio::detached);
  }
  while (answers.size() < 100) run_for(kMillisecond);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].bytes, "re " + std::to_string(99 - i));
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(NodeConnectionTest, WhereNobodyListensItIsRefusedAtOnce) {
  const auto node = loop_.connect(free_addresses(1).front());
  for (int i = 0; i < 3; ++i) {
    const auto [kind, took] = timed(*node, 10 * kSecond);
    EXPECT_EQ(kind, Kind::refused);
    EXPECT_THAT(took, Lt(5 * kSecond));
  }
  EXPECT_FALSE(loop_.status(*node, 10 * kSecond));
}

TEST_F(NodeConnectionTest, ASocketThatCannotBeUsedIsRefusedAndClosed) {
  int opened = -1;
  const auto open = [&]() -> Result<int> { return opened = ::open("/", O_PATH | O_CLOEXEC); };
  NodeConnection node(loop_.io(), loop_.clock(), free_addresses(1).front(), open);
  EXPECT_EQ(timed(node, 10 * kSecond).first, Kind::refused);
  ASSERT_GE(opened, 0);
  EXPECT_EQ(::fcntl(opened, F_GETFD), -1) << "it is still open";
}

TEST_F(NodeConnectionTest, AConnectionLostAfterSendingIsATimeoutAtOnce) {
  Server server(loop_.io(), [](FrameStream& stream, const Frame&) { stream.close(); });
  const auto node = connect(server);
  for (std::size_t i = 1; i <= 3; ++i) {  // each on a new connection
    const auto [kind, took] = timed(*node, 20 * kSecond);
    EXPECT_EQ(kind, Kind::timeout);
    EXPECT_THAT(took, Lt(10 * kSecond));
    EXPECT_EQ(server.connections(), i);
  }
}

TEST_F(NodeConnectionTest, ALateAnswerIsNobodys) {
  std::vector<std::uint64_t> numbers;
  Server server(loop_.io(), [&](FrameStream& stream, const Frame& frame) {
    numbers.push_back(frame.number);
    if (numbers.size() < 2) return;
    reply(stream, numbers[0], "late");
    reply(stream, numbers[0] + 1000, "for nobody");
    reply(stream, numbers[1], "in time");
  });
  const auto node = connect(server);
  EXPECT_EQ(loop_.request(*node, "first", 30 * kMillisecond).kind, Kind::timeout);
  EXPECT_EQ(loop_.request(*node, "second").bytes, "in time");
}

TEST_F(NodeConnectionTest, GarbageEndsTheConnection) {
  Server server(loop_.io(), [](FrameStream& stream, const Frame& frame) {
    stream.queue({static_cast<FrameKind>(9), frame.number, "what?"});
    stream.flush();
  });
  const auto node = connect(server);
  const auto [kind, took] = timed(*node, 20 * kSecond);
  EXPECT_EQ(kind, Kind::timeout);
  EXPECT_THAT(took, Lt(10 * kSecond));
}

TEST_F(NodeConnectionTest, AServerThatComesBackIsFound) {
  const auto answering = [](FrameStream& stream, const Frame& frame) {
    reply(stream, frame.number, "here");
  };
  auto server = std::make_optional<Server>(loop_.io(), answering);
  const unsigned short port = server->port();
  const auto node = connect(*server);
  EXPECT_EQ(loop_.request(*node, "x").bytes, "here");
  server.reset();
  run_for(20 * kMillisecond);  // it is noticed
  EXPECT_EQ(loop_.request(*node, "x").kind, Kind::refused);
  server.emplace(loop_.io(), answering, port);
  EXPECT_EQ(loop_.request(*node, "x").bytes, "here");
}

// A listener whose queue is full drops those who knock: as a node that is cut off.
TEST_F(NodeConnectionTest, WhatWasNeverSentIsRefusedWhenItsTimeIsUp) {
  asio::io_context& io = loop_.io();
  Tcp::acceptor acceptor(io);
  acceptor.open(Tcp::v4());
  acceptor.bind(Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  acceptor.listen(0);
  std::vector<Tcp::socket> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.emplace_back(io);
    crowd.back().async_connect(acceptor.local_endpoint(), [](boost::system::error_code) {});
  }
  run_for(20 * kMillisecond);
  const auto node = loop_.connect("127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()));
  const auto [kind, took] = timed(*node, 200 * kMillisecond);
  EXPECT_EQ(kind, Kind::refused);
  EXPECT_GE(took, 200 * kMillisecond);
}

TEST_F(NodeConnectionTest, WithoutASocketItIsRefused) {
  NodeConnection node(loop_.io(), loop_.clock(), "127.0.0.1:1",
                      []() -> Result<int> { return Error{"no more"}; });
  EXPECT_EQ(loop_.request(node, "x").kind, Kind::refused);
}

TEST_F(NodeConnectionTest, AStatusThatIsNoneIsNone) {
  Server server(loop_.io(), [](FrameStream& stream, const Frame& frame) {
    stream.queue({FrameKind::status, frame.number, "nonsense"});
    stream.flush();
  });
  EXPECT_FALSE(loop_.status(*connect(server), 10 * kSecond));
}

TEST_F(NodeConnectionTest, DestroyedItLeavesThoseWhoWaitAlone) {
  Server server(loop_.io(), [](FrameStream&, const Frame&) {});
  std::vector<Answer> answers;
  auto node = connect(server);
  asio::co_spawn(loop_.io(), ask(*node, "x", 50 * kMillisecond, answers), asio::detached);
  run_for(20 * kMillisecond);
  node.reset();
  run_for(100 * kMillisecond);
  EXPECT_TRUE(answers.empty());
}

}  // namespace
}  // namespace faultline::local

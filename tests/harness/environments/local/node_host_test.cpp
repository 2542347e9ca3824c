// A node as a process: a simple one that shows what the host does with its effects, and Raft.
#include "harness/environments/local/node_host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <sstream>

#include "harness/environments/local/frame_stream.hpp"
#include "harness/environments/local/write_ahead_log.hpp"
#include "tests/harness/environments/local/node_process.hpp"
#include "tests/harness/environments/local/scratch_directory.hpp"

namespace faultline::local {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = Answer::Kind;

// Does what a request says: "keep X" safely, "scribble X" without a sync, "tell N X", "ignore";
// answers with all it knows: the records of earlier lives, and the messages it heard.
class PlainNode : public Node {
 public:
  explicit PlainNode(Rng rng) : chance_(rng.next()) {}

  void start(std::span<const Bytes> durable, Time, Effects& out) override {
    records_.assign(durable.begin(), durable.end());
    out.log.push_back(fmt::format("found {}", fmt::join(records_, ",")));
  }
  void receive(NodeId from, std::string_view message, Time, Effects&) override {
    heard_.push_back(fmt::format("{}:{}", from, message));
  }
  void request(RequestId id, std::string_view request, Time, Effects& out) override {
    std::istringstream in{std::string(request)};
    std::string word;
    std::string what;
    NodeId to = 0;
    in >> word;
    if (word == "tell") in >> to;
    in >> what;
    if (word == "ignore") return;
    if (word == "keep" || word == "scribble") out.write(what);
    if (word == "keep") out.sync();
    if (word == "tell") out.send(to, what);
    out.reply(id, fmt::format("records {} heard {} ticks {} chance {}", fmt::join(records_, ","),
                              fmt::join(heard_, ","), ticks_ > 0 ? "some" : "none", chance_));
  }
  void tick(Time, Effects&) override { ++ticks_; }
  NodeStatus status() const override { return {true, 42}; }

 private:
  std::uint64_t chance_;
  std::vector<std::string> records_;
  std::vector<std::string> heard_;
  int ticks_ = 0;
};

NodeFactory plain_nodes() {
  return [](NodeId, int, Rng rng) { return std::make_unique<PlainNode>(rng); };
}

class NodeHostTest : public testing::Test {
 protected:
  NodeHostTest() {
    const std::vector<std::string> addresses = free_addresses(2);
    for (NodeId id = 0; id < 2; ++id) {
      nodes_.emplace_back(NodeHostOptions{id, addresses, directory_ / node_name(id), 7},
                          plain_nodes());
      links_.push_back(loop_.connect(addresses[static_cast<std::size_t>(id)]));
    }
  }
  void start(std::size_t node) {
    nodes_[node].start();
    while (!loop_.status(*links_[node])) pause();
  }
  std::string ask(std::size_t node, const std::string& request) {
    return loop_.request(*links_[node], request).bytes;
  }
  void pause() { loop_.run(sleep_until(loop_.clock(), loop_.clock().now() + 2 * kMillisecond)); }

  ScratchDirectory directory_;
  Loop loop_;
  std::vector<NodeProcess> nodes_;
  std::vector<std::unique_ptr<NodeConnection>> links_;
};

TEST_F(NodeHostTest, WhatWasSyncedSurvivesKillNineAndOnlyThat) {
  start(0);
  ask(0, "scribble early");  // is synced by the next
  ask(0, "keep one");
  ask(0, "keep two");
  ask(0, "scribble late");
  nodes_[0].kill();
  pause();  // the connection is seen to be lost
  EXPECT_EQ(loop_.request(*links_[0], "x").kind, Kind::refused);
  start(0);
  EXPECT_THAT(ask(0, "look"), HasSubstr("records early,one,two heard"));
  EXPECT_THAT(nodes_[0].log(), HasSubstr("n1 begins life 2 at 127.0.0.1:"));
  EXPECT_THAT(nodes_[0].log(), HasSubstr("Z found early,one,two\n"));
}

TEST_F(NodeHostTest, ItTicksAndTellsItsStatus) {
  start(0);
  const auto status = loop_.status(*links_[0]);
  ASSERT_TRUE(status);
  EXPECT_TRUE(status->leader);
  EXPECT_EQ(status->term, 42U);
  while (ask(0, "look").find("ticks some") == std::string::npos) pause();
}

TEST_F(NodeHostTest, EachLifeHasItsOwnChance) {
  start(0);
  const std::string first = ask(0, "look");
  nodes_[0].kill();
  start(0);
  const std::string second = ask(0, "look");
  EXPECT_NE(first.substr(first.find("chance")), second.substr(second.find("chance")));
}

TEST_F(NodeHostTest, MessagesReachThePeerAlsoInItsNextLife) {
  start(0);
  ask(0, "tell 1 lost");  // nobody is there
  for (int life = 1; life <= 2; ++life) {
    start(1);
    while (ask(1, "look").find(fmt::format("0:hello{}", life)) == std::string::npos) {
      ask(0, fmt::format("tell 1 hello{}", life));
      pause();
    }
    EXPECT_EQ(ask(1, "look").find("lost"), std::string::npos);
    nodes_[1].kill();
  }
  EXPECT_THAT(nodes_[0].log(), HasSubstr("reaches n2"));
  EXPECT_THAT(nodes_[0].log(), HasSubstr("does not reach n2: "));
}

TEST_F(NodeHostTest, APausedNodeAnswersLater) {
  start(0);
  nodes_[0].signal(SIGSTOP);
  EXPECT_EQ(loop_.request(*links_[0], "keep x", 50 * kMillisecond).kind, Kind::timeout);
  EXPECT_FALSE(loop_.status(*links_[0], 50 * kMillisecond));
  nodes_[0].signal(SIGCONT);
  ask(0, "look");
  nodes_[0].kill();
  start(0);
  EXPECT_THAT(ask(0, "look"), HasSubstr("records x heard"));  // unknown was the right word
}

TEST_F(NodeHostTest, KilledInTheMidstOfARequestItIsATimeoutAtOnce) {
  start(0);
  const Time before = loop_.clock().now();
  const auto main = [](NodeConnection& link, NodeProcess& node, Clock& clock,
                       Answer& out) -> Task<> {
    clock.call_at(clock.now() + 50 * kMillisecond, [&node] { node.kill(); });
    out = co_await link.request("ignore", 30 * kSecond);
  };
  Answer answer{Kind::answered, {}};
  loop_.run(main(*links_[0], nodes_[0], loop_.clock(), answer));
  EXPECT_EQ(answer.kind, Kind::timeout);
  EXPECT_LT(loop_.clock().now() - before, 15 * kSecond);
}

// A connection made by hand.
class RawConnection {
 public:
  explicit RawConnection(const std::string& address) { socket_.connect(*parse_address(address)); }
  void send(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }
  void send(const Frame& frame) {
    std::string bytes;
    append_frame(bytes, frame);
    send(bytes);
  }
  bool is_closed_by_other() {  // waits for it
    char byte = 0;
    boost::system::error_code error;
    asio::read(socket_, asio::buffer(&byte, 1), error);
    return error == asio::error::eof || error == asio::error::connection_reset;
  }

 private:
  asio::io_context io_;
  Tcp::socket socket_{io_};
};

TEST_F(NodeHostTest, WhoSendsNonsenseIsCutOffAndTheOthersServed) {
  start(0);
  std::string damaged;
  append_frame(damaged, {FrameKind::request, 1, "keep me"});
  damaged.back() ^= 4;
  for (const std::string& nonsense : {std::string("GET / HTTP/1.1\r\n\r\n"), damaged}) {
    RawConnection raw(nodes_[0].address());
    raw.send(nonsense);
    EXPECT_TRUE(raw.is_closed_by_other());
  }
  for (const Frame& frame :
       {Frame{FrameKind::message, 2, "from nobody"}, Frame{FrameKind::message, UINT64_MAX, "?"},
        Frame{FrameKind::request, UINT64_MAX, "a number too high"},
        Frame{FrameKind::reply, 1, "to no question"}, Frame{FrameKind::status, 1, "unasked"}}) {
    RawConnection raw(nodes_[0].address());
    raw.send(frame);
    EXPECT_TRUE(raw.is_closed_by_other());
  }
  EXPECT_THAT(ask(0, "look"), HasSubstr("records  heard  ticks"));
}

TEST_F(NodeHostTest, ANewConnectionOfAPeerTakesThePlaceOfItsOldOne) {
  start(0);
  RawConnection client(nodes_[0].address());
  client.send({FrameKind::request, 1, "ignore"});
  RawConnection old(nodes_[0].address());
  old.send({FrameKind::message, 1, "old"});
  while (ask(0, "look").find("1:old") == std::string::npos) pause();
  RawConnection fresh(nodes_[0].address());
  fresh.send({FrameKind::message, 1, "new"});
  EXPECT_TRUE(old.is_closed_by_other());
  client.send({FrameKind::request, 2, "keep client"});  // the clients' stays
  fresh.send({FrameKind::message, 1, "newer"});
  while (ask(0, "look").find("1:newer") == std::string::npos) pause();
}

class NodeRefusesToStart : public NodeHostTest {
 protected:
  std::string error() {
    const NodeHostOptions& options = nodes_[0].options();
    const Result<void> ended = run_node(options, plain_nodes());
    return ended ? "no error" : ended.error().message;
  }
};

TEST_F(NodeRefusesToStart, OnADamagedLog) {
  start(0);
  ask(0, "keep precious");
  nodes_[0].kill();
  const std::string path = nodes_[0].options().directory + "/" + kLogFile;
  std::string content = slurp(path);
  content.back() ^= 1;
  spill(path, content);
  EXPECT_THAT(error(), HasSubstr("write-ahead.log: damaged at byte 0 of"));
  nodes_[0].start();
  EXPECT_EQ(nodes_[0].wait(), 1);
  EXPECT_THAT(nodes_[0].log(), HasSubstr("damaged at byte 0"));
}

TEST_F(NodeRefusesToStart, WhereItsAddressIsTaken) {
  const Tcp::endpoint own = *parse_address(nodes_[0].address());
  Tcp::acceptor other(loop_.io(), own);
  EXPECT_EQ(error(), "n1 cannot listen at " + nodes_[0].address() + ": Address already in use");
}

TEST_F(NodeRefusesToStart, WithoutItsDirectory) {
  std::filesystem::remove_all(nodes_[0].options().directory);
  EXPECT_THAT(error(), HasSubstr("cannot open it: No such file"));
}

TEST(Address, OnlyAHostAndAPort) {
  EXPECT_EQ(parse_address("10.99.0.1:7000")->port(), 7000);
  for (const char* text :
       {"", "10.99.0.1", "10.99.0.1:", "10.99.0.1:0", "10.99.0.1:65536", "10.99.0.1:70x",
        "host:7000", ":7000", "[::1]:7000", "10.99.0.1:-1", "10.99.0.1: 7"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error().message, HasSubstr(fmt::format("'{}': expected", text)));
  }
}

}  // namespace
}  // namespace faultline::local

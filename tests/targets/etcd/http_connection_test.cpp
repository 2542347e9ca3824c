#include "targets/etcd/http_connection.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/targets/etcd/loopback_environment.hpp"
#include "tests/targets/etcd/scripted_server.hpp"

namespace faultline::etcd {
namespace {

using Kind = HttpAnswer::Kind;

Task<> ask(HttpConnection& connection, HttpTimeouts timeouts, HttpAnswer& out) {
  const HttpRequest request{"/path", "{}"};
  HttpAnswer answer = co_await connection.ask(request, timeouts);
  out = std::move(answer);
}

class HttpConnectionTest : public ::testing::Test {
 protected:
  HttpAnswer ask_once(HttpConnection& connection, HttpTimeouts timeouts = {}) {
    HttpAnswer answer;
    environment.run(ask(connection, timeouts, answer));
    return answer;
  }

  LoopbackEnvironment environment{1};
  const std::uint16_t port = environment.free_port();
};

TEST_F(HttpConnectionTest, StatusAndBodyComeAsTheyAre) {
  ScriptedServer server(environment.loop(), "127.0.0.1", port,
                        [](const auto&) { return respond(418, "teapot"); });
  HttpConnection connection(environment, 0, port);
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer answer = ask_once(connection);
    EXPECT_EQ(answer.kind, Kind::answered);
    EXPECT_EQ(answer.status, 418);
    EXPECT_EQ(answer.body, "teapot");
  }
  EXPECT_EQ(server.connections, 1);
  EXPECT_EQ(server.requests[0].path, "/path");
}

TEST_F(HttpConnectionTest, AChunkedAnswerIsPutTogether) {
  ScriptedServer server(environment.loop(), "127.0.0.1", port, [](const auto&) {
    return Reply{
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"};
  });
  HttpConnection connection(environment, 0, port);
  EXPECT_EQ(ask_once(connection).body, "abcde");
}

TEST_F(HttpConnectionTest, AConnectionThatIsNotToBeKeptIsNot) {
  ScriptedServer server(environment.loop(), "127.0.0.1", port, [](const auto&) {
    return Reply{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"};
  });
  HttpConnection connection(environment, 0, port);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask_once(connection).kind, Kind::answered);
  EXPECT_EQ(server.connections, 2);
}

// A listener that accepts nobody and whose queue is full: a further SYN is dropped, as it is on the
// way to a node that is cut off.
class FullListener {
 public:
  explicit FullListener(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* name = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(::bind(fd_, name, sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 0), 0);
    for (int& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(filler, name, sizeof address);
    }
  }
  FullListener(FullListener&&) = delete;
  ~FullListener() {
    for (const int filler : fillers_) ::close(filler);
    ::close(fd_);
  }

 private:
  int fd_;
  int fillers_[4];
};

TEST_F(HttpConnectionTest, WithoutAConnectionInTimeNothingWasSent) {
  const FullListener listener(port);
  HttpConnection connection(environment, 0, port);
  const Time begin = environment.clock().now();
  const HttpAnswer answer = ask_once(connection, {50 * kMillisecond, 5 * kSecond});
  EXPECT_EQ(answer.kind, Kind::refused);
  const Duration taken = environment.clock().now() - begin;
  EXPECT_GE(taken, 50 * kMillisecond);
  EXPECT_LT(taken, 2 * kSecond);
}

TEST_F(HttpConnectionTest, TheTimeForAnAnswerHoldsForConnectingToo) {
  const FullListener listener(port);
  HttpConnection connection(environment, 0, port);
  const Time begin = environment.clock().now();
  EXPECT_EQ(ask_once(connection, {5 * kSecond, 50 * kMillisecond}).kind, Kind::refused);
  EXPECT_LT(environment.clock().now() - begin, 2 * kSecond);
}

// The sockets of this port in the kernel, in any state but listening.
int sockets_in_kernel(std::uint16_t port) {
  std::ifstream table("/proc/net/tcp");
  std::ostringstream wanted;
  wanted << ':' << std::hex << std::uppercase << port << ' ';
  int count = 0;
  for (std::string line; std::getline(table, line);) {
    const bool listens = line.find(" 0A ") != std::string::npos;
    if (line.find(wanted.str()) != std::string::npos && !listens) ++count;
  }
  return count;
}

// A socket that waits for a peer that is cut off would hold its network namespace for minutes.
TEST_F(HttpConnectionTest, NothingOfItIsLeftInTheKernel) {
  {
    ScriptedServer server(environment.loop(), "127.0.0.1", port,
                          [](const auto& request) { return respond(200, request.body); });
    HttpConnection connection(environment, 0, port);
    EXPECT_EQ(ask_once(connection).kind, Kind::answered);
    EXPECT_EQ(sockets_in_kernel(port), 2);
  }
  environment.run(sleep_until(environment.clock(), environment.clock().now() + kMillisecond));
  EXPECT_EQ(sockets_in_kernel(port), 0) << "not even in TIME_WAIT";
}

TEST_F(HttpConnectionTest, WhatTimedOutMayBeReceivedAllTheSame) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 5), 0);
  HttpConnection connection(environment, 0, port);
  EXPECT_EQ(ask_once(connection, {kSecond, 50 * kMillisecond}).kind, Kind::timed_out);
  // A node that was paused finds the whole request, and then a connection that was reset.
  const int accepted = ::accept(listener, nullptr, nullptr);
  char bytes[1000];
  EXPECT_GT(::recv(accepted, bytes, sizeof bytes, MSG_DONTWAIT), 50);
  EXPECT_LT(::recv(accepted, bytes, sizeof bytes, MSG_DONTWAIT), 0);
  EXPECT_EQ(errno, ECONNRESET);
  ::close(accepted);
  ::close(listener);
}

}  // namespace
}  // namespace faultline::etcd

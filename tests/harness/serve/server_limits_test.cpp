// Readers who are slow, many, or gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/serve/running_server.hpp"

namespace faultline::serve {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(Server, WhoIsSlowIsLeft) {
  ServerOptions options;
  options.request_seconds = 1;
  Running server(hello, options);
  tcp::socket silent = server.connect();
  tcp::socket slow = server.connect();
  asio::write(slow, asio::buffer(std::string("GET / HTTP/1.1\r\n")));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Running::rest(silent), "");
  EXPECT_EQ(Running::rest(slow), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(Server, ThereIsRoomForSoManyAtATime) {
  ServerOptions options;
  options.most_connections = 2;
  Running server(hello, options);
  std::vector<tcp::socket> held;
  for (int i = 0; i < 2; ++i) {
    held.push_back(server.connect());
    asio::write(held.back(), asio::buffer(std::string("GET /")));
  }
  EXPECT_THAT(server.get("/"), StartsWith("HTTP/1.1 503"));
  held.clear();
  std::string answer;
  for (int i = 0; i < 100 && !answer.starts_with("HTTP/1.1 200"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    answer = server.get("/");
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

TEST(Server, WhoDripsIsLeft) {
  ServerOptions options;
  options.request_seconds = 1;
  Running server(hello, options);
  tcp::socket socket = server.connect();
  const auto begin = steady_clock::now();
  boost::system::error_code gone;
  while (!gone && steady_clock::now() - begin < seconds(20)) {
    asio::write(socket, asio::buffer(std::string("x")), gone);
    std::this_thread::sleep_for(milliseconds(50));
  }
  EXPECT_TRUE(gone) << "each byte gives it more time";
}

// Never ends; counts how many there are.
class Endless final : public ByteStream {
 public:
  explicit Endless(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  Endless(const Endless&) = delete;
  Endless& operator=(const Endless&) = delete;
  ~Endless() override { --alive_; }
  Result<void> next(std::string& chunk) override {
    chunk.assign(100'000, 'x');
    return {};
  }

 private:
  std::atomic<int>& alive_;
};

class Endlessly : public testing::Test {
 protected:
  Answer endless() {
    return [this](const Request&) {
      Response response;
      response.stream = std::make_unique<Endless>(alive_);
      return response;
    };
  }
  // Asks, and has the beginning of the answer.
  static tcp::socket begin(Running& server) {
    tcp::socket socket = server.connect();
    asio::write(socket, asio::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
    std::string head(1000, ' ');
    asio::read(socket, asio::buffer(head));
    return socket;
  }
  bool all_end() const {
    const auto begin = steady_clock::now();
    while (alive_ > 0 && steady_clock::now() - begin < seconds(20)) {
      std::this_thread::sleep_for(milliseconds(10));
    }
    return alive_ == 0;
  }

  std::atomic<int> alive_{0};
};

TEST_F(Endlessly, AnAnswerEndsWhenItsReaderHasGone) {
  Running server(endless());
  tcp::socket socket = begin(server);
  EXPECT_EQ(alive_, 1);
  socket.close();
  EXPECT_TRUE(all_end());
}

TEST_F(Endlessly, WhoDoesNotReadIsLeft) {
  ServerOptions options;
  options.piece_seconds = 1;
  Running server(endless(), options);
  const tcp::socket socket = begin(server);
  EXPECT_EQ(alive_, 1);
  EXPECT_TRUE(all_end());
}

TEST_F(Endlessly, StoppingDoesNotWaitForTheEnd) {
  {
    Running server(endless());
    const tcp::socket first = begin(server);
    const tcp::socket second = begin(server);
    EXPECT_EQ(alive_, 2);
  }
  EXPECT_EQ(alive_, 0);
}

TEST(Server, AThousandConnectionsAreNoEnd) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_cur < 2500) GTEST_SKIP() << "both ends of a thousand are too many here";
  Running server(hello);
  std::vector<tcp::socket> held;
  for (int i = 0; i < 1000; ++i) held.push_back(server.connect());
  EXPECT_THAT(server.get("/"), StartsWith("HTTP/1.1 503"));
  held.clear();
  std::string answer;
  for (int i = 0; i < 500 && !answer.starts_with("HTTP/1.1 200"); ++i) {
    std::this_thread::sleep_for(milliseconds(20));
    answer = server.get("/");
  }
  EXPECT_THAT(answer, EndsWith("hello /"));
}

}  // namespace
}  // namespace faultline::serve

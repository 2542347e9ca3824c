#include "harness/serve/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::ip::tcp;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A server on a port of its own, until the test ends.
class Running {
 public:
  explicit Running(Answer answer, ServerOptions options = {}) {
    options.port = 0;
    auto server = Server::listen(options, std::move(answer));
    if (!server) throw std::runtime_error(server.error().message);
    server_ = std::move(*server);
    const std::string url = server_->url();
    port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    thread_ = std::jthread([this] { server_->run(); });
  }
  ~Running() { server_->stop(); }

  tcp::socket connect() {
    tcp::socket socket(loop_);
    socket.connect({asio::ip::make_address("127.0.0.1"), port_});
    return socket;
  }
  // All that comes back until the server closes the connection.
  static std::string rest(tcp::socket& socket) {
    std::string text;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(text), error);
    return text;
  }
  // Sends these bytes as they are.
  std::string raw(const std::string& bytes) {
    tcp::socket socket = connect();
    boost::system::error_code ignored;
    asio::write(socket, asio::buffer(bytes), ignored);
    return rest(socket);
  }
  std::string get(const std::string& target, const std::string& method = "GET") {
    return raw(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }
  std::uint16_t port() const { return port_; }

 private:
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  asio::io_context loop_;
  std::jthread thread_;
};

Response hello(const Request& request) {
  Response response;
  response.headers = {{"Content-Type", "text/plain"}};
  response.text = "hello " + request.target;
  return response;
}

class Pieces final : public ByteStream {
 public:
  explicit Pieces(bool breaks) : breaks_(breaks) {}
  Result<void> next(std::string& chunk) override {
    if (++count_ > 3 && breaks_) return Error{"broken"};
    chunk = count_ > 3 ? "" : "piece" + std::to_string(count_);
    return {};
  }

 private:
  const bool breaks_;
  int count_ = 0;
};

Answer stream_of(bool breaks) {
  return [=](const Request&) {
    Response response;
    response.stream = std::make_unique<Pieces>(breaks);
    return response;
  };
}

TEST(Server, AnswersAndKeepsTheConnection) {
  Running server(hello);
  EXPECT_THAT(server.get("/x?y"), EndsWith("\r\n\r\nhello /x?y"));
  const std::string both = server.raw(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(both, HasSubstr("hello /1"));
  EXPECT_THAT(both, EndsWith("hello /2"));
  EXPECT_THAT(server.get("/x", "HEAD"),
              testing::AllOf(HasSubstr("Content-Length: 8\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_THAT(server.raw("GET /old HTTP/1.0\r\n\r\n"), EndsWith("hello /old"));
}

TEST(Server, StreamsWhatHasNoLength) {
  Running server(stream_of(false));
  const std::string answer = server.get("/");
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(answer, HasSubstr("6\r\npiece1\r\n"));
  EXPECT_THAT(answer, EndsWith("0\r\n\r\n"));
  const std::string old = server.raw("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(old, EndsWith("\r\n\r\npiece1piece2piece3"));
}

TEST(Server, AStreamThatBreaksIsNotTakenForWhole) {
  Running server(stream_of(true));
  const std::string answer = server.get("/");
  EXPECT_THAT(answer, HasSubstr("piece3"));
  EXPECT_THAT(answer, Not(EndsWith("0\r\n\r\n")));
}

TEST(Server, WhatIsNoRequestIsRefused) {
  Running server(hello);
  EXPECT_THAT(server.raw("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(server.raw("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(
      server.raw("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(server.raw("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(server.get("/still-there"), EndsWith("hello /still-there"));
}

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

TEST(Server, AnAnswerThatFailsIsAnErrorOfItsOwn) {
  Running server([](const Request& request) -> Response {
    if (request.target == "/bad") throw std::runtime_error("why");
    return hello(request);
  });
  EXPECT_THAT(server.get("/bad"), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(server.get("/good"), EndsWith("hello /good"));
}

TEST(Server, APortThatIsTakenIsNamed) {
  Running server(hello);
  ServerOptions options;
  options.port = server.port();
  const auto second = Server::listen(options, hello);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("Address already in use; choose another port"));
  options.address = "nonsense";
  EXPECT_THAT(Server::listen(options, hello).error().message, HasSubstr("expected an IP address"));
}

// Every way out of results/ that we know, on the wire as it would come.
TEST(ServedTree, NothingOutsideLeavesTheMachine) {
  const ServedRuns runs;
  const std::string run = "/runs/" + ServedRuns::run();
  runs.add_run(ServedRuns::run());
  fs::create_symlink(runs.secret(), runs.root() / ServedRuns::run() / "link.txt");
  fs::create_directory_symlink("/", runs.root() / "root");
  const ResultsTree tree = runs.tree();
  Router router(tree, {});
  Running server([&](const Request& request) { return router.answer(request); });
  ASSERT_THAT(server.get(run + "/test.json"), HasSubstr(kPlan));
  const std::string up = "../../../secret";
  const std::vector<std::string> targets = {run + "/" + up,
                                            "/runs/../../secret",
                                            "/../secret",
                                            "../secret",
                                            runs.secret().string(),
                                            run + "/%2e%2e/%2e%2e/%2e%2e/secret",
                                            run + "/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret",
                                            run + "/..%2f..%2f..%2fsecret",
                                            run + "/%252e%252e%252f%252e%252e%252fsecret",
                                            run + "/..\\..\\..\\secret",
                                            run + "/..%5c..%5c..%5csecret",
                                            run + "/%c0%ae%c0%ae/secret",
                                            run + "/..%c0%af..%c0%af..%c0%afsecret",
                                            run + "/.%00./.%00./secret",
                                            run + "/secret%00",
                                            run + "/..;/..;/..;/secret",
                                            run + "/....//....//secret",
                                            "//" + runs.secret().string(),
                                            run + "/" + runs.secret().string(),
                                            run + "/%2f" + runs.secret().string(),
                                            run + "/link.txt",
                                            "/runs/root/etc/passwd",
                                            "/runs/root/etc/",
                                            "/runs/root/etc.zip",
                                            "/runs/%2e%2e/results.zip",
                                            "/api/run/..%2f/x",
                                            "/api/live/%2e%2e/%2e%2e",
                                            "/api/compare?a=../secret&b=../secret",
                                            "/api/compare?a=/etc/passwd&b=/etc/passwd",
                                            "/assets/..%2f..%2fsecret",
                                            "http://localhost" + run + "/" + up,
                                            "file://" + runs.secret().string(),
                                            run + "/test.json/../../../../secret"};
  for (const std::string& target : targets) {
    const std::string answer = server.get(target);
    EXPECT_THAT(answer, testing::AnyOf(StartsWith("HTTP/1.1 404"), StartsWith("HTTP/1.1 403"),
                                       StartsWith("HTTP/1.1 400")))
        << target;
    EXPECT_THAT(answer, Not(HasSubstr(kSecret))) << target;
    EXPECT_THAT(answer, Not(HasSubstr("root:"))) << target;
  }
  const std::string nul = "GET " + run + "/test.json" + std::string(1, '\0') + "/../secret";
  EXPECT_THAT(server.raw(nul + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(server.get(run + ".zip"), Not(HasSubstr(kSecret)));
}

TEST(ServedTree, OthersNamesAndMethodsAreRefused) {
  const ServedRuns runs;
  const ResultsTree tree = runs.tree();
  Router router(tree, {});
  Running server([&](const Request& request) { return router.answer(request); });
  EXPECT_THAT(server.raw("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(server.raw("GET / HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 403"));
  EXPECT_THAT(server.get("/"), StartsWith("HTTP/1.1 200"));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"}) {
    EXPECT_THAT(server.get("/", method), StartsWith("HTTP/1.1 405")) << method;
  }
}

}  // namespace
}  // namespace faultline::serve

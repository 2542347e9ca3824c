#include "harness/serve/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/harness/serve/running_server.hpp"
#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// Every way out of results/ that we know, to a file beside it.
std::vector<std::string> ways_out(const std::string& secret) {
  const std::string run = "/runs/" + ServedRuns::run();
  const std::string up = "../../../secret";
  return {run + "/" + up,
          "/runs/../../secret",
          "/../secret",
          "../secret",
          secret,
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
          "//" + secret,
          run + "/" + secret,
          run + "/%2f" + secret,
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
          "file://" + secret,
          run + "/test.json/../../../../secret",
          run + "/%3f/../../../../secret",
          run + "/%3f%2f..%2f..%2f..%2f..%2fsecret",
          run + "/secret?/../test.json",
          run + "/#/../../../../secret",
          run + "/%e0%80%ae%e0%80%ae/secret",
          run + "/%f0%80%80%ae%f0%80%80%ae/secret",
          run + "/%uff0e%uff0e/secret",
          run + "/%ef%bc%8e%ef%bc%8e/secret",
          run + "/..%00/..%00/secret",
          run + "/..%0d%0a/secret",
          run + "/../../../secret%20",
          run + "/.. /.. /.. /secret",
          run + "/environ",
          run + "/loop",
          run + "/" + repeated("%2e%2e/", 500) + "etc/passwd",
          run + "/" + repeated("x/", 1500) + "secret",
          "/runs/proc/environ",
          "/runs/proc/root.zip",
          "/runs/proc/root/etc/passwd",
          "/runs/about/round/",
          "/runs/about/x/secret",
          "/proc/self/environ",
          "/live/proc/root",
          "/api/run/proc/root",
          "/api/run/about/round",
          "/api/live/%2e%2e/secret?from=0",
          "/api/compare?a=proc%2froot&b=..%2f..",
          "/api/compare?a=%2e%2e%2fsecret&b=a%00%2fb",
          "C:\\secret",
          "/C:/secret",
          "/\\\\localhost\\secret"};
}

// On the wire as they would come.
TEST(ServedTree, NothingOutsideLeavesTheMachine) {
  const ServedRuns runs;
  const std::string run = "/runs/" + ServedRuns::run();
  runs.add_run(ServedRuns::run());
  fs::create_symlink(runs.secret(), runs.root() / ServedRuns::run() / "link.txt");
  fs::create_directory_symlink("/", runs.root() / "root");
  fs::create_directory_symlink("/proc/self", runs.root() / "proc");
  fs::create_symlink("loop", runs.root() / ServedRuns::run() / "loop");
  fs::create_directory_symlink("round", runs.root() / "about");
  fs::create_directory_symlink("about", runs.root() / "round");
  fs::create_symlink("/proc/self/environ", runs.root() / ServedRuns::run() / "environ");
  const ResultsTree tree = runs.tree();
  Router router(tree, {});
  Running server([&](const Request& request) { return router.answer(request); });
  ASSERT_THAT(server.get(run + "/test.json"), HasSubstr(kPlan));
  for (const std::string& target : ways_out(runs.secret())) {
    const std::string answer = server.get(target);
    EXPECT_THAT(answer, testing::AnyOf(StartsWith("HTTP/1.1 404"), StartsWith("HTTP/1.1 403"),
                                       StartsWith("HTTP/1.1 400")))
        << target;
    EXPECT_THAT(answer, Not(HasSubstr(kSecret))) << target;
    EXPECT_THAT(answer, Not(HasSubstr("root:"))) << target;
  }
  const std::string endless = server.get(run + "/" + std::string(5000, 'x'));
  EXPECT_THAT(endless, StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(server.get("/" + std::string(20'000, 'x')), StartsWith("HTTP/1.1 431"));
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
  EXPECT_THAT(server.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 403"));
  for (const char* hosts : {"localhost\r\nHost: evil.example", "evil.example\r\nHost: localhost"}) {
    EXPECT_THAT(server.raw(std::string("GET / HTTP/1.1\r\nHost: ") + hosts +
                           "\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 403"));
  }
  EXPECT_THAT(server.raw("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(server.get("/"), StartsWith("HTTP/1.1 200"));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"}) {
    EXPECT_THAT(server.get("/", method), StartsWith("HTTP/1.1 405")) << method;
  }
}

TEST(ServedTree, ARangeIsAnsweredWithAllAndHeadWithNothing) {
  const ServedRuns runs;
  runs.add_run(ServedRuns::run());
  const ResultsTree tree = runs.tree();
  Router router(tree, {});
  Running server([&](const Request& request) { return router.answer(request); });
  const std::string file = "/runs/" + ServedRuns::run() + "/test.json";
  for (const char* range : {"0-4", "-5", "5-", "0-0,2-3", "4-1", "99999999999999999999-", "x"}) {
    const std::string answer =
        server.raw("GET " + file + " HTTP/1.1\r\nHost: localhost\r\nRange: bytes=" + range +
                   "\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200")) << range;
    EXPECT_THAT(answer, EndsWith(std::string("\r\n\r\n") + kPlan)) << range;
  }
  for (const std::string& target : {file, "/runs/" + ServedRuns::run() + ".zip",
                                    std::string("/api/runs"), std::string("/"), file + "x"}) {
    const std::string answer = server.get(target, "HEAD");
    EXPECT_THAT(answer, StartsWith(target == file + "x" ? "HTTP/1.1 404" : "HTTP/1.1 200"));
    EXPECT_EQ(answer.find("\r\n\r\n") + 4, answer.size()) << target;
  }
  EXPECT_THAT(server.get(file, "HEAD"),
              HasSubstr("Content-Length: " + std::to_string(std::string(kPlan).size())));
}

}  // namespace
}  // namespace faultline::serve

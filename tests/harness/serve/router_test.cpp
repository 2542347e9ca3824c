#include "harness/serve/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/store/json_value.hpp"
#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class Routing : public ::testing::Test {
 protected:
  Routing() { runs_.add_run(ServedRuns::run()); }

  Response get(const std::string& target, const std::string& method = "GET") {
    Request request;
    request.method = method;
    request.target = target;
    request.host = "localhost:8080";
    request.local_address = "127.0.0.1";
    return router_.answer(request);
  }
  std::string text(const std::string& target) {
    Response response = get(target);
    EXPECT_EQ(response.status, 200) << target;
    return body_of(response);
  }
  Json json(const std::string& target) { return Json::parse(text(target)); }
  static std::string header(const Response& response, std::string_view name) {
    const std::string* value = response.header(name);
    return value == nullptr ? "" : *value;
  }

  const ServedRuns runs_;
  const ResultsTree tree_ = runs_.tree();
  Router router_{tree_, {{"kill", "kill", "start"}}};
  const std::string run_ = "/runs/" + ServedRuns::run();
};

TEST_F(Routing, PagesLoadNothingFromElsewhereAndHaveNoInlineCode) {
  for (const std::string& page : {std::string("/"), run_ + "/", run_ + "/files",
                                  std::string("/compare?a=x&b=y"), "/live/" + ServedRuns::run()}) {
    Response response = get(page);
    EXPECT_EQ(response.status, 200) << page;
    EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("script-src 'self'"));
    EXPECT_THAT(header(response, "Content-Security-Policy"), Not(HasSubstr("unsafe")));
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
    const std::string text = body_of(response);
    EXPECT_THAT(text, HasSubstr("<!doctype html>"));
    EXPECT_THAT(text, HasSubstr("<main>"));
    EXPECT_THAT(text, testing::ContainsRegex("<title>[A-Z][a-z]+ - Faultline</title>"));
    EXPECT_THAT(text, testing::ContainsRegex("<script src=./assets/(list|run|live|compare).js"));
    for (const char* bad : {"http:", "https:", "//", "<style", "onclick", "style="}) {
      EXPECT_THAT(text, Not(HasSubstr(bad))) << page;
    }
  }
}

TEST_F(Routing, WhatPagesAskForIsThere) {
  for (const char* script : {"page.js", "list.js", "run.js", "live.js", "compare.js"}) {
    Response response = get(std::string("/assets/") + script);
    EXPECT_EQ(response.status, 200) << script;
    EXPECT_EQ(header(response, "Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_THAT(body_of(response), Not(HasSubstr("innerHTML"))) << "runs are shown as text";
  }
  EXPECT_EQ(get("/assets/page.css").status, 200);
  EXPECT_EQ(get("/assets/list.html").status, 404);
  EXPECT_EQ(get("/assets/page.html").status, 404);
  EXPECT_EQ(get("/assets/nothing").status, 404);
}

TEST_F(Routing, AReportIsServedInAnOriginOfItsOwn) {
  EXPECT_THAT(text(run_ + "/"), HasSubstr("/assets/run.js")) << "there is none yet";
  runs_.write(ServedRuns::run() + "/report.html", "<p>the report");
  Response response = get(run_ + "/");
  EXPECT_EQ(body_of(response), "<p>the report");
  EXPECT_EQ(header(response, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(header(response, "Content-Security-Policy"),
              testing::StartsWith("sandbox allow-scripts "));
  EXPECT_THAT(header(response, "Content-Security-Policy"), Not(HasSubstr("allow-same-origin")));
  EXPECT_THAT(text(run_ + "/files"), HasSubstr("/assets/run.js"));
}

TEST_F(Routing, FilesHaveTheirTypesAndRunNothing) {
  runs_.write(ServedRuns::run() + "/n1.log", "<script>alert(1)</script>");
  runs_.write(ServedRuns::run() + "/logs/x.html", "<script>alert(1)</script>");
  runs_.write(ServedRuns::run() + "/x.bin", "\1\2");
  const auto type = [&](const std::string& file) {
    const Response response = get(run_ + file);
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_THAT(header(response, "Content-Security-Policy"), testing::StartsWith("sandbox;"));
    EXPECT_THAT(header(response, "Content-Security-Policy"), Not(HasSubstr("script")));
    return header(response, "Content-Type");
  };
  EXPECT_EQ(type("/test.json"), "application/json");
  EXPECT_EQ(type("/history.jsonl"), "text/plain; charset=utf-8");
  EXPECT_EQ(type("/n1.log"), "text/plain; charset=utf-8");
  EXPECT_EQ(type("/logs/x.html"), "text/html; charset=utf-8");
  EXPECT_EQ(type("/x.bin"), "application/octet-stream");
  EXPECT_EQ(text(run_ + "/results.json"), kResults);
  EXPECT_EQ(get(run_ + "/results.json").length, std::string(kResults).size());
}

TEST_F(Routing, OnlyWhatBelongsToARunIsServed) {
  runs_.write("loose.txt", "x");
  runs_.write("no-run/folder/file.txt", "x");
  for (const std::string target :
       {"/loose.txt", "/runs/loose.txt", "/runs/no-run/folder/file.txt", "/runs/no-run/folder/",
        "/runs/raft-register/", "/runs/", "/runs/x/y/", "/runs/x/y.zip", "/api/", "/api/run/x/y",
        "/api/live/x/y", "/live/x/y", "/api/compare", "/api/compare?a=x/y&b=x/y", "/nothing",
        "/api/run/no-run/folder", "/favicon.ico"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
}

TEST_F(Routing, NothingOutsideIsReached) {
  const fs::path folder = runs_.root() / ServedRuns::run();
  fs::create_symlink(runs_.secret(), folder / "absolute.txt");
  fs::create_symlink("../../../secret", folder / "relative.txt");
  fs::create_directory_symlink("../../..", folder / "up");
  fs::create_symlink(runs_.secret(), folder / "report.html");
  fs::create_symlink(runs_.secret(), folder / "counterexample.txt");
  fs::create_directory_symlink(runs_.root().parent_path(), runs_.root() / "away");
  fs::create_symlink("../..", runs_.root() / "latest");
  for (const std::string& path : {run_ + "/../../../secret",
                                  run_ + "/%2e%2e/%2e%2e/%2e%2e/secret",
                                  run_ + "/..%2f..%2f..%2fsecret",
                                  run_ + "/%252e%252e/%252e%252e/secret",
                                  run_ + "/..%5c..%5c..%5csecret",
                                  run_ + "/..\\..\\..\\secret",
                                  run_ + "/secret%00.txt",
                                  run_ + "//etc/passwd",
                                  run_ + "/%2fetc%2fpasswd",
                                  std::string("/runs/../../secret"),
                                  std::string("//etc/passwd"),
                                  "/" + runs_.secret().string(),
                                  run_ + "/absolute.txt",
                                  run_ + "/relative.txt",
                                  run_ + "/up/secret",
                                  run_ + "/report.html",
                                  std::string("/runs/away/results/secret"),
                                  std::string("/runs/away/secret"),
                                  std::string("/runs/latest/"),
                                  std::string("/runs/latest.zip"),
                                  std::string("/runs/latest/secret"),
                                  std::string("/runs/%2e%2e/secret/"),
                                  std::string("/api/run/../x"),
                                  std::string("/api/live/..%2f/x"),
                                  std::string("/assets/../secret"),
                                  std::string("/assets/%2e%2e%2fsecret")}) {
    Response response = get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(body_of(response), Not(HasSubstr(kSecret))) << path;
  }
  for (const std::string& path : {run_ + "/", run_ + ".zip", "/api/run/" + ServedRuns::run()}) {
    EXPECT_THAT(text(path), Not(HasSubstr(kSecret))) << path;
  }
}

TEST_F(Routing, LinksToTheLatestAreRedirections) {
  fs::create_symlink(ServedRuns::run(), runs_.root() / "latest");
  fs::create_symlink(kTime, runs_.root() / kName / "latest");
  EXPECT_EQ(header(get("/runs/latest/"), "Location"), run_ + "/");
  EXPECT_EQ(header(get("/runs/latest.zip"), "Location"), run_ + ".zip");
  EXPECT_EQ(header(get("/runs/raft-register/latest.zip"), "Location"), run_ + ".zip");
  EXPECT_EQ(header(get("/runs/latest/test.json"), "Location"), run_ + "/test.json");
  EXPECT_EQ(header(get("/runs/raft-register/latest/"), "Location"), run_ + "/");
  EXPECT_EQ(header(get(run_), "Location"), run_ + "/");
}

TEST_F(Routing, OthersThanTheLoopbackAndOtherMethodsAreRefused) {
  Request request;
  request.host = "evil.example";
  request.local_address = "127.0.0.1";
  EXPECT_EQ(router_.answer(request).status, 403);
  request.host.clear();
  EXPECT_EQ(router_.answer(request).status, 403);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", ""}) {
    const Response response = get("/", method);
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
  }
  EXPECT_EQ(get("/", "HEAD").status, 200);
  EXPECT_EQ(get("/" + std::string(5000, 'x')).status, 414);
}

TEST_F(Routing, TheListIsSentOnceUnlessItChanges) {
  Request request;
  request.target = "/api/runs";
  request.host = "localhost";
  const Response first = router_.answer(request);
  request.if_none_match = header(first, "ETag");
  EXPECT_EQ(router_.answer(request).status, 304);
  runs_.add_run("other/20270101T000000.000Z");
  EXPECT_EQ(router_.answer(request).status, 200);
}

TEST_F(Routing, TheNewestCanBeHadBeforeTheOthersAreRead) {
  runs_.add_run("other/20270101T000000.000Z");
  const Json newest = json("/api/runs?newest=1");
  ASSERT_EQ(newest["runs"].size(), 1U);
  EXPECT_EQ(newest["runs"][0]["name"], "other");
  EXPECT_EQ(newest["more"], true);
  EXPECT_EQ(json("/api/runs?newest=2")["more"], false);
  EXPECT_EQ(json("/api/runs")["runs"].size(), 2U);
  EXPECT_EQ(json("/api/runs")["more"], false);
  for (const char* bad : {"x", "-1", "", "1x", "99999999999999999999"}) {
    EXPECT_EQ(get(std::string("/api/runs?newest=") + bad).status, 400) << bad;
  }
}

TEST_F(Routing, ARunIsDescribed) {
  runs_.write(ServedRuns::run() + "/counterexample.txt", "Not linearizable");
  runs_.write(ServedRuns::run() + "/logs/a b#?.log", "x");
  const Json about = json("/api/run/" + ServedRuns::run());
  EXPECT_EQ(about["run"]["verdict"], "invalid");
  EXPECT_EQ(about["checks"][1]["reason"], "key 0");
  EXPECT_EQ(about["options"]["nodes"], 5);
  EXPECT_EQ(about["counterexample"], "Not linearizable");
  EXPECT_EQ(about["files"][2]["href"], "logs/a%20b%23%3F.log");
  EXPECT_EQ(text(run_ + "/" + about["files"][2]["href"].get<std::string>()), "x");
}

TEST_F(Routing, TwoRunsAreCompared) {
  const std::string other = "raft-register/20261127T122657.000Z";
  runs_.add_run(
      other,
      "[1000000000,0,\"invoke\",\"read\"]\n[1000000000,\"nemesis\",\"info\",\"kill\"]\n"
      "[1005000000,0,\"ok\",\"read\",null,1]\n[2000000000,\"nemesis\",\"info\",\"start\"]\n");
  runs_.write(other + "/test.json", R"({"target":"raft","nodes":3})");
  const Json both = json("/api/compare?a=" + ServedRuns::run() + "&b=" + other);
  std::string differing;
  for (const Json& option : both["options"]) {
    if (option["differs"] == true) differing += option["name"].get<std::string>() + " ";
  }
  EXPECT_EQ(differing, "environment workload nemeses bugs seed nodes ");
  EXPECT_EQ(both["a"]["history"]["ops"], 0);
  EXPECT_EQ(both["b"]["history"]["functions"][0]["p50_ms"], 5.0);
  EXPECT_EQ(both["b"]["history"]["faults"], (Json{{"kill", 1}}));
  EXPECT_EQ(both["b"]["history"]["rate"], 0.5);
  EXPECT_EQ(both["a"]["checks"][1]["verdict"], "invalid");
}

TEST_F(Routing, ALiveRunGoesOnWhereItWasLeft) {
  const std::string live = "/api/live/" + ServedRuns::run() + "?from=";
  const Json first = json(live + "0");
  EXPECT_EQ(first["events"], 0);
  std::ofstream(runs_.root() / ServedRuns::run() / "history.jsonl", std::ios::app)
      << "[7,1,\"invoke\",\"read\"]\n";
  const Json second = json(live + std::to_string(first["next"].get<int>()));
  EXPECT_EQ(second["events"], 1);
  EXPECT_EQ(second["run"]["state"], "judged");
  for (const char* bad : {"x", "-1", "1x", "", "99999999999999999999"}) {
    EXPECT_EQ(get(live + bad).status, 400) << bad;
  }
  EXPECT_EQ(json(live + "18446744073709551615")["events"], 0) << "behind the end";
}

TEST_F(Routing, WhatIsDamagedIsSaidAndHurtsNobody) {
  const std::string run = "x/y";
  for (const char* bad :
       {"", "{", "[]", "null", "\xff", "{\"checks\":{\"a\":[1]},\"verdict\":7}"}) {
    runs_.write(run + "/test.json", bad);
    runs_.write(run + "/results.json", bad);
    runs_.write(run + "/history.jsonl", bad);
    for (const char* target :
         {"/api/runs", "/api/run/x/y", "/api/live/x/y", "/api/compare?a=x/y&b=x/y"}) {
      EXPECT_TRUE(json(target).is_object()) << target << " " << bad;
    }
  }
}

}  // namespace
}  // namespace faultline::serve

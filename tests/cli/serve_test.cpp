// faultline serve: the program as a user starts it, and a browser asks it.
#define BOOST_PROCESS_USE_STD_FS
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/process.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace asio = boost::asio;
namespace bp = boost::process;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::ordered_json;

constexpr int kPatience = 500;  // times 20 ms

// The program, serving what is in the scratch directory until the test ends.
class Serving {
 public:
  explicit Serving(const Program& program)
      : child_(FAULTLINE_PROGRAM, "serve", "--port", "0", bp::start_dir = program.path("").string(),
               bp::std_in<bp::null, bp::std_out> program.path("served").string()) {
    std::string out;
    for (int i = 0; i < kPatience && out.find('\n') == std::string::npos; ++i) {
      std::this_thread::sleep_for(milliseconds(20));
      out = slurp(program.path("served"));
    }
    const std::string begin = "http://127.0.0.1:";
    if (!out.starts_with(begin)) throw std::runtime_error("it says no address: " + out);
    port_ = out.substr(begin.size(), out.find('/', begin.size()) - begin.size());
  }
  ~Serving() {
    if (child_.running()) child_.terminate();
    child_.wait();
  }

  const std::string& port() const { return port_; }

  asio::ip::tcp::socket connect(asio::io_context& loop) const {
    asio::ip::tcp::socket socket(loop);
    socket.connect(
        {asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(std::stoi(port_))});
    return socket;
  }
  // The whole answer.
  std::string get(const std::string& target) const {
    asio::io_context loop;
    asio::ip::tcp::socket socket = connect(loop);
    asio::write(socket, asio::buffer("GET " + target +
                                     " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    std::string text;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(text), end);
    return text;
  }
  Json json(const std::string& target) const {
    const std::string text = get(target);
    return Json::parse(text.substr(text.find("\r\n\r\n") + 4));
  }

  int end_with(int signal) {
    ::kill(child_.id(), signal);
    child_.wait();
    return child_.exit_code();
  }

 private:
  bp::child child_;
  std::string port_;
};

TEST(Serve, ShowsWhatTestLeaves) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 3 --time-limit 5").code, 0);
  ASSERT_EQ(program.run("test --bug stale-read --seed 1").code, 1);
  Serving serving(program);
  EXPECT_THAT(serving.get("/"), StartsWith("HTTP/1.1 200"));
  const Json runs = serving.json("/api/runs")["runs"];
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0]["verdict"], "invalid");
  EXPECT_EQ(runs[1]["verdict"], "valid");
  EXPECT_EQ(runs[1]["seed"], "3");
  EXPECT_GT(runs[1]["ops"], 0);
  EXPECT_GE(runs[1]["seconds"], 5.0);
  const std::string first = runs[0]["id"];
  EXPECT_THAT(serving.get("/runs/" + first + "/counterexample.txt"), HasSubstr("Not linearizable"));
  EXPECT_THAT(serving.get("/runs/" + first + ".zip"), HasSubstr("PK"));
  const Json both =
      serving.json("/api/compare?a=" + first + "&b=" + runs[1]["id"].get<std::string>());
  EXPECT_EQ(both["a"]["history"]["ops"], runs[0]["ops"]);
  EXPECT_EQ(both["b"]["history"]["ops"], runs[1]["ops"]);
}

TEST(Serve, TheListIsAsTheSchemaSays) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 3 --time-limit 5").code, 0);
  ASSERT_EQ(program.run("test --bug stale-read --seed 1").code, 1);
  for (const std::string run : {"results/n/begun/", "results/n/damaged/", "results/n/cut/"}) {
    std::filesystem::create_directories(program.path(run));
    program.write(run + "test.json", R"({"target": "raft"})");
  }
  program.write("results/n/damaged/results.json", "{");
  program.write("results/n/cut/history.jsonl", "");
  const Serving serving(program);
  const auto valid = [&](const Json& document, const std::string& option = "") {
    program.write("list.json", document.dump());
    const std::string source = FAULTLINE_SOURCE_DIR;
    return program.shell("/usr/bin/python3 " + source + "/tests/cli/validate_json.py " + option +
                         " " + source +
                         "/harness/report/results.schema.json served-runs list.json");
  };
  Json list = serving.json("/api/runs");
  EXPECT_EQ(list["runs"].size(), 5U);
  const Ended ended = valid(list);
  if (ended.code == 77) GTEST_SKIP() << "needs Debian's python3-jsonschema";
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(valid(serving.json("/api/runs?newest=2")).code, 0);
  list["runs"][0]["surprise"] = 1;
  EXPECT_EQ(valid(list, "--none").code, 0) << "it would be found";
}

TEST(Serve, FollowsARunAsItGoes) {
  const Program program;
  std::filesystem::create_directory(program.path("results"));
  Serving serving(program);
  bp::child test(FAULTLINE_PROGRAM, "test", "--env", "local", "--nodes", "3", "--time-limit", "6",
                 "--rate", "5", bp::start_dir = program.path("").string(), bp::std_out > bp::null,
                 bp::std_err > bp::null);
  Json runs;
  for (int i = 0; i < kPatience && runs.empty() && test.running(); ++i) {
    std::this_thread::sleep_for(milliseconds(20));
    runs = serving.json("/api/runs")["runs"];
  }
  if (runs.empty()) {
    test.wait();
    GTEST_SKIP() << "there are no namespaces here";
  }
  const std::string live = "/api/live/" + runs[0]["id"].get<std::string>() + "?from=";
  std::uint64_t next = 0;
  std::uint64_t events = 0;
  bool seen_running = false;
  std::string state;
  for (int i = 0; i < 2 * kPatience && state != "judged" && state != "cut-short"; ++i) {
    const Json look = serving.json(live + std::to_string(next));
    next = look["next"];
    events += look.value("events", std::uint64_t{0});
    state = look["run"]["state"];
    seen_running = seen_running || (state == "running" && events > 0);
    std::this_thread::sleep_for(milliseconds(20));
  }
  test.wait();
  if (test.exit_code() >= 254) GTEST_SKIP() << "there are no namespaces here";
  EXPECT_EQ(state, "judged");
  EXPECT_TRUE(seen_running) << "with operations, before it ended";
  const std::string history = slurp(program.latest("history.jsonl"));
  EXPECT_EQ(next, history.size());
  EXPECT_EQ(events, std::count(history.begin(), history.end(), '\n') - 1) << "each seen once";
}

TEST(Serve, EndsCleanlyOnASignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Program program;
    std::filesystem::create_directory(program.path("results"));
    Serving serving(program);
    EXPECT_EQ(serving.end_with(signal), 0) << signal;
  }
}

TEST(Serve, EndsOnASignalWhileAZipIsSent) {
  const Program program;
  const std::string run = "results/n/20260101T000000.000Z/";
  std::filesystem::create_directories(program.path(run));
  program.write(run + "test.json", "{}");
  std::filesystem::resize_file(program.path(run + "test.json"), std::uintmax_t{1} << 40U);
  Serving serving(program);
  asio::io_context loop;
  asio::ip::tcp::socket socket = serving.connect(loop);
  asio::write(socket, asio::buffer(std::string("GET /runs/n/20260101T000000.000Z.zip HTTP/1.1\r\n"
                                               "Host: localhost\r\n\r\n")));
  std::string begin(1000, ' ');
  asio::read(socket, asio::buffer(begin));
  EXPECT_THAT(begin, StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(serving.end_with(SIGINT), 0);
}

TEST(Serve, SaysWhatItCannotServe) {
  const Program program;
  const Ended missing = program.run("serve --results nowhere");
  EXPECT_EQ(missing.code, 254);
  EXPECT_THAT(missing.err, HasSubstr("nowhere: cannot be served: No such file or directory"));
  std::filesystem::create_directory(program.path("results"));
  const Serving serving(program);
  const Ended taken = program.run("serve --port " + serving.port());
  EXPECT_EQ(taken.code, 254);
  EXPECT_THAT(taken.err, HasSubstr(serving.port() + ": cannot listen there: Address already in"));
  for (const char* bad : {"--port 65536", "--port x", "--address everywhere", "--host ,"}) {
    const Ended ended = program.run(std::string("serve ") + bad);
    EXPECT_EQ(ended.code, 254) << bad << ended.out;
  }
}

}  // namespace
}  // namespace faultline

#include "harness/environments/sim/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/environments/sim/sim_environment.hpp"
#include "tests/harness/environments/sim/scripted_node.hpp"

namespace faultline::sim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr LinkBehaviour kPerfect{kMillisecond, 0, 0, 0, 0, 0};

struct TraceTest : testing::Test {
  const fs::path directory =
      fs::temp_directory_path() / ("faultline-trace-test-" + std::to_string(::getpid()));
  Script script;

  void SetUp() override { fs::create_directory(directory); }
  void TearDown() override { fs::remove_all(directory); }

  // A request that makes n1 send two messages, the second of them to a node that is down.
  void run(bool traced) {
    SimEnvironment environment(3, kPerfect, Rng(1), traced);
    ASSERT_TRUE(environment.prepare(directory.string()));
    const Powers powers = environment.powers();
    ASSERT_TRUE(
        powers.hosting->install({[this](NodeId, int, Rng) { return scripted_node(script); }, {}}));
    powers.processes->kill(2);
    powers.processes->pause(1);
    powers.processes->resume(1);
    const auto main = [](HostingPower& hosting) -> Task<> {
      co_await hosting.request(0, "send:2:a send:3:b reply:yes", kSecond);
    };
    environment.run(main(*powers.hosting));
    environment.run(sleep_until(environment.clock(), kSecond));
  }

  std::string trace() const {
    std::ostringstream text;
    text << std::ifstream(directory / kTraceFile).rdbuf();
    return text.str();
  }
};

TEST_F(TraceTest, SaysWhatBecameOfEveryMessage) {
  run(true);
  EXPECT_THAT(trace(), testing::StartsWith("{\"faultline-trace\":1,\"nodes\":3}\n"));
  EXPECT_THAT(trace(), HasSubstr(R"({"at":0,"sent":1,"from":-1,"to":0,"text":"request 1"})"));
  EXPECT_THAT(trace(), HasSubstr(R"({"at":1000000,"arrived":1})"));
  EXPECT_THAT(trace(), HasSubstr(R"({"at":1000000,"sent":2,"from":0,"to":1,"text":"message"})"));
  EXPECT_THAT(trace(), HasSubstr(R"({"at":2000000,"arrived":2})"));
  EXPECT_THAT(trace(), HasSubstr(R"({"at":2000000,"lost":3,"why":"the node is down"})"));
  EXPECT_THAT(trace(), HasSubstr(R"("from":0,"to":-1,"text":"answer 1"})"));
}

TEST_F(TraceTest, SaysWhatNodesAre) {
  run(true);
  EXPECT_THAT(trace(), HasSubstr(R"({"at":0,"node":2,"is":"up"})"));
  EXPECT_THAT(trace(), HasSubstr(R"({"at":0,"node":2,"is":"down"})"));
  EXPECT_THAT(trace(), HasSubstr(R"({"at":0,"node":1,"is":"paused"})"));
  EXPECT_THAT(trace(), HasSubstr(R"({"at":0,"node":1,"is":"resumed"})"));
  EXPECT_THAT(trace(), HasSubstr(R"("term":7,)")) << "the status of a scripted node";
}

TEST_F(TraceTest, WithoutOneNothingIsWritten) {
  run(false);
  EXPECT_TRUE(fs::is_empty(directory));
}

TEST_F(TraceTest, AFileThatCannotBeWrittenIsAnError) {
  SimEnvironment environment(3, kPerfect, Rng(1), true);
  const auto prepared = environment.prepare((directory / "missing").string());
  ASSERT_FALSE(prepared);
  EXPECT_THAT(prepared.error().message, HasSubstr("missing/trace.jsonl: cannot write the trace"));
}

}  // namespace
}  // namespace faultline::sim

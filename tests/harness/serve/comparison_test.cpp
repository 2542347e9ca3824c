#include "harness/serve/comparison.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "harness/serve/router.hpp"
#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

using namespace std::chrono_literals;

// So many operations one after the other, each of a millisecond.
std::string operations(int count) {
  std::string journal;
  for (int i = 0; i < count; ++i) {
    const std::string time = std::to_string(i);
    journal += "[" + time + "000000,0,\"invoke\",\"read\",0]\n";
    journal += "[" + time + "900000,0,\"ok\",\"read\",0,1]\n";
  }
  return journal;
}

TEST(Comparison, CountsSoMuchOfAHistoryAndSaysHowMuch) {
  const ServedRuns runs;
  const std::string journal = operations(1000);
  runs.add_run(ServedRuns::run(), journal);
  const ResultsTree tree = runs.tree();
  const RunId run{"raft-register", "20261127T122656.973Z"};
  ASSERT_EQ(run.path(), ServedRuns::run());

  const Json whole = examine(tree, run, {})["history"];
  EXPECT_EQ(whole["ops"], 1000);
  EXPECT_EQ(whole["read"], whole["size"]);
  const Json half = examine(tree, run, {}, journal.size() / 2)["history"];
  EXPECT_NEAR(half["ops"].get<int>(), 500, 20);
  EXPECT_EQ(half["read"], journal.size() / 2);
  EXPECT_EQ(half["size"], whole["size"]);
  EXPECT_EQ(half["damaged"], 0);
}

TEST(Comparison, ALaterTermOfTheSameNodeIsNoOtherLeader) {
  const ServedRuns runs;
  runs.add_run(ServedRuns::run(), R"([1,"nemesis","info","leader",null,["n1",1]]
[2,"nemesis","info","leader",null,["n1",4]]
[3,"nemesis","info","leader",null,["n2",5]]
)");
  const ResultsTree tree = runs.tree();
  EXPECT_EQ(examine(tree, {kName, kTime}, {})["history"]["leaders"], 2);
}

// Until somebody has been told to try again, by us or by the other one: with comparisons made
// without a pause on both sides that is soon.
TEST(Comparison, OneIsMadeAtATimeAndTheOthersTryAgain) {
  const ServedRuns runs;
  runs.add_run(ServedRuns::run(), operations(20'000));
  const ResultsTree tree = runs.tree();
  Router router(tree, {});
  std::atomic<int> busy = 0;
  std::atomic<int> compared = 0;
  const auto ask = [&] {
    Request request;
    request.target = "/api/compare?a=" + ServedRuns::run() + "&b=" + ServedRuns::run();
    request.host = "localhost";
    request.local_address = "127.0.0.1";
    const Response response = router.answer(request);
    ++(response.status == 503 ? busy : compared);
    if (response.status != 503) {
      EXPECT_EQ(response.status, 200);
    } else {
      ASSERT_NE(response.header("Retry-After"), nullptr);
    }
  };
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  const auto ask_on = [&] {
    while (busy == 0 && std::chrono::steady_clock::now() < give_up) ask();
  };
  std::thread other(ask_on);
  ask_on();
  other.join();
  EXPECT_GT(busy, 0);
  const int before = compared;
  ask();
  EXPECT_EQ(compared, before + 1) << "it is nobody's turn any more";
}

}  // namespace
}  // namespace faultline::serve

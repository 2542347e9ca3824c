#include "harness/serve/live.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/serve/router.hpp"
#include "harness/serve/tally.hpp"
#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

const std::vector<FaultKind> kKinds = {{"kill", "kill", "start"}, {"pause", "pause", "resume"}};

Json look(const std::string& history, std::uint64_t from = 0) {
  const ServedRuns runs;
  runs.write("h", history);
  const ResultsTree tree = runs.tree();
  return look_at(*tree.file("h"), from, kKinds);
}

Json tally(const std::string& history) {
  const ServedRuns runs;
  runs.write("h", history);
  const ResultsTree tree = runs.tree();
  Tally tally(kKinds);
  each_event(*tree.file("h"), 0, 1U << 30U,
             [&](const Event& event, std::string_view) { tally.add(event); });
  return tally.to_json();
}

TEST(Live, CountsOutcomesByTheSecond) {
  const Json json = look(R"([100000000,1,"invoke","read"]
[200000000,1,"ok","read",null,1]
[900000000,2,"fail","cas",null,[1,2]]
[2500000000,3,"info","write",null,1,"timeout"]
)");
  EXPECT_EQ(json["seconds"], Json::parse("[[0,1,1,0],[2,0,0,1]]"));
  EXPECT_EQ(json["time"], 2.5);
  EXPECT_EQ(json["events"], 4);
  EXPECT_EQ(json["lines"].size(), 4U);
}

TEST(Live, KnowsWhichFaultsAreOpen) {
  const std::string strike = R"([1000000000,"nemesis","info","kill",null,"n1"])"
                             "\n";
  const std::string failed = R"([2000000000,"nemesis","info","kill",null,"n2","no leader known"])"
                             "\n";
  const std::string cure = R"([3000000000,"nemesis","info","start",null,"n1"])"
                           "\n";
  EXPECT_EQ(look(R"([1,"nemesis","invoke","kill",null,"n1"])"
                 "\n")["faults"],
            Json::array())
      << "not yet";
  Json json = look(strike + failed)["faults"][0];
  EXPECT_EQ(json["kind"], "kill");
  EXPECT_EQ(json["open"], true);
  EXPECT_EQ(json["strikes"], 1);
  EXPECT_EQ(json["what"], "n1");
  EXPECT_EQ(json["time"], 1.0);
  EXPECT_EQ(look(strike + cure)["faults"][0]["open"], false);
  EXPECT_EQ(look(failed)["faults"], Json::array());
}

TEST(Live, AStrikeOfWhichNobodyKnowsMayHaveBeen) {
  const Json json = look(R"([1000000000,"nemesis","info","kill",null,"n1","unknown: timeout"])"
                         "\n")["faults"];
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["open"], true);
  EXPECT_EQ(json[0]["strikes"], 1);
}

TEST(Live, WhatIsOverAtOnceIsAFaultToo) {
  const Json json = look(R"([1000000000,"nemesis","info","restart",null,"n1"]
[2000000000,"nemesis","info","restart",null,"n2"]
[3000000000,"nemesis","info","restart",null,"leader","no leader known"]
)")["faults"];
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["kind"], "restart");
  EXPECT_EQ(json[0]["strikes"], 2);
  EXPECT_EQ(json[0]["open"], false);
  EXPECT_EQ(json[0]["what"], "n2");
}

TEST(Live, KnowsTheLeaders) {
  const Json json = look(R"([427848456,"nemesis","invoke","leader",null,"n1"]
[427848456,"nemesis","info","leader",null,"n1"]
[1000000000,"nemesis","info","leader",null,["n4",7]]
)");
  EXPECT_EQ(json["elections"], 2);
  EXPECT_EQ(json["leaders"][1], Json::parse(R"([1.0,"n4, term 7"])"));
}

// As the page does it: looks as long as there is more, and a run that was judged no further.
TEST(Live, AJudgedRunIsSeenToItsEnd) {
  constexpr int kEvents = 60'000;
  std::string history;
  for (int i = 1; i <= kEvents; ++i) {
    history += "[" + std::to_string(i * 1000000LL) + ",1,\"ok\",\"write\",null,\"" +
               std::string(40, 'x') + "\"]\n";
  }
  ASSERT_GT(history.size(), std::size_t{4} << 20U);
  ASSERT_LT(history.size(), (std::size_t{4} << 20U) + (std::size_t{512} << 10U));
  const ServedRuns runs;
  runs.add_run(ServedRuns::run(), history);
  const ResultsTree tree = runs.tree();
  Router router(tree, kKinds);
  std::uint64_t seen = 0;
  Json json{{"next", 0}, {"more", true}};
  for (int looks = 0; looks < 10 && json["more"] == true; ++looks) {
    Request request;
    request.host = "localhost";
    request.target = "/api/live/" + ServedRuns::run() + "?from=" + json["next"].dump();
    Response response = router.answer(request);
    ASSERT_EQ(response.status, 200);
    json = Json::parse(body_of(response));
    seen += json["events"].get<std::uint64_t>();
  }
  EXPECT_EQ(seen, kEvents);
  EXPECT_EQ(json["next"], json["size"]);
  EXPECT_EQ(json["run"]["state"], "judged");
  EXPECT_EQ(json["more"], false);
}

// However much is left of a line that is being written: no look is asked for in vain.
TEST(Live, AnUnfinishedLineIsNoMore) {
  const std::string line = "[1,1,\"ok\",\"read\"]\n";
  const Json json = look(line + "[2,1,\"ok\",\"" + std::string(600'000, 'x'));
  EXPECT_EQ(json["next"], line.size());
  EXPECT_EQ(json["more"], false);
}

TEST(Tally, LatenciesAreOfWhatWasOkAndOfTheSameProcess) {
  std::string history;
  for (int i = 1; i <= 100; ++i) {
    const std::string process = std::to_string(i % 3);
    history += "[" + std::to_string(i * 1000000000LL) + "," + process + ",\"invoke\",\"read\"]\n";
    history += "[" + std::to_string(i * 1000000000LL + i * 1000000) + "," + process +
               ",\"ok\",\"read\",null,1]\n";
  }
  history += "[101000000000,7,\"invoke\",\"read\"]\n[109000000000,7,\"fail\",\"read\",null,1]\n";
  const Json json = tally(history);
  const Json& read = json["functions"][0];
  EXPECT_EQ(read["ok"], 100);
  EXPECT_EQ(read["fail"], 1);
  EXPECT_EQ(read["p50_ms"], 50.0);
  EXPECT_EQ(read["p99_ms"], 99.0);
  EXPECT_EQ(read["max_ms"], 100.0) << "what failed took longer";
  EXPECT_EQ(json["seconds"], 109.0);
  std::uint64_t ops = 0;
  for (const Json& bin : json["bins"]) {
    for (const Json& count : bin) ops += count.get<std::uint64_t>();
  }
  EXPECT_EQ(ops, 101U) << "each is in one bin";
}

TEST(Tally, FaultsAreCountedByKindAndMarksAreNone) {
  const Json json = tally(R"([1,"nemesis","info","kill",null,"n1"]
[2,"nemesis","info","kill",null,"n1"]
[3,"nemesis","info","restart",null,"n1"]
[4,"nemesis","info","kill",null,"n1","no leader known"]
[5,"nemesis","info","start",null,"n1"]
[6,"nemesis","info","leader",null,"n1"]
[7,"nemesis","info","await-election",null,1]
[8,"nemesis","info","healed"]
[9,"nemesis","info","died",null,"n1"]
[10,"nemesis","info","finished"]
)");
  EXPECT_EQ(json["faults"], (Json{{"kill", 2}, {"restart", 1}}));
  EXPECT_EQ(json["leaders"], 1);
}

TEST(Tally, AFaultOfWhichNobodyKnowsMayHaveBeen) {
  const Json json = tally(R"([1,"nemesis","info","kill",null,"n1","unknown: timeout"]
[2,"nemesis","info","kill",null,"n1","no such node"]
[3,"nemesis","info","start",null,"n1","unknown: timeout"]
)");
  EXPECT_EQ(json["faults"], (Json{{"kill", 1}}));
}

// Names in a history are a stranger's, and the table of symbols lets go of none.
TEST(Tally, LongNamesAreNotKept) {
  const std::string name = "long-name-" + std::string(200, 'x');
  EXPECT_EQ(nemesis_op({0, kNemesis, OpType::info, name, name, Value()}).f.name().size(), 32U);
  const Json json = tally("[1,\"nemesis\",\"info\",\"" + name + "\"]\n");
  EXPECT_EQ(json["faults"], (Json{{name, 1}}));
}

// Times that no run has: nothing grows with them.
TEST(Tally, AbsurdTimesAreHarmless) {
  const std::string most = "9223372036854775807";
  const Json json = tally("[" + most + ",1,\"ok\",\"read\"]\n[-5,1,\"ok\",\"read\"]\n");
  EXPECT_EQ(json["ops"], 2);
  EXPECT_LE(json["bins"].size(), 130U);
}

}  // namespace
}  // namespace faultline::serve

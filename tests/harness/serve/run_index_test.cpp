#include "harness/serve/run_index.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

Json rows(RunIndex& index) {
  return Json::parse(index.list())["runs"];
}

// As if nothing had changed in it for an hour, so that it may be remembered.
void settle(const fs::path& directory, int hours_ago = 1) {
  static const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(directory, now - hours(hours_ago));
}

TEST(RunIndex, TheNewestIsFirstWithAllThatIsKnown) {
  const ServedRuns runs;
  runs.add_run("b/20260101T000000.000Z", "[61500000000,3,\"ok\",\"read\"]\n[99");
  runs.add_run("a/20260102T000000.000Z");
  fs::create_symlink("20260102T000000.000Z", runs.root() / "a/latest");
  runs.write("not-a-run/x/y", "");
  const ResultsTree tree = runs.tree();
  RunIndex index(tree);
  const Json list = rows(index);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["name"], "a");
  const Json& run = list[1];
  EXPECT_EQ(run["id"], "b/20260101T000000.000Z");
  EXPECT_EQ(run["state"], "judged");
  EXPECT_EQ(run["verdict"], "invalid");
  EXPECT_EQ(run["reason"], "key 0: <b>no</b>");
  EXPECT_EQ(run["target"], "raft");
  EXPECT_EQ(run["nemeses"], (Json{"kill", "pause"}));
  EXPECT_EQ(run["bugs"], (Json{"stale-read"}));
  EXPECT_EQ(run["seed"], "18446744073709551615") << "more than a page's numbers can hold";
  EXPECT_EQ(run["ops"], 4);
  EXPECT_EQ(run["seconds"], 61.5) << "of the last whole line";
  EXPECT_EQ(describe_run(tree, {"a", "20260102T000000.000Z"})["report"], false);
}

TEST(RunIndex, IsReadAgainWhenTheDirectoryChanges) {
  const ServedRuns runs;
  const std::string run = ServedRuns::run();
  runs.add_run(run);
  const ResultsTree tree = runs.tree();
  RunIndex index(tree);
  settle(runs.root() / run, 2);
  EXPECT_EQ(rows(index)[0]["verdict"], "invalid");
  runs.write(run + "/results.json", R"({"verdict":"valid"})");
  settle(runs.root() / run, 2);
  EXPECT_EQ(rows(index)[0]["verdict"], "invalid") << "as remembered: nothing says it changed";
  settle(runs.root() / run, 1);
  EXPECT_EQ(rows(index)[0]["verdict"], "valid");
  fs::remove_all(runs.root() / run);
  EXPECT_EQ(rows(index).size(), 0U);
}

TEST(RunIndex, WhatHasJustChangedIsNotRemembered) {
  const ServedRuns runs;
  const std::string run = ServedRuns::run();
  runs.add_run(run);
  const ResultsTree tree = runs.tree();
  RunIndex index(tree);
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(runs.root() / run, now);
  EXPECT_EQ(rows(index)[0]["verdict"], "invalid");
  runs.write(run + "/results.json", R"({"verdict":"valid"})");
  fs::last_write_time(runs.root() / run, now);  // within one tick of the clock
  EXPECT_EQ(rows(index)[0]["verdict"], "valid");
}

TEST(RunIndex, TellsARunInProgressFromOneThatWasCutShort) {
  const ServedRuns runs;
  const std::string run = ServedRuns::run();
  const fs::path history = runs.root() / run / "history.jsonl";
  const ResultsTree tree = runs.tree();
  RunIndex index(tree);
  const auto state = [&] { return rows(index)[0]["state"].get<std::string>(); };
  runs.write(run + "/test.json", kPlan);
  EXPECT_EQ(state(), "running") << "it is about to begin";
  runs.write(run + "/history.jsonl", std::string(kHeader) + "[5,1,\"invoke\",\"read\"]\n");
  EXPECT_EQ(state(), "cut-short") << "nobody writes there";
  {
    const FileDescriptor writer(::open(history.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    EXPECT_EQ(state(), "running");
  }
  runs.write(run + "/history.jsonl",
             std::string(kHeader) + "[6,\"nemesis\",\"info\",\"finished\"]\n");
  EXPECT_EQ(state(), "judging");
  fs::last_write_time(history, fs::file_time_type::clock::now() - hours(1));
  EXPECT_EQ(state(), "cut-short") << "nobody judges for so long";
}

// Minutes may go by in which nobody has anything to record.
TEST(RunIndex, WhoIsQuietForLongButWritesHasNotGone) {
  const ServedRuns runs;
  const std::string run = ServedRuns::run();
  const fs::path history = runs.root() / run / "history.jsonl";
  const ResultsTree tree = runs.tree();
  const auto state = [&](const std::string& text) {
    runs.write(run + "/history.jsonl", kHeader + text);
    const FileDescriptor writer(::open(history.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    fs::last_write_time(history, fs::file_time_type::clock::now() - hours(1));
    return describe_run(tree, {kName, kTime})["state"].get<std::string>();
  };
  EXPECT_EQ(state("[5,1,\"invoke\",\"read\"]\n"), "running");
  EXPECT_EQ(state("[6,\"nemesis\",\"info\",\"finished\"]\n"), "judging");
  EXPECT_EQ(describe_run(tree, {kName, kTime})["state"], "cut-short") << "now nobody writes there";
}

TEST(RunIndex, TheLastLineMayBeLong) {
  const ServedRuns runs;
  const std::string run = ServedRuns::run();
  const ResultsTree tree = runs.tree();
  const auto seconds = [&](const std::string& history) {
    runs.add_run(run, history);
    return describe_run(tree, {kName, kTime}).value("seconds", Json());
  };
  const auto line = [](int time, std::size_t length) {
    return fmt::format("[{}000000000,1,\"ok\",\"read\",null,\"{}\"]\n", time,
                       std::string(length, 'x'));
  };
  const std::size_t megabyte = std::size_t{1} << 20U;
  for (const std::size_t length : {std::size_t{5000}, std::size_t{100'000}, 3 * megabyte}) {
    EXPECT_EQ(seconds(line(1, 10) + line(2, length)), 2.0) << length;
    EXPECT_EQ(seconds(line(1, 10) + line(2, length) + line(3, length).substr(0, length)), 2.0)
        << length << ": the last is not whole";
  }
  // Not the end of a line, whatever it looks like.
  const std::string looks_like_a_line =
      fmt::format("{},[7000000000,{}]]\n", std::string(5000, '1'), std::string(4096 - 15, '1'));
  EXPECT_EQ(seconds("[4000000000,1,\"ok\",\"read\",null,[" + looks_like_a_line), 4.0);
  EXPECT_EQ(seconds(line(5, 20 * megabyte)), Json()) << "nobody waits for it";
}

// Read by several threads, in an order of their own.
TEST(RunIndex, ManyRunsAreInOrderEachWithItsOwn) {
  const ServedRuns runs;
  constexpr int kRuns = 1000;
  for (int i = 0; i < kRuns; ++i) {
    const std::string time = fmt::format("20260101T00{:04}.000Z", i);
    runs.write(fmt::format("name{}/{}/test.json", i % 3, time), fmt::format(R"({{"seed":{}}})", i));
    runs.write(fmt::format("name{}/{}/results.json", i % 3, time), R"({"verdict":"valid"})");
    settle(runs.root() / fmt::format("name{}/{}", i % 3, time));
  }
  const ResultsTree tree = runs.tree();
  RunIndex index(tree);
  const auto seeds_of = [](const Json& list) {
    std::vector<int> seeds;
    for (const Json& run : list) seeds.push_back(std::stoi(run["seed"].get<std::string>()));
    return seeds;
  };
  std::vector<int> expected(kRuns);
  std::iota(expected.rbegin(), expected.rend(), 0);
  const std::vector<int> newest(expected.begin(), expected.begin() + 10);
  EXPECT_EQ(seeds_of(Json::parse(index.list(10))["runs"]), newest);
  EXPECT_EQ(seeds_of(rows(index)), expected) << "read";
  EXPECT_EQ(seeds_of(rows(index)), expected) << "remembered";
  fs::remove_all(runs.root() / "name0");
  EXPECT_EQ(rows(index).size(), 666U);
}

TEST(RunIndex, ForTheNewestTheOthersAreNotRead) {
  const ServedRuns runs;
  for (int i = 0; i < 2000; ++i) runs.add_run(fmt::format("n/20260101T00{:04}.000Z", i));
  const ResultsTree tree = runs.tree();
  RunIndex index(tree);
  const auto time_of = [&](std::optional<std::size_t> most) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Json::parse(index.list(most))["runs"].size(), most.value_or(2000));
    return std::chrono::steady_clock::now() - begin;
  };
  auto newest = time_of(20);
  for (int i = 0; i < 5; ++i) newest = std::min(newest, time_of(20));
  EXPECT_LT(newest, time_of({}) / 4);
}

// The names are those of a run's folder, which anybody who can write there chooses.
TEST(RunIndex, HostileNamesStayText) {
  const ServedRuns runs;
  runs.add_run("<img src=x onerror=alert(1)>/\"'&\xff\n");
  const ResultsTree tree = runs.tree();
  RunIndex index(tree);
  const Json list = rows(index);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["name"], "<img src=x onerror=alert(1)>");
  EXPECT_EQ(list[0]["id"], "%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E/%22%27%26%FF%0A");
}

}  // namespace
}  // namespace faultline::serve

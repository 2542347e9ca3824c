// What the finding benchmark counts, and how it calls what it found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/bench/finding_search.hpp"
#include "tests/bench/finding_table.hpp"
#include "tests/bench/workers.hpp"

namespace faultline::bench {
namespace {

using testing::HasSubstr;

Found caught_in(int runs, const char* anomaly) {
  Found found;
  found.caught = true;
  found.runs = runs;
  found.virtual_seconds = 60.0 * runs;
  found.wall_seconds = 2;
  found.cpu_seconds = 1;
  found.anomaly = anomaly;
  return found;
}

TEST(FindingTable, HasMediansAndWhatWasFoundMostOftenFirst) {
  const BugRow row{{"raft", "b"},
                   {caught_in(3, "recovery"), caught_in(1, "stale"), caught_in(20, "stale")}};
  EXPECT_THAT(markdown({row}, {}),
              HasSubstr("| raft | `b` | 3 of 3 | 3 / 20 | 180 / 1200 | 2 / 2 | "
                        "1 / 1 | stale (2), recovery (1) |"));
}

TEST(FindingTable, ASearchInVainIsLongerThanAnyOther) {
  Found vain;
  vain.runs = 1;
  const BugRow row{{"raft", "b"}, {vain, caught_in(5, "x"), caught_in(9, "x")}};
  EXPECT_THAT(markdown({row}, {}), HasSubstr("| 2 of 3 | 9 / - |"));
}

TEST(FindingTable, CountsFalseAlarms) {
  const std::string text = markdown({}, {{"raft", 10, 1, {caught_in(1, "x"), caught_in(1, "x")}}});
  EXPECT_THAT(text, HasSubstr("| raft | 10 | 2 | 1 |"));
}

TEST(Workers, EachPieceIsDoneOnceAndABrokenProcessIsTold) {
  std::map<std::size_t, std::optional<std::string>> all;
  work_apart(
      3, 8,
      [](std::size_t i) {
        if (i == 5) throw std::runtime_error("broken on purpose");
        return std::string(100'000, static_cast<char>('a' + i));
      },
      [&](std::size_t i, std::optional<std::string> text) {
        EXPECT_TRUE(all.emplace(i, std::move(text)).second);
      });
  ASSERT_EQ(all.size(), 8U);
  for (const auto& [i, text] : all) {
    if (i == 5) {
      EXPECT_FALSE(text);
    } else {
      EXPECT_EQ(text, std::string(100'000, static_cast<char>('a' + i)));
    }
  }
}

// write 1 and write 2, one after the other, then a read of `value`; a core of them all.
struct Example {
  explicit Example(const Value& value) {
    add(0, f::kWrite, 1);
    add(1, f::kWrite, 2);
    add(0, f::kRead, value);
    Report part;
    part.checker = "linearizable";
    part.verdict = Verdict::invalid;
    part.evidence = Evidence{"cas-register", {}, false, {}};
    part.evidence->parts.push_back({{}, Verdict::invalid, {}, Core{0, Core::kEnd, {0, 2, 4}}, ""});
    Report stats;
    stats.checker = "stats";
    stats.verdict = Verdict::valid;
    report.parts = {stats, part};
  }
  void add(Process process, Symbol function, const Value& value) {
    Op op = invocation(function, function == f::kRead ? Value() : value);
    op.process = process;
    history.push_back(op);
    op.type = OpType::ok;
    op.value = value;
    history.push_back(op);
  }
  History history;
  Report report;
};

TEST(Anomaly, IsOfTheOpThatCompletedLast) {
  const auto of = [](const Value& value) {
    const Example example(value);
    return anomaly(example.report, example.history);
  };
  EXPECT_EQ(of(1), "linearizable: read of an old value");
  EXPECT_EQ(of(7), "linearizable: read of no written value");
  EXPECT_EQ(of(Value()), "linearizable: read of nothing after a write");
}

TEST(Anomaly, WithoutACoreIsTheChecker) {
  Example example(1);
  example.report.parts[1].evidence.reset();
  EXPECT_EQ(anomaly(example.report, example.history), "linearizable");
}

TEST(Search, EndsWithTheFirstRunThatIsInvalid) {
  const Search what{{"raft", "follower-read"}, 1, 50, ""};
  const Found found = search(what);
  EXPECT_TRUE(found.caught);
  EXPECT_LE(found.runs, 50);
  EXPECT_THAT(found.anomaly, HasSubstr("read of an old value"));
  EXPECT_THAT(found.repeat, HasSubstr("--bug follower-read"));
  const Found again = search(what);
  EXPECT_EQ(again.runs, found.runs);
  EXPECT_EQ(again.repeat, found.repeat);
  const Found back = found_from_json(to_json(found));
  EXPECT_EQ(back.runs, found.runs);
  EXPECT_EQ(back.repeat, found.repeat);
}

TEST(Search, OfNoBugFindsNothing) {
  const Found found = search({{"raft", ""}, 1, 3, "--no-swarm --time-limit 5"});
  EXPECT_FALSE(found.caught);
  EXPECT_EQ(found.runs, 3);
  EXPECT_GT(found.virtual_seconds, 15);
}

}  // namespace
}  // namespace faultline::bench

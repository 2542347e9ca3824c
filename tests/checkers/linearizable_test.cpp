#include "checkers/linearizable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "checkers/models/models.hpp"
#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

Report check(const char* model, std::string_view initial, const History& history) {
  const Model& found = *find_model(model);
  return make_linearizable(found, *found.parse_initial(initial))->check(history);
}

TEST(Linearizable, DecidesKeyByKeyAndNamesTheFailingOnes) {
  HistoryBuilder history;
  history.key(1).done(0, "write", 1).done(0, "read", 1);
  history.key(2).done(0, "write", 1).done(0, "read", 2);
  history.key(3).done(0, "read").done(1, "read", 5);
  const Report report = check("register", "nil", history);
  EXPECT_EQ(report.checker, "linearizable");
  EXPECT_EQ(report.verdict, Verdict::invalid);
  EXPECT_EQ(report.reason,
            "key 2: read by process 0 returned 2, but when it ran the register could only be 1");
  EXPECT_THAT(report.facts, Contains(Pair("keys", Value(3))));
  EXPECT_THAT(report.facts, Contains(Pair("ops", Value(6))));
  EXPECT_THAT(report.facts, Contains(Pair("invalid_keys", Value(2, 3))));
  EXPECT_THAT(report.text, HasSubstr("Also not linearizable: key 3\n"));
}

TEST(Linearizable, AHistoryThatCannotBeCheckedIsUnknown) {
  const Report report = check("register", "nil", HistoryBuilder().done(0, "cas", Value(1, 2)));
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_THAT(report.reason, HasSubstr("op 0: the model register does not know cas"));
  EXPECT_THAT(check("kv-append", "empty", HistoryBuilder().done(0, "put", "a")).reason,
              HasSubstr("needs a key"));
}

TEST(Linearizable, AKeyThatMakesNoSenseDoesNotMaskAnInvalidOne) {
  for (const bool first : {true, false}) {
    HistoryBuilder history;
    if (first) history.key(1).done(0, "cas", "nonsense");
    history.key(2).done(0, "write", 1).done(0, "read", 2);
    if (!first) history.key(3).done(0, "cas", "nonsense");
    EXPECT_EQ(check("cas-register", "nil", history).verdict, Verdict::invalid);
  }
}

TEST(Linearizable, NoOpsAreLinearizable) {
  EXPECT_EQ(check("register", "nil", {}).verdict, Verdict::valid);
}

TEST(Counterexample, ByLineOfTheHistory) {
  const Report report = check("cas-register", "0",
                              HistoryBuilder()
                                  .invoke(9, "write", 7)
                                  .info(9, "write", 7)
                                  .invoke(0, "write", 4)
                                  .invoke(3, "read")
                                  .ok(0, "write", 4)
                                  .ok(3, "read", 4)
                                  .done(0, "cas", Value(4, 2))
                                  .invoke(7, "read")
                                  .invoke(0, "write", 3)
                                  .info(0, "write", 3)
                                  .ok(7, "read", 4));
  EXPECT_EQ(report.text, R"(Not linearizable: model cas-register, initially 0

  read by process 7 returned 4, but when it ran the register could only be 2, 3 or 7.

The operations around it, by line (the order is exact, distances are not; |--> outcome unknown):

  process 0  |-write 4-| |-cas 4->2-| |-write 3-->
  process 3   |-read 4--|
  process 7                          |=read 4=| <==
             line 4      line 8      line 10

Of unknown outcome, and not needed so far: write 7 (process 9), write 3 (process 0).

The longest linearization found has 3 of 6 operations:

  line      process  call                      state after it
  4         0        write 4                   4
  5         3        read 4                    4
  8         0        cas 4->2                  2
  10        7        read 4                    <== legal in no state that it could meet: 2, 3 or 7

These 3 of them alone exclude one another:

  line      process  call                      returned at line
  4         0        write 4                   6
  8         0        cas 4->2                  9
  10        7        read 4                    13
)");
}

TEST(Counterexample, WhatDidNotHappenIsNoFault) {
  HistoryBuilder history;
  history.key("k").at(kSecond, 250 * kMillisecond);
  history.invoke(kNemesis, "kill", "leader").info(kNemesis, "kill", "leader");
  history.invoke(kNemesis, "pause", "leader")
      .info(kNemesis, "pause", "leader", Symbol::of("no leader known"));
  history.invoke(kNemesis, "await-election", 5).info(kNemesis, "await-election", 5);
  history.done(0, "acquire").done(1, "acquire");
  const Report report = check("mutex", "free", history);
  EXPECT_THAT(report.text, HasSubstr("  1.250 s  kill leader\n\n")) << "the last one before it";
  EXPECT_THAT(report.text, Not(HasSubstr("pause")));
}

TEST(Counterexample, ByTimeWithFaults) {
  HistoryBuilder history;
  history.key("k").at(kSecond, 250 * kMillisecond);
  history.invoke(kNemesis, "start-partition").info(kNemesis, "start-partition", "n1 | n2 n3");
  history.done(0, "acquire").invoke(1, "acquire");
  history.invoke(kNemesis, "stop-partition").info(kNemesis, "stop-partition");
  history.ok(1, "acquire");
  const Report report = check("mutex", "free", history);
  EXPECT_EQ(report.text, R"(Not linearizable: key "k", model mutex, initially free

  acquire by process 1 succeeded, but when it ran the mutex could only be held.

The operations around it, by time (the order is exact, distances are not; |--> outcome unknown):

  process 0  |-acquire-|
  process 1             |=acquire=| <==
             1.500 s    2.000 s

Faults in that time, and the last one before it:

  1.250 s  start-partition n1 | n2 n3
  2.500 s  stop-partition

The longest linearization found has 1 of 2 operations:

  line      process  call                      state after it
  4         0        acquire                   held
  6         1        acquire                   <== legal in no state that it could meet: held

These 2 of them alone exclude one another:

  line      process  call                      returned at line
  4         0        acquire                   5
  6         1        acquire                   9
)");
}

TEST(Counterexample, NamesTheLinesItIsGiven) {
  const History history = HistoryBuilder().done(0, "write", 1).done(1, "read", 2);
  const Report report =
      make_linearizable(*find_model("register"), Value(), {}, {}, {10, 20, 30, 40})->check(history);
  EXPECT_THAT(report.text, HasSubstr("\n  10        0        write 1 "));
  EXPECT_THAT(report.text, HasSubstr("\n  30        1        read 2 "));
  EXPECT_THAT(report.text, HasSubstr("line 10"));
}

TEST(Counterexample, ShowsNothingThatATerminalWouldObey) {
  const History history = HistoryBuilder()
                              .invoke(kNemesis, "st\x1b[0mart")
                              .info(kNemesis, "st\x1b[0mart", "n1\x07")
                              .done(0, "write", "\x1b[2J")
                              .done(1, "read", "\xff");
  const Report report = make_linearizable(*find_model("register"), Value())->check(history);
  EXPECT_EQ(report.verdict, Verdict::invalid);
  for (const char byte : {'\x1b', '\x07', '\xff'})
    EXPECT_EQ(report.text.find(byte), std::string::npos);
  EXPECT_THAT(report.text, HasSubstr("read \"\\udcff\""));
  EXPECT_THAT(report.text, HasSubstr("st\\u001b[0mart n1\\u0007"));
}

TEST(Misfit, IsTheFirstOpThatKeepsAHistoryFromBeingJudged) {
  const Model& model = *find_model("register");
  const auto misfit = [&](const History& history) {
    const auto found = find_misfit(history, model);
    return found ? std::to_string(found->op) + ": " + found->what : "none";
  };
  EXPECT_EQ(misfit(HistoryBuilder().done(0, "write", 1).invoke(1, "read")), "none");
  EXPECT_EQ(misfit(HistoryBuilder().done(0, "write", 1).ok(1, "read", 1)),
            "2: process 1 completes a read that it did not invoke");
  EXPECT_EQ(misfit(HistoryBuilder().invoke(0, "write", 1).invoke(0, "read")),
            "1: process 0 invokes read while its write is open");
  EXPECT_EQ(
      misfit(
          HistoryBuilder().key(1).done(0, "read").key(2).done(0, "push", 1).key(1).done(0, "pop")),
      "2: the model register does not know push; it knows read, write");
  EXPECT_EQ(misfit(HistoryBuilder().done(0, "")),
            "0: the model register does not know an op without a function; it knows read, write");
}

// However much goes on around the failure, the picture stays readable.
TEST(Counterexample, IsBounded) {
  constexpr int kClients = 60;
  HistoryBuilder history;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kClients; ++i) history.invoke(i, "write", 100 + i % 2);
    for (int i = 0; i < kClients; ++i) history.ok(i, "write", 100 + i % 2);
  }
  for (int i = 0; i < kClients; ++i) history.invoke(i, "write", 200);
  history.done(kClients, "read", 1);
  const Report report = check("register", "nil", history);
  ASSERT_EQ(report.verdict, Verdict::invalid);
  std::istringstream lines(report.text);
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    ++count;
    EXPECT_LE(line.size(), 106U) << line;
  }
  EXPECT_LE(count, 60);
  EXPECT_THAT(report.text, HasSubstr("=read 1="));
}

}  // namespace
}  // namespace faultline

#include "harness/core/nemesis_op.hpp"

#include <gtest/gtest.h>

namespace faultline {
namespace {

Op event(const char* f, OpType type, const char* error = "", Process process = kNemesis) {
  return {0, process, Symbol::of(f), type, Symbol::of(error), {}, {}};
}

TEST(NemesisOp, WhatWasDoneIsAFaultOrACure) {
  EXPECT_TRUE(is_fault_or_cure(event("kill", OpType::info)));
  EXPECT_TRUE(is_fault_or_cure(event("stop", OpType::ok))) << "other recorders' too";
  EXPECT_TRUE(is_fault_or_cure(event("change-members", OpType::info, "unknown: no answer")));
  EXPECT_FALSE(is_fault_or_cure(event("kill", OpType::info, "no leader known")));
  EXPECT_FALSE(is_fault_or_cure(event("kill", OpType::invoke)));
  EXPECT_FALSE(is_fault_or_cure(event("await-election", OpType::info)));
  EXPECT_FALSE(is_fault_or_cure(event("read", OpType::ok, "", 3)));
  for (const char* mark : {"leader", "died", "healed", "finished"}) {
    EXPECT_FALSE(is_fault_or_cure(event(mark, OpType::info))) << mark;
  }
}

TEST(LeaderMark, IsReadAsItWasWritten) {
  for (const LeaderMark& mark : {LeaderMark{"n1", std::nullopt}, LeaderMark{"n2", 7}}) {
    const LeaderMark read = LeaderMark::of(mark.value());
    EXPECT_EQ(read.node, mark.node);
    EXPECT_EQ(read.term, mark.term);
  }
  EXPECT_EQ(LeaderMark::of("n1").text(), "n1");
  EXPECT_EQ(LeaderMark::of(Value::List{"n1", 7}).text(), "n1, term 7");
}

TEST(LeaderMark, OfAnotherValueShowsIt) {
  for (const Value& value : {Value(), Value(7), Value(Value::List{"n1", -1}),
                             Value(Value::List{"n1", 1, 2}), Value(Value::List{1, 2})}) {
    EXPECT_EQ(LeaderMark::of(value).node, value.to_string());
    EXPECT_EQ(LeaderMark::of(value).term, std::nullopt);
  }
}

TEST(LeaderCount, TheSameNodeInALaterTermIsNoOtherLeader) {
  LeaderCount leaders;
  EXPECT_EQ(leaders.count(), 0);
  for (const Value& mark : {Value("n1"), Value(Value::List{"n1", 2}), Value(Value::List{"n2", 3}),
                            Value(Value::List{"n2", 5}), Value("n1")}) {
    leaders.see(mark);
  }
  EXPECT_EQ(leaders.count(), 3);
}

TEST(NemesisOp, EverySecondEventOfAFunctionIsACompletion) {
  const History history{event("kill", OpType::invoke), event("read", OpType::invoke, "", 1),
                        event("leader", OpType::info), event("leader", OpType::info),
                        event("kill", OpType::info),   event("start", OpType::info),
                        event("start", OpType::info),  event("kill", OpType::invoke)};
  const auto ops = nemesis_ops(history);
  ASSERT_EQ(ops.size(), 4U);
  EXPECT_EQ(ops[0].invocation, 0U);
  EXPECT_EQ(ops[0].completion, 4U);
  EXPECT_EQ(ops[1].completion, 3U);
  EXPECT_EQ(ops[2].invocation, 5U);
  EXPECT_EQ(ops[2].completion, 6U);
  EXPECT_EQ(ops[3].completion, std::nullopt);
}

}  // namespace
}  // namespace faultline

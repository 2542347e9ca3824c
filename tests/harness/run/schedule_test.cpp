// Schedules: what is taken from a history, and how it is handed out again.
#include "harness/run/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "harness/cli/registry.hpp"
#include "harness/run/op_nodes.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Op op_at(Time time, Process process, const char* f, Value value = {}) {
  Op op = invocation(Symbol::of(f), std::move(value));
  op.time = time;
  op.process = process;
  return op;
}

History run(const TestPlan& plan, const Schedule* schedule, Symbol stop_after = {}) {
  Parts parts = *cli::assemble(plan);
  History history;
  RunHooks hooks;
  Symbol stopped;
  hooks.record = [&](const Op& op) {
    history.push_back(op);
    if (op.f == stop_after) stopped = kViolation;
  };
  hooks.should_stop = [&stopped] { return stopped; };
  const auto ran = run_test(plan, parts, hooks, schedule);
  EXPECT_TRUE(ran) << ran.error().message;
  return history;
}

void expect_same(const History& first, const History& second) {
  for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i) {
    if (first[i] == second[i]) continue;
    FAIL() << fmt::format("event {}: {} at {}, then {} at {}", i, to_string(first[i]),
                          first[i].time, to_string(second[i]), second[i].time);
  }
  EXPECT_EQ(first.size(), second.size());
}

struct Case {
  const char* name;
  void (*change)(TestPlan& plan);
};

TEST(Schedule, ARunFromItsOwnScheduleIsTheSameRun) {
  const Case cases[] = {
      {"default", [](TestPlan&) {}},
      {"links",
       [](TestPlan& p) {
         p.nemeses = {"packet", "partition-clients", "kill"};
       }},
      {"clocks",
       [](TestPlan& p) {
         p.nemeses = {"partition", "clock", "pause"};
       }},
      {"busy",
       [](TestPlan& p) {
         p.rate = 5000;
         p.nemesis_interval = kSecond / 4;
       }},
      {"small",
       [](TestPlan& p) {
         p.nodes = 3;
         p.concurrency = 3;
         p.threads_per_key = 1;
         p.ops_per_key = 7;
       }},
      {"no faults", [](TestPlan& p) { p.nemeses = {"none"}; }},
  };
  for (const Case& c : cases) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE(fmt::format("{}, seed {}", c.name, seed));
      TestPlan plan;
      plan.seed = seed;
      plan.time_limit = 8 * kSecond;
      c.change(plan);
      const History recorded = run(plan, nullptr);
      const Schedule schedule = schedule_of(recorded, Aims::as_given);
      ASSERT_TRUE(schedule.last);
      EXPECT_GT(schedule.main.ops.size(), 100U);
      expect_same(recorded, run(plan, &schedule));
    }
  }
}

TEST(Schedule, ARunThatWasStoppedIsTheSameIfItIsStoppedAgain) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    TestPlan plan;
    plan.seed = seed;
    const Symbol stop = Symbol::of("kill");
    const History recorded = run(plan, nullptr, stop);
    const Schedule schedule = schedule_of(recorded, Aims::as_given);
    expect_same(recorded, run(plan, &schedule, stop));
  }
}

TEST(Schedule, WhatTheNemesisHitIsNamed) {
  TestPlan plan;
  plan.seed = 3;
  plan.time_limit = 20 * kSecond;
  const History recorded = run(plan, nullptr);
  const auto leaders = [](const Schedule& schedule) {
    return std::ranges::count_if(schedule.main.ops, [](const Op& op) {
      return op.is_nemesis() && op.value.to_string().find("leader") != std::string::npos &&
             nodes_named(op).empty();
    });
  };
  EXPECT_GT(leaders(schedule_of(recorded, Aims::as_given)), 0);
  EXPECT_EQ(leaders(schedule_of(recorded, Aims::as_hit)), 0);
}

TEST(Schedule, WhatWasSeenIsNotDecided) {
  const Op leader = op_at(5, kNemesis, "leader", "n1");
  const Op write = op_at(7, 1, "write", 3);
  const History history{leader, completion(leader, OpType::info), write,
                        completion(write, OpType::ok)};
  const Schedule schedule = schedule_of(history, Aims::as_given);
  EXPECT_THAT(schedule.main.ops, ElementsAre(write));
  EXPECT_FALSE(schedule.last);
}

TEST(Schedule, MarksDivideItAndTimesOrderIt) {
  const std::vector<Op> ops{op_at(5, 0, "read"),          op_at(3, 1, "read"),
                            op_at(9, kNemesis, "healed"), op_at(12, 2, "read"),
                            op_at(11, 2, "write", 1),     op_at(20, kNemesis, "finished")};
  const Schedule schedule = schedule_from(ops);
  EXPECT_THAT(schedule.main.ops, ElementsAre(ops[1], ops[0]));
  EXPECT_EQ(schedule.main.end, 9);
  ASSERT_TRUE(schedule.last);
  EXPECT_THAT(schedule.last->ops, ElementsAre(ops[4], ops[3]));
  EXPECT_EQ(schedule.last->end, 20);
  EXPECT_EQ(schedule_from(to_ops(schedule)), schedule);
  const Schedule open = schedule_from({ops[0], ops[5]});
  EXPECT_EQ(open.main.end, 20);
  EXPECT_EQ(schedule_from(to_ops(open)), open);
}

// The interpreter's threads, played by hand: two clients and the nemesis.
struct HandOut : testing::Test {
  std::vector<Process> processes{0, 1, kNemesis};
  Rng rng{1};
  Context context{processes, rng};

  // What is invoked now; "busy" or "wait" if nothing is.
  std::string ask(Gen& gen) {
    const Next n = next(gen, context);
    if (n.kind == Next::Kind::done) return "done";
    if (n.kind == Next::Kind::pending) {
      gen = n.rest;
      return n.wake == kNever ? "busy" : fmt::format("wait until {}", n.wake);
    }
    if (n.op.time > context.time) return fmt::format("wait until {}", n.op.time);
    gen = n.rest;
    context.set_busy(context.thread_of(n.op.process));
    return fmt::format("{} {}", n.op.process, n.op.f.name());
  }
};

TEST_F(HandOut, ABusyThreadKeepsOnlyItsOwnOpsWaiting) {
  Gen gen = scheduled({{op_at(10, 0, "a"), op_at(20, 2, "b"), op_at(30, 1, "c")}, 0});
  EXPECT_EQ(ask(gen), "wait until 10");
  context.time = 10;
  EXPECT_EQ(ask(gen), "0 a");
  EXPECT_EQ(ask(gen), "wait until 30");
  context.time = 30;
  EXPECT_EQ(ask(gen), "1 c");
  EXPECT_EQ(ask(gen), "busy");
  processes[0] = 4;  // the op ended in info
  context.set_free(0);
  EXPECT_EQ(ask(gen), "4 b");
  EXPECT_EQ(ask(gen), "done");
}

TEST_F(HandOut, APhaseThatBeginsLateIsLateThroughout) {
  Gen gen = scheduled({{op_at(10, 0, "a"), op_at(20, 1, "b")}, 50});
  context.time = 110;
  EXPECT_EQ(ask(gen), "0 a");
  EXPECT_EQ(ask(gen), "wait until 120");
  context.time = 120;
  EXPECT_EQ(ask(gen), "1 b");
  EXPECT_EQ(ask(gen), "wait until 150");
  context.time = 150;
  EXPECT_EQ(ask(gen), "done");
}

TEST(OpNodes, AreFoundInListsLinksAndTexts) {
  EXPECT_THAT(nodes_named(op_at(0, kNemesis, "kill", "n1 n12")), ElementsAre(0, 11));
  const Op cut = op_at(0, kNemesis, "start-partition", Value::List{"one", "n1>n3 clients>n2"});
  EXPECT_THAT(nodes_named(cut), ElementsAre(0, 1, 2));
  EXPECT_THAT(nodes_named(op_at(0, kNemesis, "skew-clock", "n2=500 n4=n")), ElementsAre(1, 3));
  EXPECT_THAT(nodes_named(op_at(0, kNemesis, "kill", "leader nx n0 n 3n")), IsEmpty());
}

TEST(OpNodes, WithoutANodeWhatNamesItIsLeftOut) {
  const auto without_second = [](NodeId node) -> std::optional<NodeId> {
    if (node == 1) return std::nullopt;
    return node < 1 ? node : node - 1;
  };
  const Op cut = op_at(0, kNemesis, "start-partition", Value::List{"x", "n1>n3 n1>n2 clients>n3"});
  EXPECT_EQ(renamed(cut, without_second)->value, Value(Value::List{"x", "n1>n2 clients>n2"}));
  EXPECT_EQ(renamed(op_at(0, kNemesis, "kill", "n2"), without_second), std::nullopt);
  const Op leader = op_at(0, kNemesis, "kill", "leader");
  EXPECT_EQ(renamed(leader, without_second), leader);
}

}  // namespace
}  // namespace faultline

// Leaves and order: once, repeat, each, numbered, sleep, sequence, cycle, phases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/generators/generators.hpp"
#include "tests/harness/generators/simulator.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Op op(const char* f, Value value = {}) {
  return invocation(Symbol::of(f), std::move(value));
}

TEST(Leaves, NothingGivesNothing) {
  EXPECT_THAT(perfect(nullptr), IsEmpty());
}

TEST(Leaves, OnceIsOnce) {
  const History history = perfect(gen::once(op("write", 3)));
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0].time, 0);
  EXPECT_EQ(history[0].type, OpType::invoke);
  EXPECT_EQ(history[0].value, Value(3));
}

TEST(Leaves, OpsGoToWhoeverIsFree) {
  const History history = perfect(gen::repeat(6, op("write")));
  EXPECT_THAT(lines(history, "t"), ElementsAre("0", "0", "0", "10", "10", "10"));
  const auto who = lines(history, "p");
  EXPECT_EQ(std::set(who.begin(), who.begin() + 3), (std::set<std::string>{"0", "1", "N"}));
  EXPECT_EQ(std::set(who.begin() + 3, who.end()), (std::set<std::string>{"0", "1", "N"}));
}

TEST(Leaves, ABusyThreadMakesItWait) {
  Rng rng(1);
  const std::vector<Process> processes{0, kNemesis};
  Context context(processes, rng);
  context.set_busy(0);
  context.set_busy(1);
  const Gen gen = gen::once(op("write"));
  const Next n = next(gen, context);
  EXPECT_EQ(n.kind, Next::Kind::pending);
  EXPECT_EQ(n.rest, gen);
}

TEST(Leaves, RepeatDoesTheFirstThingAgain) {
  const Gen counting = gen::numbered([](const Context&, std::int64_t i) { return op("w", i); });
  EXPECT_THAT(lines(perfect(gen::repeat(3, counting)), "v"), ElementsAre("0", "0", "0"));
}

TEST(Leaves, ARepeatedSleepEnds) {
  const Gen gen = gen::repeat(3, gen::sequence({gen::sleep(25), gen::once(op("a"))}));
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("25 a", "50 a", "75 a"));
}

TEST(Leaves, FunctionsGiveOps) {
  const auto write = [](const Context& c) {
    return op("write", static_cast<std::int64_t>(c.rng().below(10)));
  };
  const History history = perfect(gen::limit(100, gen::each(write)));
  std::set<Value> values;
  for (const Op& o : history) {
    EXPECT_TRUE(o.value.integer() >= 0 && o.value.integer() < 10);
    values.insert(o.value);
  }
  EXPECT_EQ(history.size(), 100U);
  EXPECT_GT(values.size(), 5U);
}

TEST(Leaves, AFunctionMayEnd) {
  const auto until_20 = [](const Context& c) {
    return c.time < 20 ? std::optional(op("a")) : std::nullopt;
  };
  EXPECT_EQ(perfect(gen::each(until_20)).size(), 6U);
}

TEST(Leaves, AFunctionMayGiveGenerators) {
  const auto pair = [](const Context& c) -> Gen {
    if (c.time > 10) return nullptr;
    return gen::sequence({gen::once(op("a")), gen::once(op("b"))});
  };
  const Gen gen = gen::on_threads([](int thread) { return thread == 0; }, gen::each(pair));
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("0 a", "10 b"));
}

TEST(Leaves, NumbersHaveNoGapsThoughAskedOften) {
  const Gen counting = gen::numbered([](const Context&, std::int64_t i) { return op("w", i); });
  const History history = perfect(gen::stagger(7, gen::limit(200, counting)));
  ASSERT_EQ(history.size(), 200U);
  for (std::size_t i = 0; i < history.size(); ++i) {
    EXPECT_EQ(history[i].value, Value(static_cast<std::int64_t>(i)));
  }
}

TEST(Leaves, SleepPassesTimeAndTakesNoThread) {
  const Gen gen = gen::sequence({gen::once(op("a")), gen::sleep(1000), gen::once(op("b"))});
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("0 a", "1000 b"));
  EXPECT_THAT(perfect(gen::sleep(5)), IsEmpty());
  EXPECT_THAT(perfect(gen::sleep(0)), IsEmpty());
}

TEST(Order, SequenceEvenNested) {
  const Gen gen =
      gen::sequence({gen::sequence({gen::once(op("1")), gen::once(op("2"))}), nullptr,
                     gen::sequence({gen::sequence({gen::once(op("3"))}), gen::once(op("4"))}),
                     gen::once(op("5"))});
  EXPECT_THAT(lines(quick(gen), "f"), ElementsAre("1", "2", "3", "4", "5"));
}

TEST(Order, AGeneratorMayBeUsedTwice) {
  const Gen twice = gen::limit(2, gen::repeat(op("a")));
  EXPECT_EQ(quick(gen::sequence({twice, twice})).size(), 4U);
  EXPECT_EQ(quick(twice).size(), 2U);
}

TEST(Order, EventsReachTheCurrentPart) {
  const Gen gen =
      gen::clients(gen::sequence({gen::until_ok(gen::repeat(op("read"))), gen::once(op("done"))}));
  int count = 0;
  const auto complete = [&](Op o) {
    constexpr OpType kTypes[] = {OpType::fail, OpType::fail, OpType::ok, OpType::ok};
    o.type = count < 4 ? kTypes[count] : OpType::info;
    ++count;
    o.time += 10;
    return o;
  };
  EXPECT_THAT(lines(simulate(gen, complete), "tfy"),
              ElementsAre("0 read invoke", "0 read invoke", "10 read fail", "10 read invoke",
                          "10 read fail", "10 read invoke", "20 read ok", "20 done invoke",
                          "20 read ok", "30 done info"));
}

TEST(Order, PhasesWaitForEveryone) {
  const Gen gen = gen::clients(
      gen::phases({gen::repeat(2, op("a")), gen::once(op("b")), gen::repeat(3, op("c"))}));
  EXPECT_THAT(lines(perfect(gen), "ft"), ElementsAre("a 0", "a 0", "b 10", "c 20", "c 20", "c 30"));
}

TEST(Order, SynchronizeWaitsForTheSlowest) {
  // The third op completes last, at 37.
  int count = 0;
  const auto complete = [&](Op o) {
    constexpr Duration kLatencies[] = {5, 20, 37, 1, 1};
    o.type = OpType::ok;
    o.time += kLatencies[count++];
    return o;
  };
  const Gen gen = gen::then(gen::repeat(3, op("a")), gen::repeat(2, op("b")));
  EXPECT_THAT(lines(invocations(simulate(gen, complete)), "tf"),
              ElementsAre("0 a", "0 a", "0 a", "37 b", "37 b"));
}

TEST(Order, SynchronizeConcernsItsOwnThreadsOnly) {
  // The nemesis is busy from 0 to 10; the clients do not wait for it.
  const Gen gen = gen::clients(gen::sequence({gen::sleep(4), gen::synchronize(gen::once(op("a")))}),
                               gen::once(op("break")));
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("0 break", "4 a"));
}

TEST(Order, CycleBeginsAgain) {
  const Gen round = gen::phases({gen::limit(3, gen::repeat(op("a"))), gen::once(op("b"))});
  EXPECT_THAT(lines(perfect(gen::clients(gen::cycle(2, round))), "tf"),
              ElementsAre("0 a", "0 a", "10 a", "20 b", "30 a", "30 a", "40 a", "50 b"));
  EXPECT_EQ(perfect(gen::limit(1000, gen::cycle(round))).size(), 1000U);
}

TEST(Order, ACycleOfNothingEnds) {
  const auto nothing = [](const Context&) { return std::optional<Op>(); };
  EXPECT_THAT(perfect(gen::cycle(gen::each(nothing))), IsEmpty());
}

TEST(Order, ACycleOfSleepsKeepsItsTime) {
  const Gen round = gen::sequence(
      {gen::sleep(100), gen::once(op("start")), gen::sleep(50), gen::once(op("stop"))});
  EXPECT_THAT(lines(perfect(gen::nemesis(gen::cycle(2, round))), "tf"),
              ElementsAre("100 start", "150 stop", "250 start", "300 stop"));
}

}  // namespace
}  // namespace faultline

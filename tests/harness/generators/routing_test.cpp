// on_threads, clients, nemesis, each_thread, each_process, reserve, map, filter, f_map, on_update.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/generators/generators.hpp"
#include "tests/harness/generators/simulator.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Gen once_f(const char* f) {
  return gen::once(invocation(Symbol::of(f)));
}
Gen repeat_f(const char* f) {
  return gen::repeat(invocation(Symbol::of(f)));
}
Gen integers(const char* f) {
  const Symbol symbol = Symbol::of(f);
  return gen::numbered([symbol](const Context&, std::int64_t i) { return invocation(symbol, i); });
}

std::set<Process> processes(const History& history) {
  std::set<Process> result;
  for (const Op& op : history) result.insert(op.process);
  return result;
}

TEST(Routing, ClientsAndNemesis) {
  EXPECT_THAT(processes(perfect(gen::clients(gen::limit(50, repeat_f("a"))))), ElementsAre(0, 1));
  EXPECT_THAT(processes(perfect(gen::nemesis(gen::limit(5, repeat_f("a"))))),
              ElementsAre(kNemesis));
  const Gen both = gen::clients(gen::limit(20, repeat_f("a")), gen::limit(3, repeat_f("break")));
  for (const Op& op : perfect(both)) EXPECT_EQ(op.is_nemesis(), op.f == Symbol::of("break"));
  EXPECT_EQ(perfect(both).size(), 23U);
  EXPECT_EQ(perfect(gen::nemesis(once_f("break"), once_f("a"))).size(), 2U);
}

TEST(Routing, ThreadsByPredicateOrSet) {
  const Gen odd = gen::on_threads([](int t) { return t % 2 == 1; }, gen::limit(20, repeat_f("a")));
  EXPECT_THAT(processes(perfect(odd, {6, 1})), ElementsAre(1, 3, 5));
  ThreadSet set(7);
  set.insert(2);
  EXPECT_THAT(processes(perfect(gen::on_threads(set, gen::limit(9, repeat_f("a"))), {6, 1})),
              ElementsAre(2));
}

TEST(Routing, EventsOfOthersAreNotSeen) {
  // What the nemesis did is no news to the clients' generator.
  const auto end_it = [](const Gen&, const Context&, const Op&) -> Gen { return nullptr; };
  const Gen late = gen::sequence({gen::sleep(100), once_f("a")});
  const Gen gen = gen::clients(gen::on_update(end_it, late), gen::limit(5, repeat_f("break")));
  EXPECT_THAT(lines(perfect(gen), "f"),
              ElementsAre("break", "break", "break", "break", "break", "a"));
}

TEST(EachThread, HasACopyEach) {
  const Gen gen = gen::each_thread(gen::sequence({once_f("a"), once_f("b")}));
  const auto got = lines(perfect(gen), "tpf");
  EXPECT_THAT(got, UnorderedElementsAre("0 0 a", "0 1 a", "0 N a", "10 0 b", "10 1 b", "10 N b"));
}

TEST(EachThread, OfNothingIsNothing) {
  EXPECT_EQ(gen::each_thread(gen::limit(0, once_f("a"))), nullptr);
  const auto nothing = [](const Context&) { return std::optional<Op>(); };
  EXPECT_THAT(perfect(gen::each_thread(gen::each(nothing))), IsEmpty());
}

TEST(EachThread, HandsEventsToTheCopyOfTheirThread) {
  // Thread 0 succeeds at its first attempt, thread 1 at its third.
  const Gen gen = gen::clients(gen::each_thread(gen::until_ok(repeat_f("a"))));
  std::map<Process, int> attempts;
  const auto complete = [&](Op op) {
    const int attempt = ++attempts[op.process];
    op.type = op.process == 0 || attempt == 3 ? OpType::ok : OpType::fail;
    op.time += 10;
    return op;
  };
  simulate(gen, complete);
  EXPECT_EQ(attempts[0], 1);
  EXPECT_EQ(attempts[1], 3);
}

TEST(EachThread, SleepsPassForAllAtOnce) {
  const Gen gen = gen::each_thread(gen::sequence({once_f("a"), gen::sleep(40), once_f("b")}));
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("0 a", "0 a", "0 a", "50 b", "50 b", "50 b"));
}

TEST(EachProcess, BeginsAfreshAfterACrash) {
  const Gen gen = gen::clients(
      gen::limit(10, gen::each_process(gen::sequence({once_f("hello"), repeat_f("work")}))));
  std::set<Process> seen;
  for (const Op& op : invocations(imperfect(gen))) {
    EXPECT_EQ(op.f == Symbol::of("hello"), seen.insert(op.process).second) << to_string(op);
  }
  EXPECT_GE(seen.size(), 4U);
}

TEST(EachProcess, GivesEveryNewProcessItsShare) {
  const Gen gen = gen::clients(gen::each_process(gen::limit(2, repeat_f("a"))));
  const auto complete = [](Op op) {
    op.type = op.process < 4 ? OpType::info : OpType::ok;  // 0, 1, 2 and 3 crash at once
    op.time += 10;
    return op;
  };
  EXPECT_THAT(lines(invocations(simulate(gen, complete)), "p"),
              UnorderedElementsAre("0", "1", "2", "3", "4", "4", "5", "5"));
}

TEST(Reserve, DefaultOnly) {
  const Gen gen = gen::limit(3, gen::reserve({}, integers("a")));
  EXPECT_THAT(lines(perfect(gen), "fv"), ElementsAre("a 0", "a 1", "a 2"));
}

TEST(Reserve, DividesTheThreads) {
  const Gen gen =
      gen::limit(300, gen::reserve({{2, integers("a")}, {3, integers("b")}}, integers("c")));
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const History history = perfect(gen, {6, seed});
    std::map<std::string, std::set<Process>> who;
    std::map<std::string, std::int64_t> count;
    for (const Op& op : history) {
      who[op.f.name()].insert(op.process);
      EXPECT_EQ(op.value, Value(count[op.f.name()]++)) << "seed " << seed;
    }
    EXPECT_THAT(who["a"], ElementsAre(0, 1));
    EXPECT_THAT(who["b"], ElementsAre(2, 3, 4));
    EXPECT_THAT(who["c"], ElementsAre(kNemesis, 5));
    EXPECT_THAT(lines({history.begin(), history.begin() + 7}, "t"), testing::Each("0"));
    EXPECT_EQ(history[7].time, 10);
  }
}

TEST(Reserve, EndsWhenAllHaveEnded) {
  const Gen gen = gen::sequence(
      {gen::reserve({{1, gen::limit(1, repeat_f("a"))}}, gen::limit(4, repeat_f("b"))),
       once_f("c")});
  EXPECT_THAT(lines(perfect(gen), "f"), UnorderedElementsAre("a", "b", "b", "b", "b", "c"));
}

TEST(Reserve, NestsAndManagesWithTooFewThreads) {
  const Gen inner = gen::reserve({{1, repeat_f("x")}}, repeat_f("y"));
  const Gen gen = gen::clients(
      gen::limit(60, gen::reserve({{2, inner}, {2, inner}, {9, inner}}, repeat_f("never"))));
  for (const Op& op : perfect(gen, {5, 1})) {
    EXPECT_EQ(op.f.name(), op.process % 2 == 0 ? "x" : "y") << to_string(op);
  }
}

TEST(Transforming, MapFilterRename) {
  const auto twice = [](Op op) {
    op.value = Value(op.value.integer() * 2);
    return op;
  };
  EXPECT_THAT(lines(perfect(gen::limit(3, gen::map(twice, integers("a")))), "v"),
              ElementsAre("0", "2", "4"));
  const auto even = [](const Op& op) { return op.value.integer() % 2 == 0; };
  EXPECT_THAT(lines(perfect(gen::filter(even, gen::limit(10, integers("a")))), "v"),
              ElementsAre("0", "2", "4", "6", "8"));
  const Symbol a = Symbol::of("a");
  const Symbol b = Symbol::of("b");
  const Gen gen = gen::sequence({once_f("a"), once_f("b"), once_f("c")});
  EXPECT_THAT(lines(quick(gen::f_map({{a, b}, {b, a}}, gen)), "f"), ElementsAre("b", "a", "c"));
}

TEST(Transforming, OnUpdateReplacesTheGenerator) {
  const Symbol write = Symbol::of("write");
  const auto confirm = [write](const Gen& gen, const Context&, const Op& event) {
    if (event.f != write || event.type != OpType::ok) return gen;
    return gen::sequence({gen::once(invocation(Symbol::of("confirm"), event.value)), gen});
  };
  const Gen gen = gen::on_update(
      confirm,
      gen::sequence({once_f("read"), gen::once(invocation(write, "x")), repeat_f("hold")}));
  EXPECT_THAT(lines(quick(gen::clients(gen::limit(5, gen)), {1, 1}), "fv"),
              ElementsAre("read nil", "write \"x\"", "confirm \"x\"", "hold nil", "hold nil"));
}

}  // namespace
}  // namespace faultline

// stagger, delay, time_limit, limit, process_limit, concurrency_limit, until_ok, validating.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/generators/generators.hpp"
#include "tests/harness/generators/simulator.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Gen repeat_f(const char* f) {
  return gen::repeat(invocation(Symbol::of(f)));
}

Gen integers() {
  return gen::numbered([](const Context&, std::int64_t i) { return invocation(f::kWrite, i); });
}

TEST(Delay, SpacesOpsEvenlyWhileSomebodyIsFree) {
  // The fourth op would be due at 9, but then all three threads are busy: it goes at 10.
  const Gen gen = gen::limit(5, gen::delay(3, repeat_f("a")));
  EXPECT_THAT(lines(perfect(gen), "t"), ElementsAre("0", "3", "6", "10", "13"));
}

TEST(Stagger, HasTheRateItSays) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const History history = perfect(gen::stagger(20, gen::limit(2000, integers())), {2, seed});
    ASSERT_EQ(history.size(), 2000U);
    EXPECT_NEAR(static_cast<double>(history.back().time) / 2000, 20, 1.5) << "seed " << seed;
  }
}

TEST(Stagger, TheRateIsForAllThreadsTogether) {
  for (const int concurrency : {3, 30}) {
    const Gen gen = gen::clients(gen::stagger(100, gen::limit(2000, integers())));
    const History history = perfect(gen, {concurrency, 1});
    EXPECT_NEAR(static_cast<double>(history.back().time) / 2000, 100, 7) << concurrency;
  }
}

TEST(Stagger, IntervalsReachFromZeroToTwiceTheMean) {
  const History history = perfect(gen::stagger(100, gen::limit(3000, integers())), {50, 3});
  Duration shortest = kNever;
  Duration longest = 0;
  for (std::size_t i = 1; i < history.size(); ++i) {
    shortest = std::min(shortest, history[i].time - history[i - 1].time);
    longest = std::max(longest, history[i].time - history[i - 1].time);
  }
  EXPECT_LE(shortest, 2);
  EXPECT_GE(longest, 198);
  EXPECT_LE(longest, 200);
}

TEST(Stagger, KeepsWhatASleepInsideWaitedFor) {
  const Gen gen = gen::stagger(0, gen::sequence({gen::sleep(50), gen::once(invocation(f::kRead)),
                                                 gen::sleep(50), gen::once(invocation(f::kRead))}));
  EXPECT_THAT(lines(perfect(gen), "t"), ElementsAre("50", "100"));
}

TEST(TimeLimit, BeginsWithItsFirstOp) {
  const Gen gen =
      gen::sequence({gen::time_limit(20, repeat_f("a")), gen::time_limit(10, repeat_f("b"))});
  EXPECT_THAT(lines(perfect(gen), "tf"),
              ElementsAre("0 a", "0 a", "0 a", "10 a", "10 a", "10 a", "20 b", "20 b", "20 b"));
}

TEST(TimeLimit, CutsOpsBeyondItAndEndsThen) {
  const Gen gen = gen::sequence(
      {gen::time_limit(20, gen::delay(15, repeat_f("a"))), gen::once(invocation(f::kRead))});
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("0 a", "15 a", "20 read"));
}

TEST(TimeLimit, ALateOpOfOneDoesNotCutOffTheOthers) {
  // While both clients are busy the soonest op is one at 1000, beyond the limit.
  const Gen gen = gen::time_limit(
      100, gen::clients(repeat_f("a"), gen::sequence({gen::once(invocation(f::kRead)),
                                                      gen::delay(1000, repeat_f("break"))})));
  const History history = perfect(gen);
  EXPECT_EQ(history.back().time, 90);
}

TEST(TimeLimit, EndsEvenIfNothingElseHappens) {
  const Gen forever = gen::sequence({gen::once(invocation(f::kRead)), gen::sleep(kSecond)});
  const Gen gen = gen::sequence({gen::time_limit(50, forever), gen::once(invocation(f::kCas))});
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("0 read", "50 cas"));
}

TEST(TimeLimit, AWaitForSomebodyBusyEndsToo) {
  // Both ops go to thread 0, whose first takes 10; the limit strikes at 5.
  const Gen zero = gen::on_threads([](int t) { return t == 0; }, repeat_f("a"));
  const Gen gen = gen::sequence({gen::time_limit(5, zero), gen::once(invocation(f::kCas))});
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("0 a", "5 cas"));
}

TEST(TimeLimit, NoneAtAll) {
  EXPECT_EQ(gen::time_limit(0, repeat_f("a")), nullptr);
  EXPECT_EQ(perfect(gen::limit(5, gen::time_limit(kNever, repeat_f("a")))).size(), 5U);
}

TEST(Limit, CountsOps) {
  EXPECT_EQ(quick(gen::limit(2, repeat_f("a"))).size(), 2U);
  EXPECT_THAT(quick(gen::limit(0, repeat_f("a"))), IsEmpty());
  EXPECT_EQ(quick(gen::limit(9, gen::limit(3, repeat_f("a")))).size(), 3U);
}

TEST(ProcessLimit, CountsProcessesThatCould) {
  // Two threads: processes 0 and 1 crash and become 2 and 3, then 4; 5 would be the sixth.
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const History history =
        perfect_info(gen::clients(gen::process_limit(5, integers())), {2, seed});
    EXPECT_THAT(lines(history, "v"), ElementsAre("0", "1", "2", "3", "4")) << "seed " << seed;
    EXPECT_THAT(lines(history, "p"), testing::UnorderedElementsAreArray(
                                         history.back().process == 4
                                             ? std::vector<std::string>{"0", "1", "2", "3", "4"}
                                             : std::vector<std::string>{"0", "1", "2", "3", "5"}))
        << "seed " << seed;
  }
}

TEST(ProcessLimit, DoesNotEndWhileNobodyCrashes) {
  EXPECT_EQ(perfect(gen::clients(gen::process_limit(2, gen::limit(500, integers())))).size(), 500U);
}

TEST(ConcurrencyLimit, LeavesThreadsIdle) {
  const Gen gen = gen::clients(gen::concurrency_limit(2, gen::limit(6, integers())));
  EXPECT_THAT(lines(perfect(gen, {5, 1}), "t"), ElementsAre("0", "0", "10", "10", "20", "20"));
}

TEST(UntilOk, RetriesUntilOneSucceeds) {
  const Gen gen = gen::clients(gen::limit(10, gen::until_ok(repeat_f("read"))));
  const History history = imperfect(gen);
  EXPECT_THAT(lines(history, "ty"),
              ElementsAre("0 invoke", "0 invoke", "10 fail", "10 invoke", "10 fail", "10 invoke",
                          "20 info", "20 invoke", "20 info", "20 invoke", "30 ok", "30 ok"));
  // Who crashed went on under a new number.
  EXPECT_EQ(history[7].process, history[6].process + 2);
}

TEST(UntilOk, IgnoresTheSuccessOfOthers) {
  const Gen gen =
      gen::clients(gen::any({gen::limit(50, repeat_f("ok")),
                             gen::until_ok(gen::limit(20, gen::delay(30, repeat_f("probe"))))}));
  const auto complete = [](Op o) {
    o.type = o.f == Symbol::of("ok") ? OpType::ok : OpType::fail;
    o.time += 10;
    return o;
  };
  int probes = 0;
  for (const Op& o : invocations(simulate(gen, complete)))
    probes += o.f == Symbol::of("probe") ? 1 : 0;
  EXPECT_EQ(probes, 20);
}

TEST(UntilOk, KeepsItsPaceBetweenRetries) {
  const Gen gen = gen::clients(gen::until_ok(gen::delay(100, repeat_f("probe"))));
  int count = 0;
  const auto complete = [&](Op o) {
    o.type = ++count == 4 ? OpType::ok : OpType::fail;
    o.time += 10;
    return o;
  };
  EXPECT_THAT(lines(invocations(simulate(gen, complete)), "t"),
              ElementsAre("0", "100", "200", "300"));
}

}  // namespace
}  // namespace faultline

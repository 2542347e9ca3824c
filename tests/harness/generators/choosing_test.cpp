// mix, weighted_mix, any, shortest_any, flip_flop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/generators/generators.hpp"
#include "tests/harness/generators/simulator.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Gen repeat_f(const char* f) {
  return gen::repeat(invocation(Symbol::of(f)));
}

Gen only(int thread, Gen gen) {
  return gen::on_threads([thread](int t) { return t == thread; }, std::move(gen));
}

std::map<std::string, int> counts(const History& history) {
  std::map<std::string, int> result;
  for (const Op& op : history) ++result[op.f.name()];
  return result;
}

TEST(Mix, GivesAllOfEachInRandomOrder) {
  const Gen gen = gen::mix({gen::limit(5, repeat_f("a")), gen::limit(10, repeat_f("b"))});
  bool mixed = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const History history = perfect(gen, {2, seed});
    EXPECT_EQ(counts(history), (std::map<std::string, int>{{"a", 5}, {"b", 10}})) << seed;
    mixed = mixed || history[0].f != history[1].f;
  }
  EXPECT_TRUE(mixed);
}

TEST(Mix, IsUniform) {
  const Gen gen = gen::limit(10'000, gen::mix({repeat_f("a"), nullptr, repeat_f("b")}));
  const auto count = counts(perfect(gen));
  EXPECT_NEAR(count.at("a"), 5000, 300);
}

TEST(Mix, IsWeighted) {
  const Gen gen = gen::limit(
      10'000, gen::weighted_mix({{1, repeat_f("a")}, {0, repeat_f("never")}, {3, repeat_f("b")}}));
  const auto count = counts(perfect(gen));
  EXPECT_NEAR(count.at("a"), 2500, 260);
  EXPECT_EQ(count.at("a") + count.at("b"), 10'000);
}

TEST(Mix, KeepsItsRatioUnderStagger) {
  // Ops that are not due are asked for again at every completion; that must favour none of them.
  const Gen gen = gen::stagger(3, gen::mix({gen::delay(5, repeat_f("slow")), repeat_f("fast")}));
  const auto count = counts(perfect(gen::limit(4000, gen), {5, 7}));
  EXPECT_NEAR(count.at("slow"), 2000, 200);
}

TEST(Mix, OneWhoWaitsDoesNotHoldUpTheOthers) {
  const Gen gen = gen::mix({gen::sequence({gen::sleep(100), gen::once(invocation(f::kRead))}),
                            gen::limit(60, repeat_f("b"))});
  const History history = perfect(gen);
  EXPECT_EQ(counts(history), (std::map<std::string, int>{{"b", 60}, {"read", 1}}));
  EXPECT_LE(history[10].time, 60);
  EXPECT_GE(
      std::find_if(history.begin(), history.end(), [](const Op& o) { return o.f == f::kRead; })
          ->time,
      100);
}

TEST(Mix, IsEmptyOfNothing) {
  EXPECT_EQ(gen::mix({}), nullptr);
  EXPECT_EQ(gen::mix({nullptr, gen::limit(0, repeat_f("a"))}), nullptr);
}

TEST(Any, TakesTheSoonest) {
  const Gen gen =
      gen::any({only(0, gen::delay(20, repeat_f("a"))), only(1, gen::delay(20, repeat_f("b")))});
  EXPECT_THAT(lines(perfect(gen::limit(4, gen)), "tpf"),
              testing::AnyOf(ElementsAre("0 0 a", "0 1 b", "20 0 a", "20 1 b"),
                             ElementsAre("0 0 a", "0 1 b", "20 1 b", "20 0 a"),
                             ElementsAre("0 1 b", "0 0 a", "20 0 a", "20 1 b"),
                             ElementsAre("0 1 b", "0 0 a", "20 1 b", "20 0 a")));
}

TEST(Any, BreaksTiesFairly) {
  const Gen gen = gen::any({repeat_f("a"), repeat_f("b"), repeat_f("c")});
  const auto count = counts(perfect(gen::limit(9000, gen)));
  EXPECT_NEAR(count.at("a"), 3000, 250);
  EXPECT_NEAR(count.at("b"), 3000, 250);
}

TEST(Any, StarvesNoStagger) {
  const Gen gen = gen::any(
      {gen::stagger(3 * kSecond, repeat_f("a")), gen::stagger(5 * kSecond, repeat_f("b"))});
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const History history = perfect(gen::clients(gen::limit(2000, gen)), {2, seed});
    ASSERT_EQ(history.size(), 2000U);
    const auto count = counts(history);
    const double total = to_seconds(history.back().time);
    EXPECT_NEAR(total / count.at("a"), 3, 0.3) << "seed " << seed;
    EXPECT_NEAR(total / count.at("b"), 5, 0.5) << "seed " << seed;
  }
}

TEST(Any, WakesForASleepThatEndsBeforeTheNextOp) {
  const Gen gen = gen::any({gen::delay(1000, gen::limit(2, repeat_f("a"))),
                            gen::sequence({gen::sleep(100), gen::once(invocation(f::kRead))})});
  EXPECT_THAT(lines(perfect(gen), "tf"), ElementsAre("0 a", "100 read", "1000 a"));
}

TEST(Any, EndsWhenAllHaveEnded) {
  const Gen gen = gen::any({gen::limit(3, repeat_f("a")), gen::limit(7, repeat_f("b"))});
  EXPECT_EQ(counts(perfect(gen)), (std::map<std::string, int>{{"a", 3}, {"b", 7}}));
  EXPECT_EQ(gen::any({nullptr, nullptr}), nullptr);
}

TEST(Any, PassesEventsToAll) {
  const Gen gen =
      gen::any({only(0, gen::until_ok(repeat_f("a"))), only(1, gen::until_ok(repeat_f("b")))});
  EXPECT_THAT(lines(perfect(gen), "f"), UnorderedElementsAre("a", "b"));
}

TEST(ShortestAny, EndsWithTheFirst) {
  const Gen gen = gen::shortest_any({repeat_f("a"), gen::limit(3, gen::delay(100, repeat_f("b")))});
  const History history = perfect(gen);
  EXPECT_EQ(counts(history).at("b"), 3);
  EXPECT_EQ(history.back().time, 200);
  EXPECT_THAT(perfect(gen::shortest_any({repeat_f("a"), nullptr})), IsEmpty());
}

TEST(FlipFlop, AlternatesUntilOneEnds) {
  const auto write = [](const Context&, std::int64_t i) { return invocation(f::kWrite, i); };
  const Gen gen = gen::flip_flop(
      gen::numbered(write),
      gen::sequence({gen::once(invocation(f::kRead)), gen::once(invocation(f::kCas))}));
  EXPECT_THAT(lines(perfect(gen::clients(gen)), "fv"),
              ElementsAre("write 0", "read nil", "write 1", "cas nil", "write 2"));
}

}  // namespace
}  // namespace faultline

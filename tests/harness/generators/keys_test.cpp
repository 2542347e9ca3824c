// sequential_keys, concurrent_keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <stdexcept>

#include "harness/generators/generators.hpp"
#include "tests/harness/generators/simulator.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

// `n` writes of 0, 1, 2, ...
gen::MakeForKey writes(int n) {
  return [n](const Value&) {
    return gen::limit(
        n, gen::numbered([](const Context&, std::int64_t i) { return invocation(f::kWrite, i); }));
  };
}

TEST(SequentialKeys, OneAfterTheOther) {
  const Gen gen = gen::clients(gen::sequential_keys(gen::listed_keys({"x", "y"}), writes(3)));
  EXPECT_THAT(lines(perfect(gen), "tkv"), ElementsAre("0 \"x\" 0", "0 \"x\" 1", "10 \"x\" 2",
                                                      "10 \"y\" 0", "20 \"y\" 1", "20 \"y\" 2"));
}

TEST(SequentialKeys, EndlessAndSkippingEmptyOnes) {
  const auto only_even = [](const Value& key) {
    return key.integer() % 2 == 0 ? gen::once(invocation(f::kRead)) : nullptr;
  };
  const Gen gen = gen::limit(4, gen::sequential_keys(gen::integer_keys(10), only_even));
  EXPECT_THAT(lines(perfect(gen), "k"), ElementsAre("10", "12", "14", "16"));
  const auto never = [](const Value&) -> Gen { return nullptr; };
  EXPECT_THROW(perfect(gen::sequential_keys(gen::integer_keys(), never)), std::logic_error);
}

TEST(ConcurrentKeys, GroupsWorkOnOneKeyEach) {
  const Gen gen = gen::concurrent_keys(2, gen::integer_keys(), writes(3));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const History history = perfect(gen::limit(300, gen), {6, seed});
    ASSERT_EQ(history.size(), 300U);
    std::map<Value, std::int64_t> count;
    std::map<Value, std::set<int>> groups;
    for (const Op& op : history) {
      EXPECT_FALSE(op.is_nemesis());
      EXPECT_EQ(op.value, Value(count[op.key]++)) << "seed " << seed;
      groups[op.key].insert(op.process / 2);
    }
    EXPECT_GE(count.size(), 100U);
    EXPECT_LE(count.size(), 102U);  // no gaps
    for (const auto& [key, who] : groups) EXPECT_EQ(who.size(), 1U) << key.to_string();
  }
}

TEST(ConcurrentKeys, AGroupThatIsDoneTakesTheNextKey) {
  const Gen gen = gen::concurrent_keys(2, gen::listed_keys({0, 1, 2, 3, 4}), writes(3));
  const auto got = lines(perfect(gen, {6, 5}), "tkv");
  ASSERT_EQ(got.size(), 15U);
  EXPECT_THAT(std::vector(got.begin(), got.begin() + 6),
              UnorderedElementsAre("0 0 0", "0 0 1", "0 1 0", "0 1 1", "0 2 0", "0 2 1"));
  // At 10 all three finish, and two of them begin key 3 and 4 with who is left; those are finished
  // at 20. The third group has nothing left to do.
  std::multiset<std::string> rest(got.begin() + 6, got.end());
  for (const char* at_10 : {"10 0 2", "10 1 2", "10 2 2", "10 3 0", "10 4 0"}) {
    EXPECT_EQ(rest.count(at_10), 1U) << at_10;
  }
  for (const char* at_20 : {"20 3 1", "20 3 2", "20 4 1", "20 4 2"}) {
    EXPECT_EQ(rest.count(at_20), 1U) << at_20;
  }
}

TEST(ConcurrentKeys, EachThreadWithinAKey) {
  const auto each = [](const Value&) { return gen::each_thread(gen::once(invocation(f::kRead))); };
  const Gen gen = gen::limit(5, gen::concurrent_keys(2, gen::integer_keys(), each));
  EXPECT_THAT(lines(perfect(gen), "tk"), ElementsAre("0 0", "0 0", "10 1", "10 1", "20 2"));
}

TEST(ConcurrentKeys, PhasesWithinAKeyConcernItsGroupOnly) {
  const auto phases = [](const Value&) {
    return gen::phases({gen::repeat(2, invocation(f::kWrite)), gen::once(invocation(f::kRead))});
  };
  // The first op of all takes long; only its group waits for it.
  int count = 0;
  const auto complete = [&](Op op) {
    op.type = OpType::ok;
    op.time += count++ == 0 ? 1000 : 10;
    return op;
  };
  const Gen gen = gen::concurrent_keys(2, gen::listed_keys({1, 2}), phases);
  const History history = invocations(simulate(gen, complete, {4, 3}));
  std::multiset<Time> reads;
  for (const Op& op : history) {
    if (op.f == f::kRead) reads.insert(op.time);
  }
  EXPECT_THAT(reads, ElementsAre(10, 1000));
}

TEST(ConcurrentKeys, ReserveWithinAKey) {
  const auto make = [](const Value&) {
    return gen::limit(6, gen::reserve({{1, gen::repeat(invocation(f::kRead))}},
                                      gen::repeat(invocation(f::kWrite))));
  };
  const Gen gen = gen::limit(200, gen::concurrent_keys(3, gen::integer_keys(), make));
  for (const Op& op : perfect(gen, {9, 2})) {
    EXPECT_EQ(op.f == f::kRead, op.process % 3 == 0) << to_string(op);
  }
}

TEST(ConcurrentKeys, EventsReachTheKeyOfTheGroup) {
  const auto make = [](const Value&) { return gen::until_ok(gen::repeat(invocation(f::kRead))); };
  const Gen gen = gen::concurrent_keys(1, gen::listed_keys({1, 2, 3, 4}), make);
  const History history = imperfect(gen, {2, 1});
  // Fail, crash, success: three attempts for each key, and a process lost on each.
  EXPECT_EQ(invocations(history).size(), 12U);
  std::map<Value, int> oks;
  for (const Op& op : history) oks[op.key] += op.type == OpType::ok ? 1 : 0;
  for (const auto& [key, n] : oks) EXPECT_EQ(n, 1) << key.to_string();
  EXPECT_EQ(oks.size(), 4U);
}

TEST(ConcurrentKeys, StaggeredWithinAKey) {
  const auto make = [](const Value&) {
    return gen::delay(100, gen::limit(3, gen::repeat(invocation(f::kRead))));
  };
  const Gen gen = gen::concurrent_keys(1, gen::listed_keys({1, 2}), make);
  EXPECT_THAT(lines(perfect(gen, {2, 1}), "t"), ElementsAre("0", "0", "100", "100", "200", "200"));
}

TEST(ConcurrentKeys, WantsWholeGroups) {
  const Gen gen = gen::concurrent_keys(3, gen::integer_keys(), writes(3));
  try {
    perfect(gen, {5, 1});
    FAIL() << "it should have thrown";
  } catch (const std::invalid_argument& e) {
    EXPECT_THAT(e.what(), HasSubstr("use a concurrency of 3 or 6"));
  }
  EXPECT_TRUE(gen::check_key_groups(6, 3));
  EXPECT_THAT(gen::check_key_groups(2, 3).error().message, HasSubstr("use a concurrency of 3"));
  EXPECT_THAT(gen::check_key_groups(2, 0).error().message, HasSubstr("at least 1"));
}

TEST(ConcurrentKeys, TheWholeStackIsTheSameForTheSameSeed) {
  const auto make = [](const Value&) {
    const auto write = [](const Context& c) {
      return invocation(f::kWrite, static_cast<std::int64_t>(c.rng().below(5)));
    };
    return gen::limit(20, gen::mix({gen::each(write), gen::repeat(invocation(f::kRead))}));
  };
  const Gen ops = gen::stagger(3, gen::concurrent_keys(5, gen::integer_keys(), make));
  const Gen faults = gen::cycle(gen::sequence({gen::sleep(70), gen::once(invocation(f::kCas))}));
  const Gen gen = gen::time_limit(5000, gen::clients(ops, faults));
  const History history = imperfect(gen, {20, 99});
  EXPECT_GT(history.size(), 2000U);
  EXPECT_EQ(history, imperfect(gen, {20, 99}));
  EXPECT_NE(history, imperfect(gen, {20, 98}));
}

}  // namespace
}  // namespace faultline

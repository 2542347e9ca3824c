// value, symbol, op, verdict, and the composition of reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/core/checker.hpp"
#include "harness/core/noop.hpp"
#include "harness/core/op.hpp"
#include "harness/core/verdict.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

// One of each kind and more, in ascending order.
std::vector<Value> ascending() {
  return {Value(),
          Value(-1),
          Value(0),
          Value(std::int64_t{1} << 40),
          Value(0, 5),
          Value(1, -5),
          Value(1, 2),
          Value(Value::List{}),
          Value(Value::List{1}),
          Value(Value::List{1, 2, 3}),
          Value(Value::List{1, Value(2, 3)}),
          Value(""),
          Value("a"),
          Value("ab"),
          Value("b")};
}

TEST(Value, IsTotallyOrdered) {
  const auto values = ascending();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      EXPECT_EQ(values[i] < values[j], i < j) << values[i].to_string() << values[j].to_string();
      EXPECT_EQ(values[i] == values[j], i == j) << values[i].to_string() << values[j].to_string();
    }
  }
}

TEST(Value, EqualityIsOfContentNotOfMaking) {
  const auto again = ascending();
  const auto values = ascending();
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(values[i], again[i]);
    EXPECT_EQ(values[i].hash(), again[i].hash()) << values[i].to_string();
  }
}

TEST(Value, HashesDiffer) {
  std::set<std::size_t> hashes;
  for (const Value& value : ascending()) hashes.insert(value.hash());
  for (int i = 1; i < 1000; ++i) hashes.insert(Value(i, 7).hash());
  EXPECT_EQ(hashes.size(), ascending().size() + 999);
}

TEST(Value, AListOfTwoIntegersIsAPair) {
  const Value list(Value::List{3, 4});
  EXPECT_TRUE(list.is_pair());
  EXPECT_EQ(list, Value(3, 4));
  EXPECT_EQ(list.hash(), Value(3, 4).hash());
  EXPECT_TRUE(Value(Value::List{3, "4"}).is_list());
  EXPECT_TRUE(Value(Value::List{3}).is_list());
  EXPECT_NE(Value(Value::List{Value(3, 4)}), Value(3, 4));
}

TEST(Value, Items) {
  EXPECT_EQ(Value().items(), Value::List{});
  EXPECT_EQ(Value(7).items(), Value::List{7});
  EXPECT_EQ(Value(7, 8).items(), (Value::List{7, 8}));
  EXPECT_EQ(Value(Value::List{1, 2, 3}).items(), (Value::List{1, 2, 3}));
  EXPECT_EQ(Value(Value::List{}).items(), Value::List{});
}

TEST(Value, Text) {
  EXPECT_EQ(Value().to_string(), "nil");
  EXPECT_EQ(Value(-3).to_string(), "-3");
  EXPECT_EQ(Value(1, 2).to_string(), "[1 2]");
  EXPECT_EQ(Value(Value::List{1, "x", Value()}).to_string(), "[1 \"x\" nil]");
}

// What a terminal would obey never reaches it; EDN's escapes, so that it can be read back.
TEST(Value, ShowsNoControlByteAndNoInvalidUtf8) {
  EXPECT_EQ(Value("a\x1b[2J\n\x7f").to_string(), R"("a\u001b[2J\u000a\u007f")");
  EXPECT_EQ(Value("\xC2\x9b\xC2\xa0").to_string(), "\"\\u009b\xC2\xa0\"") << "C1, not U+00A0";
  EXPECT_EQ(Value("\xff\xC3").to_string(), R"("\udcff\udcc3")");
  EXPECT_EQ(Value(R"(\u001b "x")").to_string(), R"("\\u001b \"x\"")");
  EXPECT_EQ(Value("\xC3\xA9 \xE6\x97\xA5").to_string(), "\"\xC3\xA9 \xE6\x97\xA5\"");
  Op op = invocation(Symbol::of("re\x1b[31mad"));
  op.error = Symbol::of("\x07");
  EXPECT_THAT(to_string(op), testing::HasSubstr("re\\u001b[31mad nil (\\u0007)"));
}

// Nor what makes a text look like another: marks that turn the direction of writing, or are not to
// be seen.
TEST(Value, ShowsNoMarkThatTurnsTheWriting) {
  EXPECT_EQ(Value("a\xE2\x80\xAE"
                  "b\xE2\x81\xA6\xE2\x80\x8F\xD8\x9C\xE2\x80\xA8")
                .to_string(),
            R"("a\u202eb\u2066\u200f\u061c\u2028")");
  EXPECT_EQ(Value("a\xE2\x80\x8B\xC2\xAD\xEF\xBB\xBF\xE2\x81\xA0").to_string(),
            R"("a\u200b\u00ad\ufeff\u2060")");
  const std::string plain = "\xD8\x9B\xD7\xA9\xE2\x80\x8D\xE2\x80\xA7\xE2\x80\xAF\xF0\x9F\x98\x80";
  EXPECT_EQ(Value(plain).to_string(), '"' + plain + '"') << "letters, and what only joins them";
}

TEST(Value, IsSmall) {
  EXPECT_LE(sizeof(Value), 24U);
  EXPECT_LE(sizeof(Op), 72U);
}

TEST(Symbol, IsInterned) {
  const Symbol a = Symbol::of("symbol-test-a");
  EXPECT_EQ(a, Symbol::of(std::string("symbol-test-") + "a"));
  EXPECT_NE(a, Symbol::of("symbol-test-b"));
  EXPECT_EQ(a.name(), "symbol-test-a");
  EXPECT_TRUE(Symbol().empty());
  EXPECT_EQ(Symbol(), Symbol::of(""));
  EXPECT_FALSE(a.empty());
}

TEST(Op, InvocationAndCompletion) {
  Op op = invocation(f::kCas, Value(1, 2), 7);
  EXPECT_EQ(op.type, OpType::invoke);
  EXPECT_EQ(op.process, kAnyProcess);
  op.process = 3;
  op.time = 99;
  const Op done = completion(op, OpType::fail, kMismatch);
  EXPECT_EQ(done.type, OpType::fail);
  EXPECT_EQ(done.error, kMismatch);
  EXPECT_EQ(done.process, 3);
  EXPECT_EQ(done.f, f::kCas);
  EXPECT_EQ(done.key, Value(7));
  EXPECT_EQ(done.value, Value(1, 2));
  EXPECT_EQ(done.time, 99);
  EXPECT_NE(done, op);
  EXPECT_TRUE(op.error.empty());
}

TEST(Op, WhatCompletedIt) {
  Op first = invocation(f::kRead);
  first.process = 1;
  Op other = invocation(f::kRead);
  other.process = 2;
  const History history = {first, other, completion(other, OpType::fail),
                           completion(first, OpType::ok), first};
  EXPECT_EQ(completion_of(history, 0), &history[3]);
  EXPECT_EQ(completion_of(history, 1), &history[2]);
  EXPECT_EQ(completion_of(history, 4), nullptr);
}

TEST(Op, TextForPeople) {
  Op op = invocation(f::kCas, Value(1, 2), 7);
  op.process = 3;
  EXPECT_EQ(to_string(op), "3 invoke cas key 7 [1 2]");
  EXPECT_EQ(to_string(completion(op, OpType::info, kTimeout)), "3 info cas key 7 [1 2] (timeout)");
  Op fault = invocation(Symbol::of("start-partition"), "majority");
  fault.process = kNemesis;
  EXPECT_EQ(to_string(fault), "nemesis invoke start-partition \"majority\"");
}

TEST(Verdict, TheWorstWins) {
  using enum Verdict;
  EXPECT_EQ(worst(valid, unknown), unknown);
  EXPECT_EQ(worst(unknown, invalid), invalid);
  EXPECT_EQ(worst(invalid, valid), invalid);
  EXPECT_EQ(worst(valid, valid), valid);
  EXPECT_EQ(exit_code(valid), 0);
  EXPECT_EQ(exit_code(invalid), 1);
  EXPECT_EQ(exit_code(unknown), 2);
  EXPECT_EQ(to_string(unknown), "unknown");
}

class Says final : public Checker {
 public:
  explicit Says(Verdict verdict) : verdict_(verdict) {}
  std::string name() const override { return "says-" + std::string(to_string(verdict_)); }
  Report check(const History&, const Watch&) const override {
    Report report;
    report.checker = name();
    report.verdict = verdict_;
    report.reason = "because " + std::string(to_string(verdict_));
    return report;
  }

 private:
  Verdict verdict_;
};

class Throws final : public Checker {
 public:
  std::string name() const override { return "throws"; }
  Report check(const History&, const Watch&) const override {
    throw std::runtime_error("out of luck");
  }
};

class Greedy final : public Checker {
 public:
  std::string name() const override { return "greedy"; }
  Report check(const History&, const Watch&) const override { throw std::bad_alloc(); }
};

Report composed(std::vector<std::unique_ptr<Checker>> checkers) {
  return compose(std::move(checkers))->check({});
}

TEST(Checkers, ComposeToTheWorstWithItsReason) {
  std::vector<std::unique_ptr<Checker>> checkers;
  checkers.push_back(std::make_unique<Says>(Verdict::valid));
  checkers.push_back(std::make_unique<Says>(Verdict::invalid));
  checkers.push_back(std::make_unique<Throws>());
  const Report report = composed(std::move(checkers));
  EXPECT_EQ(report.verdict, Verdict::invalid);
  EXPECT_EQ(report.reason, "because invalid");
  ASSERT_EQ(report.parts.size(), 3U);
  EXPECT_EQ(report.parts[2].verdict, Verdict::unknown);
}

TEST(Checkers, OneThatHasNoMemoryIsUnknown) {
  const Report report = check_safely(Greedy(), {});
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_EQ(report.reason, "the checker greedy ran out of memory");
}

TEST(Checkers, OneThatThrowsIsUnknown) {
  std::vector<std::unique_ptr<Checker>> checkers;
  checkers.push_back(noop_checker());
  checkers.push_back(std::make_unique<Throws>());
  const Report report = composed(std::move(checkers));
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_THAT(report.reason, HasSubstr("throws"));
  EXPECT_THAT(report.reason, HasSubstr("out of luck"));
  EXPECT_EQ(composed({}).verdict, Verdict::valid);
}

}  // namespace
}  // namespace faultline

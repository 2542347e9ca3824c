#include "harness/store/formats/edn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/store/random_ops.hpp"

namespace faultline::formats {
namespace {

using testing::HasSubstr;
using List = Value::List;

// The value of the one form in `text`, or a text that begins with "fault".
Value value_of(std::string_view text) {
  EdnReader reader(text);
  Edn form;
  if (reader.next(form) != EdnReader::Outcome::form) {
    return std::string_view("fault at " + std::to_string(reader.fault().offset) + ": " +
                            reader.fault().what);
  }
  Value value = form.value();
  Edn rest;
  if (reader.next(rest) != EdnReader::Outcome::end) return "fault: more than one form";
  return value;
}

std::string fault_of(std::string_view text) {
  const Value value = value_of(text);
  if (value.is_text() && value.text().starts_with("fault")) return value.text();
  return "no fault: " + value.to_string();
}

TEST(Edn, ReadsAtoms) {
  EXPECT_EQ(value_of("nil"), Value());
  EXPECT_EQ(value_of(" ,\t\r\n12,"), Value(12));
  EXPECT_EQ(value_of("-7"), Value(-7));
  EXPECT_EQ(value_of("+7"), Value(7));
  EXPECT_EQ(value_of("42N"), Value(42));
  EXPECT_EQ(value_of("9223372036854775807"), Value(std::int64_t{9223372036854775807}));
  EXPECT_EQ(value_of("9223372036854775808"), Value("9223372036854775808"));
  for (const char* number : {"1.5", "-1.5e-9", "2.5M", "2/3", "0x1f", "2r101"}) {
    EXPECT_EQ(value_of(number), Value(number));
  }
  EXPECT_EQ(value_of("true"), Value("true"));
  EXPECT_EQ(value_of(":timed-out"), Value("timed-out"));
  EXPECT_EQ(value_of(":jepsen.nemesis/start"), Value("jepsen.nemesis/start"));
  EXPECT_EQ(value_of("clojure.lang.Foo$1"), Value("clojure.lang.Foo$1"));
  EXPECT_EQ(value_of("-"), Value("-"));
  EXPECT_EQ(value_of("##NaN"), Value("##NaN"));
}

TEST(Edn, ReadsStringsAndCharacters) {
  EXPECT_EQ(value_of(R"("a\n\t\"\\\u00e9\101 z")"), Value("a\n\t\"\\éA z"));
  EXPECT_EQ(value_of(R"("\ud83d\udc19")"), Value("\xF0\x9F\x90\x99"));
  EXPECT_EQ(value_of("\"two\nlines ; no comment\""), Value("two\nlines ; no comment"));
  EXPECT_EQ(value_of("\\a"), Value("a"));
  EXPECT_EQ(value_of("\\newline"), Value("\n"));
  EXPECT_EQ(value_of("\\u00e9"), Value("é"));
  EXPECT_EQ(value_of("\\é"), Value("é"));
  EXPECT_EQ(value_of("[\\( \\)]"), Value(List{"(", ")"}));
}

TEST(Edn, ReadsCollections) {
  EXPECT_EQ(value_of("[]"), Value(List{}));
  EXPECT_EQ(value_of("(1, 2)"), Value(1, 2));
  EXPECT_EQ(value_of("[[:r 11 nil] [:append 11 1]]"),
            Value(List{List{"r", 11, Value()}, List{"append", 11, 1}}));
  EXPECT_EQ(value_of("#{3 1 2}"), Value(List{1, 2, 3}));
  EXPECT_EQ(value_of("{:b 1 :a 2}"), Value(List{List{"a", 2}, List{"b", 1}}));
  EXPECT_EQ(value_of("[1[2]3]"), Value(List{1, List{2}, 3}));
}

TEST(Edn, SkipsCommentsAndDiscardedForms) {
  EXPECT_EQ(value_of("; one\n 5 ; two"), Value(5));
  EXPECT_EQ(value_of("#_ 4 5"), Value(5));
  EXPECT_EQ(value_of("#_#_ 3 4 5"), Value(5));
  EXPECT_EQ(value_of("#_ [1 {2 3}] 5 #_6"), Value(5));
  EXPECT_EQ(value_of("[1 #_2]"), Value(List{1}));
  EXPECT_EQ(value_of("#_ 3 #_ ; comment\n 4 5"), Value(5));
}

TEST(Edn, DropsTags) {
  EXPECT_EQ(value_of("#inst \"2026-01-01\""), Value("2026-01-01"));
  EXPECT_EQ(value_of("#object[java.Foo 0x4b1 \"x\"]"), Value(List{"java.Foo", "0x4b1", "x"}));
  EXPECT_EQ(value_of("#a/b #c {:x 1}"), Value(List{List{"x", 1}}));
}

TEST(Edn, NamesWhatIsWrong) {
  EXPECT_THAT(fault_of("[1 2"), HasSubstr("at 0: expected a ']' that closes this '['"));
  EXPECT_THAT(fault_of("[1 2)"), HasSubstr("at 4: expected a form, found ')'"));
  EXPECT_THAT(fault_of("  \"abc"), HasSubstr("at 2: expected a '\"' that closes this string"));
  EXPECT_THAT(fault_of(R"("a\qb")"), HasSubstr("at 2: expected one of"));
  EXPECT_THAT(fault_of(R"("a\u12")"), HasSubstr("at 2: expected one of"));
  EXPECT_THAT(fault_of("{:a 1 :b}"), HasSubstr("at 8: expected a value for the last key"));
  EXPECT_THAT(fault_of("12abc"), HasSubstr("at 0: expected a number, keyword or symbol"));
  EXPECT_THAT(fault_of("[:]"), HasSubstr("at 1: expected a number, keyword or symbol"));
  EXPECT_THAT(fault_of("\\foo"), HasSubstr("at 0: expected a character"));
  EXPECT_THAT(fault_of("\\"), HasSubstr("at 0: expected a character"));
  EXPECT_THAT(fault_of("#"), HasSubstr("at 0: expected a tag"));
  EXPECT_THAT(fault_of("#foo"), HasSubstr("at 0: expected a form after the tag #foo"));
  EXPECT_THAT(fault_of("#_"), HasSubstr("at 0: expected a form to discard"));
  EXPECT_THAT(fault_of("[#_]"), HasSubstr("at 3: expected a form, found ']'"));
  EXPECT_THAT(fault_of(std::string_view("[1 \0]", 5)),
              HasSubstr("at 3: expected a form, found byte 0x00"));
  EXPECT_THAT(fault_of("]"), HasSubstr("at 0: expected a form, found ']'"));
}

TEST(Edn, BoundsNesting) {
  constexpr std::size_t kDeep = 1'000'000;
  for (const std::string open : {"[", "{:a ", "#{", "#t ", "#_[", "[#_"}) {
    std::string text;
    for (std::size_t i = 0; i < kDeep; ++i) text += open;
    EXPECT_THAT(fault_of(text), HasSubstr("no more than 260 forms inside each other")) << open;
  }
  std::string discards;
  for (std::size_t i = 0; i < kDeep; ++i) discards += "#_";
  for (std::size_t i = 0; i < kDeep; ++i) discards += " 1";
  EXPECT_EQ(value_of(discards + " 5"), Value(5));
  EXPECT_EQ(value_of(std::string(256, '[') + std::string(256, ']')).to_string().size(), 512U);
}

TEST(Edn, WrittenValuesComeBack) {
  constexpr std::uint64_t kSeed = 17;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Rng rng(kSeed);
  for (int i = 0; i < 5000; ++i) {
    const Value value = random_value(rng);
    ASSERT_EQ(value_of(value.to_string()), value) << value.to_string();
  }
}

TEST(Edn, RandomBytesNeverCrash) {
  constexpr std::uint64_t kSeed = 19;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  static const std::vector<std::string> kPieces = {
      "[", "]", "{", "}", "(",     ")",  "#",  "#{", "#_",  "\"", "\\",   ":",   ":a",  " ",
      "1", "-", "N", "/", "\\u12", ";",  "\n", ",",  "nil", "'",  "\x80", "é",   "##",  "a",
      "^", "~", ".", "+", "\\o",   "5M", "r",  "0x", "@",   "::", "`",    "\\u", "\x7F"};
  Rng rng(kSeed);
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::uint64_t n = rng.below(12); n > 0; --n) text += rng.pick(kPieces);
    EdnReader reader(text);
    Edn form;
    EdnReader::Outcome outcome = reader.next(form);
    while (outcome == EdnReader::Outcome::form) {
      (void)form.value();
      outcome = reader.next(form);
    }
    if (outcome == EdnReader::Outcome::fault) {
      ASSERT_LE(reader.fault().offset, text.size()) << text;
      ASSERT_FALSE(reader.fault().what.empty()) << text;
    }
  }
}

}  // namespace
}  // namespace faultline::formats

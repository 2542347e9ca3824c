#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using List = Value::List;

const History kWriteThenRead = {op(0, OpType::invoke, "write", 2), op(0, OpType::ok, "write", 2),
                                op(1, OpType::invoke, "read"), op(1, OpType::ok, "read", 2)};

constexpr const char* kOps[] = {
    "{:process 0, :type :invoke, :f :write, :value 2}",
    "{:value 2 :f :write :type :ok :process 0}",
    "{:type :invoke, :process 1, :f :read, :value nil}",
    "{:f :read :type :ok :value 2 :process 1}",
};

std::string joined(std::string_view between) {
  std::string text;
  for (const char* each : kOps) (text += each) += between;
  return text;
}

TEST(EdnHistory, ReadsEveryLayout) {
  for (const std::string& text :
       {joined("\n"), joined("\r\n"), joined(""), fmt::format("[{}]", joined("\n ")),
        fmt::format("({})", joined(" ,")),
        fmt::format("; comment\n#_ignored [{}] ; end", joined("\n; more\n")),
        fmt::format("\xEF\xBB\xBF{}", joined("\n")),
        fmt::format("#jepsen.history.DenseHistory [{}]\n", joined("\n")),
        fmt::format("\n\n  #jepsen.history.Op {}", joined("\n"))}) {
    const RecordedHistory history = good(text);
    EXPECT_EQ(history.ops, kWriteThenRead) << text;
    EXPECT_EQ(history.format, "edn");
    EXPECT_TRUE(history.nil_read_unconstrained);
    EXPECT_TRUE(history.notes.empty());
  }
}

TEST(EdnHistory, ReadsTimeErrorAndNemesis) {
  const RecordedHistory history = good(
      "{:type :info, :f :start, :process :nemesis, :time 5, :value [\"n1\" #{\"n3\" \"n2\"}]}\n"
      "{:type :fail, :f :release, :process 1, :time 341187643, :error :not-held}\n"
      "{:type :info, :f :txn, :process 2, :error [:socket \"Broken\n  pipe\"]}\n"
      "{:type :fail, :f :write, :process 3, :error nil, :value 3}\n"
      "{:type :info, :f :write, :process 4, :error \"lost contact\"}\n");
  ASSERT_EQ(history.ops.size(), 5U);
  EXPECT_TRUE(history.ops[0].is_nemesis());
  EXPECT_EQ(history.ops[0].time, 5);
  EXPECT_EQ(history.ops[0].value, Value(List{"n1", List{"n2", "n3"}}));
  EXPECT_EQ(history.ops[1].error.name(), "not-held");
  EXPECT_EQ(history.ops[1].time, 341187643);
  EXPECT_EQ(history.ops[2].error.name(), "[:socket \"Broken pipe\"]");
  EXPECT_TRUE(history.ops[3].error.empty());
  EXPECT_EQ(history.ops[4].error.name(), "lost contact");
}

TEST(EdnHistory, AFailedCasSaysNothingHere) {
  const RecordedHistory history = good("{:process 0 :type :fail :f :cas :value [1 2]}");
  EXPECT_TRUE(history.ops.at(0).error.empty());
  EXPECT_EQ(history.ops.at(0).value, Value(1, 2));
}

TEST(EdnHistory, ALongErrorIsCut) {
  const RecordedHistory history =
      good("{:process 0 :type :fail :f :cas :error \"a" + std::string(1000, ' ') + "bé" +
           std::string(10'000, 'x') + "\"}");
  EXPECT_THAT(history.ops.at(0).error.name(), StartsWith("a béxx"));
  EXPECT_EQ(history.ops.at(0).error.name().size(), 200U);
}

TEST(EdnHistory, ReadsBareHistories) {
  const RecordedHistory history = good(
      "{:index 0 :type :invoke, :value [[:append 255 8] [:r 253 nil]]}\n"
      "{:index 1 :type :ok, :value [[:append 255 8] [:r 253 [1 3 4]]]}");
  ASSERT_EQ(history.ops.size(), 2U);
  EXPECT_EQ(history.ops[1].process, 0);
  EXPECT_TRUE(history.ops[1].f.empty());
  EXPECT_EQ(history.ops[1].value,
            Value(List{List{"append", 255, 8}, List{"r", 253, List{1, 3, 4}}}));
}

TEST(EdnHistory, TheIndexIsTheOrder) {
  const std::string one = "{:process 1 :type :ok :f :read :value 1 :index 1}\n";
  const std::string zero = "{:process 1 :type :invoke :f :read :index 0}\n";
  const std::string bare = "{:process 2 :type :invoke :f :read}\n";
  EXPECT_EQ(good(one + zero).ops.at(0).type, OpType::invoke);
  const RecordedHistory mixed = good(one + zero + bare);
  EXPECT_EQ(mixed.ops.at(0).type, OpType::ok);
  EXPECT_THAT(mixed.notes,
              ElementsAre("2 of 3 ops have an :index, so the order of the file was taken"));
  EXPECT_EQ(bad(one + zero + one),
            "h: expected each :index once, found 1 twice: is it two histories?");
}

TEST(EdnHistory, SaysWhichKeysWereNotUsed) {
  const RecordedHistory history = good(
      "{:process 1 :type :ok :f :read :node \"n1\" :jepsen/clock 3}"
      "{:process 1 :type :ok :f :read :node \"n1\"}");
  EXPECT_THAT(history.notes, ElementsAre("keys that were not used: :jepsen/clock :node"));
}

TEST(EdnHistory, NamesThePlaceOfWhatIsWrong) {
  const std::string first = std::string(kOps[0]) + "\n";
  EXPECT_THAT(bad(first + "{:process 1 :f :read}"), StartsWith("h:2:1: expected a :type"));
  EXPECT_THAT(bad(first + "{:process 1, :type :okay}"),
              StartsWith("h:2:20: expected the :type :invoke, :ok, :fail or :info, found :okay"));
  EXPECT_THAT(bad(first + "{:process :client, :type :ok}"),
              StartsWith("h:2:11: expected a :process"));
  EXPECT_THAT(bad(first + "{:process 4294967296 :type :ok}"),
              StartsWith("h:2:11: expected a :process"));
  EXPECT_THAT(bad(first + "{:process -1 :type :ok}"), StartsWith("h:2:11: expected a :process"));
  EXPECT_THAT(bad(first + "{:type :ok :f 7}"), StartsWith("h:2:15: expected an :f"));
  EXPECT_THAT(bad(first + "{:type :ok :time 1.5}"), StartsWith("h:2:18: expected a :time"));
  EXPECT_THAT(bad(first + "{:type :ok :type :ok}"), StartsWith("h:2:12: expected one :type"));
  EXPECT_THAT(bad(first + "[:ok]"), StartsWith("h:2:1: expected an op, a map such as"));
  EXPECT_THAT(bad(first + "{:type :ok"), StartsWith("h:2:1: expected a '}' that closes this '{'"));
  EXPECT_THAT(bad("[" + first), StartsWith("h:2:1: expected ']', found the end of the file"));
  EXPECT_THAT(bad("[" + first + ")"), StartsWith("h:2:1: expected a form, found ')'"));
  EXPECT_THAT(bad("[" + first + "] " + first), HasSubstr("expected nothing after the list of ops"));
  EXPECT_THAT(bad(first + "\r\n  {:f \"x}\r\n"), StartsWith("h:3:7: expected a '\"' that closes"));
}

TEST(EdnHistory, IndependentKeysAreLifted) {
  const RecordedHistory history = good(
      "{:process 0 :type :invoke :f :cas :value [7 [1 2]]}\n"
      "{:process 1 :type :invoke :f :read :value [8 nil]}\n"
      "{:process 2 :type :invoke :f :write :value [9 3]}\n"
      "{:process :nemesis :type :info :f :start :value :majority}\n",
      {.independent = true});
  ASSERT_EQ(history.ops.size(), 4U);
  EXPECT_EQ(history.ops[0].key, Value(7));
  EXPECT_EQ(history.ops[0].value, Value(1, 2));
  EXPECT_EQ(history.ops[1].key, Value(8));
  EXPECT_EQ(history.ops[1].value, Value());
  EXPECT_EQ(history.ops[2].value, Value(3));
  EXPECT_EQ(history.ops[3].value, Value("majority"));
  EXPECT_THAT(bad(joined("\n"), {.independent = true}),
              StartsWith("h:1: 0 invoke write 2: with independent keys its value must be"));
}

TEST(PorcupineKv, ReadsKeysAndTexts) {
  const RecordedHistory history = good(
      "{:process 0, :type :invoke, :f :append, :key \"0\", :value \"x 0 0 y\"}\n"
      "{:process 1, :type :invoke, :f :get, :key \"9\", :value nil}\n"
      "{:process 1, :type :ok, :f :get, :key \"9\", :value \"\"}\n");
  EXPECT_EQ(history.format, "porcupine-kv");
  EXPECT_FALSE(history.nil_read_unconstrained);
  ASSERT_EQ(history.ops.size(), 3U);
  EXPECT_EQ(history.ops[0].key, Value("0"));
  EXPECT_EQ(history.ops[0].value, Value("x 0 0 y"));
  EXPECT_EQ(history.ops[2].value, Value(""));
}

TEST(PorcupineKv, HoldsToItsFunctions) {
  const std::string first = "{:process 0, :type :invoke, :f :put, :key \"0\", :value \"a\"}\n";
  EXPECT_THAT(bad(first + "{:process 0, :type :ok, :f :read, :key \"0\", :value \"a\"}"),
              StartsWith("h:2:1: expected the :f :get, :put or :append in a key-value log, found"));
  EXPECT_THAT(bad(first + "{:process 0, :type :ok, :f :put, :value \"a\"}"),
              StartsWith("h:2:1: expected a :key"));
  EXPECT_THAT(bad(first + "{:process 0, :type :ok, :f :get, :key \"0\", :value nil}"),
              StartsWith("h:2:1: expected a string as the :value"));
}

}  // namespace
}  // namespace faultline

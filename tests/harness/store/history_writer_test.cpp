// What is written is what others read, and what is read again is what was written.
#include "harness/store/history_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/store/as_in_edn.hpp"
#include "tests/harness/store/random_ops.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using List = Value::List;

struct Written {
  std::string text;
  std::vector<std::string> notes;
};

Written write(const RecordedHistory& history, OutputFormat format) {
  Written written;
  const auto notes = write_history(history, "h", format, [&](std::string_view text) {
    written.text += text;
    return Result<void>();
  });
  if (notes) {
    written.notes = *notes;
  } else {
    ADD_FAILURE() << notes.error().message;
  }
  return written;
}

RecordedHistory recorded(History ops) {
  RecordedHistory history;
  history.lines.assign(ops.size(), 1);
  history.ops = std::move(ops);
  return history;
}

TEST(HistoryWriter, WritesEdnAsJepsenDoes) {
  Op write_op = op(3, OpType::invoke, "write", 2);
  write_op.time = 14532933;
  Op lost = completion(write_op, OpType::info, Symbol::of("no route to \"n1\""));
  Op cut = op(kNemesis, OpType::invoke, "start-partition", List{"halves", "n1>n2"});
  Op cas = op(4, OpType::fail, "cas", Value(1, 2));
  cas.error = kMismatch;
  EXPECT_EQ(write(recorded({write_op, lost, cut, cas}), OutputFormat::edn).text,
            R"({:index 0, :time 14532933, :type :invoke, :process 3, :f :write, :value 2, )"
            R"(:faultline/nil-read :absent}
{:index 1, :time 14532933, :type :info, :process 3, :f :write, :value 2, )"
            R"(:error "no route to \"n1\""}
{:index 2, :time 0, :type :info, :process :nemesis, :f :start-partition, )"
            R"(:value ["halves" "n1>n2"]}
{:index 3, :time 0, :type :fail, :process 4, :f :cas, :value [1 2], :error :mismatch}
)");
}

TEST(HistoryWriter, WritesKeysAsJepsenIndependentDoes) {
  Op keyed = op(1, OpType::ok, "cas", Value(1, 2));
  keyed.key = 7;
  const RecordedHistory history =
      recorded({keyed, op(2, OpType::invoke, "read"), op(kNemesis, OpType::info, "heal", 3)});
  const Written written = write(history, OutputFormat::edn);
  EXPECT_THAT(written.text, HasSubstr(":value [7 [1 2]]"));
  EXPECT_THAT(written.text, HasSubstr(":value [nil nil]"));
  EXPECT_THAT(written.text, HasSubstr(":process :nemesis, :f :heal, :value 3}"));
  EXPECT_THAT(written.notes,
              ElementsAre("every value is written as [key value]; to read it: --independent"));
  EXPECT_EQ(good(written.text, {.independent = true}).ops, history.ops);
}

TEST(HistoryWriter, WritesTransactionsForElle) {
  const RecordedHistory history =
      recorded({op(0, OpType::ok, "txn",
                   List{List{"append", 5, 1}, List{"r", 5, List{1}}, List{"odd /", 2}}),
                op(0, OpType::ok, "write", List{List{"append", 5, 1}})});
  const std::string text = write(history, OutputFormat::edn).text;
  EXPECT_THAT(text, HasSubstr(":f :txn, :value [[:append 5 1] [:r 5 [1]] [\"odd /\" 2]]"));
  EXPECT_THAT(text, HasSubstr(":f :write, :value [[\"append\" 5 1]]"));
  EXPECT_EQ(good(text).ops, history.ops);
}

TEST(HistoryWriter, AReadOfNothingKeepsItsMeaning) {
  for (const bool unconstrained : {false, true}) {
    RecordedHistory history = recorded({op(0, OpType::invoke, "read"), op(0, OpType::ok, "read")});
    history.nil_read_unconstrained = unconstrained;
    for (const OutputFormat format : {OutputFormat::jsonl, OutputFormat::edn}) {
      const RecordedHistory again = good(write(history, format).text);
      EXPECT_EQ(again.nil_read_unconstrained, unconstrained);
      EXPECT_THAT(again.notes, IsEmpty());
      EXPECT_EQ(again.ops, history.ops);
    }
  }
  EXPECT_THAT(bad(R"({"faultline":"history","version":1,"columns":["time","process","type","f",)"
                  R"("key","value","error"],"nil_read":"yes"})"
                  "\n"),
              HasSubstr(R"(h:1:1: expected "unconstrained" as nil_read, or none)"));
}

TEST(HistoryWriter, RandomOpsComeBack) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    History ops;
    const bool keyed = rng.chance(1, 2);
    for (std::uint64_t n = rng.below(40); n > 0; --n) {
      ops.push_back(random_op(rng));
      if (!keyed) ops.back().key = Value();
    }
    const RecordedHistory history = recorded(ops);
    EXPECT_EQ(good(write(history, OutputFormat::jsonl).text).ops, ops);
    const std::string edn = write(history, OutputFormat::edn).text;
    if (ops.empty()) continue;  // an empty file is no history
    const RecordedHistory again = good(edn, {.independent = is_keyed(history.ops)});
    ASSERT_EQ(again.ops, as_in_edn(ops)) << edn;
    const std::string edn_again = write(again, OutputFormat::edn).text;
    EXPECT_EQ(good(edn_again, {.independent = is_keyed(again.ops)}).ops, again.ops);
    EXPECT_EQ(good(write(again, OutputFormat::jsonl).text).ops, again.ops);
  }
}

TEST(HistoryWriter, RefusesWhatNoReaderTakes) {
  const auto nested = [](int depth) {
    Value value(1);
    for (; depth > 0; --depth) value = Value(List{value});
    return recorded({op(0, OpType::ok, "read", value)});
  };
  for (const OutputFormat format : {OutputFormat::jsonl, OutputFormat::edn}) {
    const RecordedHistory deepest = nested(256);
    EXPECT_EQ(good(write(deepest, format).text).ops, deepest.ops);
    const auto refused =
        write_history(nested(257), "in", format, [](std::string_view) { return Result<void>(); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "in:1: expected no more than 256 lists inside each other");
  }
}

TEST(HistoryWriter, StopsWhenTheSinkDoes) {
  RecordedHistory history = recorded(History(10'000, op(0, OpType::invoke, "read")));
  int calls = 0;
  const auto stopped = write_history(history, "h", OutputFormat::edn, [&](std::string_view) {
    ++calls;
    return Result<void>(Error{"full"});
  });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().message, "full");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace faultline

#include "harness/store/history_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "harness/core/rng.hpp"
#include "harness/store/formats/jsonl.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string file_error(const std::filesystem::path& path) {
  const auto history = read_history(path);
  return history ? "no error" : history.error().message;
}

TEST(HistoryReader, NamesAFileItCannotRead) {
  const ScratchDirectory scratch;
  EXPECT_THAT(file_error(scratch / "none"), EndsWith("/none: no such file"));
  EXPECT_THAT(file_error(scratch.path()), HasSubstr("it is a directory"));
  spill(scratch / "empty", "");
  EXPECT_THAT(file_error(scratch / "empty"), EndsWith("/empty: the file is empty; expected a "
                                                      "recorded history"));
  spill(scratch / "secret", "x");
  ::chmod((scratch / "secret").c_str(), 0);
  if (::geteuid() != 0) {
    EXPECT_THAT(file_error(scratch / "secret"), HasSubstr("cannot read it: Permission denied"));
  }
  EXPECT_THAT(file_error("/dev/null"), HasSubstr("the file is empty"));
}

TEST(HistoryReader, ReadsAPipe) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::mkfifo((scratch / "pipe").c_str(), 0600), 0);
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text += "INFO  jepsen.util - " + std::to_string(i) + "\t:invoke\t:read\tnil\n";
  }
  std::thread writer([&] { spill(scratch / "pipe", text); });
  const auto history = read_history(scratch / "pipe");
  writer.join();
  ASSERT_TRUE(history) << history.error().message;
  EXPECT_EQ(history->ops.size(), 10'000U);
}

TEST(HistoryReader, SaysWhatItKnowsWhenItKnowsNothingOfTheFile) {
  for (const std::string& text :
       {std::string("hello\n"),
        std::string("\x7F"
                    "ELF\0\0\1",
                    7),
        std::string(5000, '\0'), std::string("\xFF\xFE{\0:\0", 6), std::string("12 13 14\n"),
        std::string("\xEF\xBB\xBF"), std::string("\"text\"")}) {
    EXPECT_THAT(bad(text), HasSubstr("this is no history format known here; expected Faultline's"));
  }
  EXPECT_THAT(bad("\n \nhello"), StartsWith("h:3:1: this is no history"));
  EXPECT_THAT(bad("\n \nhello"), EndsWith("but it starts with \"hello\""));
}

TEST(HistoryReader, KeepsTheLineOfEveryOp) {
  using Lines = std::vector<std::uint32_t>;
  const auto header = std::string(formats::kJsonlHeader);
  EXPECT_EQ(good(header + "[0,1,\"invoke\",\"read\"]\n\n[1,1,\"ok\",\"read\"]\n").lines,
            (Lines{2, 4}));
  EXPECT_EQ(
      good("x\nINFO jepsen.util - 0 :invoke :read nil\n\nINFO jepsen.util - 0 :ok :read 1\n").lines,
      (Lines{2, 4}));
  EXPECT_EQ(good("0\t:info\t:write\t1\terror: no\n at x\n1\t:invoke\t:read\tnil\n").lines,
            (Lines{1, 3}));
  EXPECT_EQ(good("[{:type :invoke :f :read}{:type :ok\n:f :read}\n; x\n\n {:type :ok}]").lines,
            (Lines{1, 1, 5}));
  const RecordedHistory sorted = good("{:type :ok :index 2}\n{:type :invoke :index 1}\n");
  EXPECT_EQ(sorted.lines, (Lines{2, 1})) << "the order of :index";
}

TEST(HistoryReader, AByteOrderMarkIsNoColumn) {
  EXPECT_THAT(bad("\xEF\xBB\xBF{:type :what}"), StartsWith("h:1:8: expected the :type"));
}

TEST(HistoryReader, AKeyedOpIsLeftAsItIsWithIndependentKeys) {
  const RecordedHistory history = good(
      "{\"faultline\":\"history\",\"version\":1,\"columns\":[\"time\",\"process\",\"type\","
      "\"f\",\"key\",\"value\",\"error\"]}\n[0,1,\"invoke\",\"cas\",7,[1,2]]\n"
      "[0,2,\"invoke\",\"write\",null,[8,3]]\n[0,\"nemesis\",\"info\",\"start\"]\n",
      {.independent = true});
  ASSERT_EQ(history.ops.size(), 3U);
  EXPECT_EQ(history.ops[0].key, Value(7));
  EXPECT_EQ(history.ops[0].value, Value(1, 2));
  EXPECT_EQ(history.ops[1].key, Value(8));
  EXPECT_EQ(history.ops[1].value, Value(3));
}

TEST(HistoryReader, ReadsALineOfTenMegabytesInEveryFormat) {
  const std::string big(10'000'000, 'x');
  EXPECT_EQ(good("{:type :ok :f :read :value \"" + big + "\"}").ops.at(0).value.text().size(),
            big.size());
  EXPECT_EQ(good("INFO jepsen.util - 0 :ok :read \"" + big + "\"").ops.at(0).value.text().size(),
            big.size());
  EXPECT_EQ(good("0\t:ok\t:read\t\"" + big + "\"").ops.at(0).value.text().size(), big.size());
  EXPECT_THAT(bad(big).size(), testing::Lt(400U));
  EXPECT_THAT(bad("{:type :ok :f :read :value \"" + big), StartsWith("h:1:28: expected a '\"'"));
}

TEST(HistoryReader, BoundsNestingInEveryFormat) {
  const std::string deep(1'000'000, '[');
  EXPECT_THAT(bad(deep), HasSubstr("no more than 260 forms"));
  EXPECT_THAT(bad("{:type :ok :value " + deep), HasSubstr("no more than 260 forms"));
  EXPECT_THAT(bad("INFO jepsen.util - 0 :ok :read " + deep), HasSubstr("no more than 260 forms"));
  EXPECT_THAT(bad("0\t:ok\t:read\t" + deep), HasSubstr("no more than 260 forms"));
}

// Whatever is done to a good file, the reader answers: a history, or an error that names the file.
TEST(HistoryReader, DamagedFilesNeverCrash) {
  constexpr std::uint64_t kSeed = 29;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const std::vector<std::string> samples = {
      "[{:process 0, :type :invoke, :f :txn, :value [[:r 1 nil] #{2}], :index 0}\n"
      "#jepsen.history.Op{:process :nemesis, :type :info, :f :start, :value {\"n1\" \\a}, :index "
      "1}]",
      "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\nINFO  jepsen.util - "
      "0\t:info\t:cas\t:timed-out\n",
      "0\t:invoke\t:cas\t[1 2]\n0\t:info\t:cas\t[1 2]\t[:x \"y\"]\n",
      "{:process 0, :type :ok, :f :put, :key \"0\", :value \"x \\u0041 y\"}\n",
      R"({"ClientId":1,"Input":{"Type":"range","Range":{"Start":"a","End":"c"}},"Call":5,)"
      R"("Output":{"Range":{"KVs":[{"Key":"b","Value":{"Value":"1"}}],"Count":1}},"Return":9})"};
  constexpr std::string_view kHarmful = "[](){}\"\\#_:;\n\t\r 0-nN";
  Rng rng(kSeed);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = rng.pick(samples);
    for (std::uint64_t n = 1 + rng.below(3); n > 0 && !text.empty(); --n) {
      const std::size_t at = rng.below(text.size());
      switch (rng.below(3)) {
        case 0: text[at] = static_cast<char>(rng.below(256)); break;
        case 1: text[at] = kHarmful[rng.below(kHarmful.size())]; break;
        default: text.resize(at);
      }
    }
    const auto history = read_text(text, {.independent = rng.chance(1, 4)});
    if (!history) {
      ASSERT_THAT(history.error().message, StartsWith("h:")) << text;
    }
  }
}

// A megabyte of short lines, and as many errors of many lines: neither may take quadratic time.
TEST(HistoryReader, LongFilesTakeLinearTime) {
  std::string text = "0\t:info\t:write\t1\tjava.lang.Exception: no\n";
  for (int i = 0; i < 300'000; ++i) text += "at x\n";
  EXPECT_EQ(good(text).ops.size(), 1U);
  std::string log = "INFO jepsen.util - 0 :ok :read 1\n";
  for (int i = 0; i < 300'000; ++i) log += "x\n";
  EXPECT_EQ(good(log).ops.size(), 1U);
}

}  // namespace
}  // namespace faultline

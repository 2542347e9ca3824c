#include "harness/store/formats/jsonl.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/harness/store/random_ops.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kHeader(formats::kJsonlHeader);

std::string encode(const History& ops) {
  formats::JsonlEncoder encoder;
  std::string text = kHeader;
  for (const Op& op : ops) encoder.append(text, op);
  return text;
}

TEST(Jsonl, EveryLineIsJson) {
  constexpr std::uint64_t kSeed = 7;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Rng rng(kSeed);
  for (int i = 0; i < 2000; ++i) {
    Value value;
    // nlohmann refuses lone surrogates, so only what is UTF-8 (of which 0x7F is the end here).
    for (bool ascii = false; !ascii;) {
      value = random_value(rng);
      std::string text;
      formats::append_json(text, value);
      ascii = text.find("\\udc") == std::string::npos;
    }
    std::string text;
    formats::append_json(text, value);
    EXPECT_FALSE(nlohmann::json::parse(text, nullptr, false).is_discarded()) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos);
  }
}

// Cut at every byte, the history is what was whole up to there, with a note if something was torn.
TEST(Jsonl, TornAnywhereGivesWhatWasWhole) {
  constexpr std::uint64_t kSeed = 11;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Rng rng(kSeed);
  History ops;
  std::string text = kHeader;
  std::vector<std::size_t> whole_at;  // from which size on an op is whole: behind its bracket
  formats::JsonlEncoder encoder;
  for (int i = 0; i < 60; ++i) {
    ops.push_back(random_op(rng));
    encoder.append(text, ops.back());
    whole_at.push_back(text.size() - 1);
  }
  for (std::size_t size = kHeader.size(); size <= text.size(); ++size) {
    const std::string_view torn = std::string_view(text).substr(0, size);
    const RecordedHistory history = good(torn);
    const auto whole = static_cast<std::size_t>(
        std::upper_bound(whole_at.begin(), whole_at.end(), size) - whole_at.begin());
    ASSERT_EQ(history.ops, History(ops.begin(), ops.begin() + static_cast<std::ptrdiff_t>(whole)))
        << "cut at " << size;
    const bool clean = torn.ends_with('\n') || size == whole_at[whole - (whole > 0 ? 1 : 0)];
    ASSERT_EQ(history.notes.empty(), clean) << "cut at " << size;
  }
}

TEST(Jsonl, ATornLineIsNamedInTheNote) {
  const RecordedHistory history = good(kHeader + "[1,2,\"invoke\",\"read\"]\n[2,2,\"ok\",\"re");
  EXPECT_THAT(history.notes, ElementsAre("line 3, the last one, was torn and is dropped"));
  EXPECT_EQ(history.ops.size(), 1U);
}

TEST(Jsonl, ALineOfZeroBytesLeftByAPowerCutIsTorn) {
  const std::string zeros(100, '\0');
  EXPECT_EQ(good(kHeader + "[1,2,\"invoke\",\"read\"]\n" + zeros).ops.size(), 1U);
}

TEST(Jsonl, ALastLineThatStopsButHasItsLineFeedIsTorn) {
  const RecordedHistory history = good(kHeader + "[1,2,\"invoke\",\"read\"]\n[2,2,\"ok\"\n \n");
  EXPECT_EQ(history.ops.size(), 1U);
  EXPECT_EQ(history.notes.size(), 1U);
}

TEST(Jsonl, ALineThatStopsEarlierIsAnError) {
  EXPECT_THAT(bad(kHeader + "[1,2,\"invoke\"\n[2,2,\"ok\",\"read\"]\n"),
              StartsWith("h:2:14: expected ',' and the f, found the end of the line"));
}

TEST(Jsonl, AHeaderAloneIsAHistoryWithoutOps) {
  EXPECT_TRUE(good(kHeader).ops.empty());
  EXPECT_TRUE(good(kHeader.substr(0, kHeader.size() - 1) + "\n").notes.empty());
}

TEST(Jsonl, ATornHeaderIsAnError) {
  for (std::size_t size = 2; size < kHeader.size(); ++size) {
    EXPECT_THAT(bad(kHeader.substr(0, size)), HasSubstr("the header is cut off")) << size;
  }
}

TEST(Jsonl, AnotherVersionOrOtherColumnsAreAnError) {
  EXPECT_THAT(bad(R"({"faultline":"history","version":2,"columns":[]})"
                  "\n"),
              StartsWith("h:1:1: expected version 1 of the history format, found 2;"));
  EXPECT_THAT(bad(R"({"faultline":"history","version":1,"columns":["time"]})"
                  "\n"),
              StartsWith("h:1:1: expected the columns [\"time\",\"process\""));
  EXPECT_THAT(bad(R"({"faultline":"history"})"
                  "\n"),
              HasSubstr("found null"));
  EXPECT_THAT(bad("{\"Client\": 3}\n"), StartsWith("h:1:1: expected the header of a history"));
}

TEST(Jsonl, NamesThePlaceOfABadLine) {
  const std::string good_line = "[1,2,\"ok\",\"read\"]\n";
  const auto error_of = [&](const std::string& line) {
    return bad(kHeader + good_line + line + "\n" + good_line);
  };
  EXPECT_THAT(error_of("{}"), StartsWith("h:3:1: expected '[', an op"));
  EXPECT_THAT(error_of(R"(["1",2,"ok","read"])"), StartsWith("h:3:2: expected the time"));
  EXPECT_THAT(error_of(R"([1.5,2,"ok","read"])"), StartsWith("h:3:3: expected the time"));
  EXPECT_THAT(error_of(R"([1,2.0,"ok","read"])"), StartsWith("h:3:5: expected the process"));
  EXPECT_THAT(error_of(R"([1,-1,"ok","read"])"), StartsWith("h:3:4: expected a process from 0"));
  EXPECT_THAT(error_of(R"([1,2147483648,"ok","read"])"), StartsWith("h:3:4: expected a process"));
  EXPECT_THAT(error_of(R"([1,"nobody","ok","read"])"), StartsWith("h:3:4: expected the process"));
  EXPECT_THAT(error_of(R"([1,2,"okay","read"])"), StartsWith("h:3:6: expected the type"));
  EXPECT_THAT(error_of(R"([1,2,"ok",7])"), StartsWith("h:3:11: expected f, a string"));
  EXPECT_THAT(error_of(R"([1,2,"ok","read",nul])"), StartsWith("h:3:21: expected the key"));
  EXPECT_THAT(error_of(R"([1,2,"ok","read",1,true])"), StartsWith("h:3:20: expected the value"));
  EXPECT_THAT(error_of(R"([1,2,"ok","read",1,99999999999999999999])"),
              StartsWith("h:3:20: expected the value that fits 64 bits"));
  EXPECT_THAT(error_of(R"([1,2,"ok","read",1,2,3])"), StartsWith("h:3:22: expected the error"));
  EXPECT_THAT(error_of(R"([1,2,"ok","read",1,2,"x",4])"),
              StartsWith("h:3:25: expected ',' or ']'"));
  EXPECT_THAT(error_of(R"([1,2,"ok","read"] x)"), StartsWith("h:3:19: expected the end of the"));
  EXPECT_THAT(error_of(R"([1,2,"ok","re\qd"])"), StartsWith("h:3:15: expected one of"));
  EXPECT_THAT(error_of(R"([1,2,"ok","\ud83d"])"), HasSubstr("second half of a surrogate pair"));
  EXPECT_THAT(
      error_of(std::string("[1,2,\"ok\",\"a\0b\"]", 16)),
      StartsWith("h:3:13: expected a character of a string (control characters as \\u00XX), "
                 "found byte 0x00"));
  EXPECT_THAT(error_of(kHeader.substr(0, 30)), StartsWith("h:3:1: expected '['"));
}

TEST(Jsonl, ReadsWhatOtherJsonWritersWrite) {
  const RecordedHistory history =
      good("\xEF\xBB\xBF" + kHeader.substr(0, kHeader.size() - 1) +
           "\r\n\r\n [ 1 , 2 , \"ok\" , \"re\\u0061d\" , null , [ 1 , \"\\ud83d\\udc19\\/\" ] , "
           "null ] \r\n");
  ASSERT_EQ(history.ops.size(), 1U);
  EXPECT_EQ(history.ops[0].f.name(), "read");
  EXPECT_EQ(history.ops[0].value, Value(Value::List{1, "\xF0\x9F\x90\x99/"}));
  EXPECT_TRUE(history.ops[0].error.empty());
}

TEST(Jsonl, BoundsNesting) {
  const auto nested = [](std::size_t depth) {
    return kHeader + "[1,2,\"ok\",\"read\",null," + std::string(depth, '[') +
           std::string(depth, ']') + "]\n";
  };
  EXPECT_EQ(good(nested(256)).ops.size(), 1U);
  EXPECT_THAT(bad(nested(257)), StartsWith("h:2:279: expected no more than 256 arrays"));
  EXPECT_THAT(bad(nested(1'000'000)), HasSubstr("no more than 256"));
}

TEST(Jsonl, ReadsALineOfTenMegabytes) {
  const std::string big(10'000'000, 'x');
  const RecordedHistory history = good(encode({op(1, OpType::ok, "read", std::string_view(big))}));
  ASSERT_EQ(history.ops.size(), 1U);
  EXPECT_EQ(history.ops[0].value.text().size(), big.size());
}

// Whatever is done to a good file, the reader answers: a history or an error with a place.
TEST(Jsonl, DamagedFilesNeverCrash) {
  constexpr std::uint64_t kSeed = 13;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Rng rng(kSeed);
  for (int round = 0; round < 3000; ++round) {
    History ops;
    for (int i = 0; i < 4; ++i) ops.push_back(random_op(rng));
    std::string text = encode(ops);
    for (std::uint64_t n = 1 + rng.below(3); n > 0; --n) {
      const std::size_t at = kHeader.size() + rng.below(text.size() - kHeader.size());
      text[at] = static_cast<char>(rng.below(256));
    }
    const auto history = read_text(text);
    if (!history) {
      EXPECT_THAT(history.error().message, StartsWith("h:"));
    }
  }
}

}  // namespace
}  // namespace faultline

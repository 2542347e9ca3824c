#include "harness/serve/journal_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/store/formats/jsonl.hpp"
#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

Event parsed(const std::string& line) {
  EventParser parser;
  Event event;
  EXPECT_TRUE(parser.parse(line, event)) << line;
  return event;
}

TEST(EventParser, ReadsWhatTheJournalWrites) {
  formats::JsonlEncoder encoder;
  Op op = invocation(Symbol::of("start-partition"), Value("n1>n2"));
  op.time = 15;
  op.process = kNemesis;
  op.type = OpType::info;
  op.error = Symbol::of("no \"leader\"");
  std::string line;
  encoder.append(line, op);
  line.pop_back();
  const Event event = parsed(line);
  EXPECT_EQ(event.time, 15);
  EXPECT_TRUE(event.is_nemesis());
  EXPECT_EQ(event.type, OpType::info);
  EXPECT_EQ(event.f, "start-partition");
  EXPECT_EQ(event.error, "no \"leader\"");
  EXPECT_EQ(event.value, Value("n1>n2"));
  EXPECT_EQ(parsed(R"([7,3,"ok","read",1,[2,3]])").process, 3);
}

TEST(EventParser, RefusesWhatIsNoEvent) {
  EventParser parser;
  Event event;
  for (const char* line :
       {"", "[", "{}", "[1]", R"(["x",1,"ok","read"])", R"([1,-1,"ok","read"])",
        R"([1,99999999999,"ok","read"])", R"([1,"nobody","ok","read"])", R"([1,1,"okay","read"])",
        R"([1,1,"ok",7])", R"([1,"nemesis","info","kill",null,[)"}) {
    EXPECT_FALSE(parser.parse(line, event)) << line;
  }
}

TEST(EachEvent, StopsBeforeALineThatIsNotWhole) {
  const ServedRuns runs;
  const std::string whole = "[1,1,\"invoke\",\"read\"]\n";
  runs.write("h", kHeader + whole + "damaged\n" + whole + "[2,1,\"inv");
  const ResultsTree tree = runs.tree();
  int seen = 0;
  const auto count = [&](const Event&, std::string_view) { ++seen; };
  const Span span = each_event(*tree.file("h"), 0, 1U << 30U, count);
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(span.events, 2U);
  EXPECT_EQ(span.damaged, 1U);
  EXPECT_EQ(span.next, tree.file("h")->size - 9);
  EXPECT_EQ(each_event(*tree.file("h"), span.next, 1U << 30U, count).next, span.next);
}

TEST(EachEvent, LinesAcrossPiecesAreSeenOnce) {
  const ServedRuns runs;
  std::string text = kHeader;
  constexpr int kEvents = 100'000;  // more than two pieces
  for (int i = 0; i < kEvents; ++i)
    text += "[" + std::to_string(i) + ",1,\"ok\",\"read\",null,1]\n";
  ASSERT_GT(text.size(), std::size_t{2} << 20U);
  runs.write("h", text);
  const ResultsTree tree = runs.tree();
  Time next = 0;
  each_event(*tree.file("h"), 0, text.size(), [&](const Event& event, std::string_view) {
    ASSERT_EQ(event.time, next);
    ++next;
  });
  EXPECT_EQ(next, kEvents);
}

// A set that is read whole, say.
TEST(EachEvent, ALongLineIsALineLikeAnother) {
  const ServedRuns runs;
  const auto line = [](int time, std::size_t megabytes) {
    return "[" + std::to_string(time) + ",1,\"ok\",\"read\",null,\"" +
           std::string(megabytes << 20U, 'x') + "\"]\n";
  };
  const std::string text = kHeader + line(0, 0) + line(1, 3) + line(2, 0) + line(3, 9) + line(4, 1);
  runs.write("h", text);
  const ResultsTree tree = runs.tree();
  std::vector<Time> times;
  const auto keep = [&](const Event& event, std::string_view) { times.push_back(event.time); };
  const Span whole = each_event(*tree.file("h"), 0, std::uint64_t{1} << 40U, keep);
  EXPECT_THAT(times, testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(whole.damaged, 0U);
  EXPECT_EQ(whole.next, text.size());
  // In looks of 4 MB: all but the one that none of them can hold.
  times.clear();
  Span look;
  for (int i = 0; i < 10; ++i) {
    look.next = each_event(*tree.file("h"), look.next, std::uint64_t{4} << 20U, keep).next;
  }
  EXPECT_THAT(times, testing::ElementsAre(0, 1, 2, 4));
  EXPECT_EQ(look.next, text.size());
}

TEST(EachEvent, ALongLineThatIsNotWholeIsWaitedFor) {
  const ServedRuns runs;
  const std::string whole = "[1,1,\"invoke\",\"read\"]\n";
  runs.write("h", whole + "[2,1,\"ok\",\"" + std::string(std::size_t{3} << 20U, 'x'));
  const ResultsTree tree = runs.tree();
  const auto ignore = [](const Event&, std::string_view) {};
  const Span span = each_event(*tree.file("h"), 0, std::uint64_t{4} << 20U, ignore);
  EXPECT_EQ(span.next, whole.size());
  EXPECT_EQ(span.damaged, 0U);
}

TEST(EachEvent, ALineWithoutEndDoesNotStopItForGood) {
  const ServedRuns runs;
  runs.write("h", std::string(kMostLine + 5, 'x') + "\n[1,1,\"ok\",\"read\"]\n");
  const ResultsTree tree = runs.tree();
  int seen = 0;
  const Span span = each_event(*tree.file("h"), 0, std::uint64_t{1} << 40U,
                               [&](const Event&, std::string_view) { ++seen; });
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(span.damaged, 2U);
}

}  // namespace
}  // namespace faultline::serve

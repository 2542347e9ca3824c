#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/space_time.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

constexpr const char* kHeader = R"({"faultline-trace":1,"nodes":3})"
                                "\n";

SpaceTime read(const std::string& lines, SpaceTime::Window window = {100, 200}) {
  auto diagram = read_trace(Source::of_text("trace.jsonl", kHeader + lines), window);
  EXPECT_TRUE(diagram) << diagram.error().message;
  return diagram ? *diagram : SpaceTime{};
}

std::string error_of(const std::string& text) {
  const auto diagram = read_trace(Source::of_text("trace.jsonl", text), {100, 200});
  return diagram ? "no error" : diagram.error().message;
}

std::vector<std::string> texts(const SpaceTime& diagram) {
  std::vector<std::string> texts;
  for (const auto& message : diagram.messages) texts.push_back(message.text);
  return texts;
}

TEST(TraceReader, MessagesThatAreUnderWayInTheWindow) {
  const SpaceTime diagram = read(R"({"at":1,"sent":1,"from":0,"to":1,"text":"over before"}
{"at":2,"sent":2,"from":0,"to":2,"text":"arrives in it"}
{"at":3,"sent":3,"from":0,"to":2,"text":"arrives behind it"}
{"at":99,"arrived":1}
{"at":100,"arrived":2}
{"at":150,"sent":4,"from":1,"to":-1,"text":"never arrives"}
{"at":200,"sent":5,"from":2,"to":1,"text":"sent at its end"}
{"at":201,"sent":6,"from":2,"to":1,"text":"sent behind it"}
{"at":250,"arrived":3}
{"at":251,"lost":5,"why":"the link is cut"}
)");
  EXPECT_THAT(texts(diagram), testing::ElementsAre("arrives in it", "arrives behind it",
                                                   "never arrives", "sent at its end"));
  EXPECT_EQ(diagram.messages[0].ended, 100);
  EXPECT_EQ(diagram.messages[1].ended, 250);
  EXPECT_EQ(diagram.messages[2].ended, kNever);
  EXPECT_EQ(diagram.messages[2].to, kClients);
  EXPECT_FALSE(diagram.messages[1].lost);
  EXPECT_TRUE(diagram.messages[3].lost);
  EXPECT_EQ(diagram.messages[3].why, "the link is cut");
}

TEST(TraceReader, ADoubledMessageArrivesOnce) {
  const SpaceTime diagram = read(R"({"at":110,"sent":1,"from":0,"to":1,"text":"twice"}
{"at":120,"arrived":1}
{"at":130,"arrived":1}
)");
  ASSERT_EQ(diagram.messages.size(), 1U);
  EXPECT_EQ(diagram.messages[0].ended, 120);
}

TEST(TraceReader, StretchesOfANodesTime) {
  const SpaceTime diagram = read(R"({"at":1,"node":0,"is":"up"}
{"at":5,"node":0,"leader":true,"term":2,"commit":7}
{"at":110,"node":0,"leader":true,"term":2,"commit":9}
{"at":120,"node":0,"is":"paused"}
{"at":130,"node":0,"is":"resumed"}
{"at":140,"node":0,"leader":false,"term":3,"commit":9}
{"at":150,"node":1,"is":"down"}
{"at":160,"node":1,"is":"up"}
{"at":170,"node":2,"leader":true,"term":3,"commit":0}
{"at":180,"node":2,"is":"down"}
)");
  using Phase = SpaceTime::Phase;
  std::vector<std::tuple<NodeId, Phase, Time, Time, std::uint64_t>> found;
  for (const auto& s : diagram.stretches)
    found.emplace_back(s.node, s.phase, s.begin, s.end, s.term);
  EXPECT_THAT(found, testing::UnorderedElementsAre(std::tuple(0, Phase::leader, 5, 140, 2U),
                                                   std::tuple(0, Phase::paused, 120, 130, 0U),
                                                   std::tuple(1, Phase::down, 150, 160, 0U),
                                                   std::tuple(2, Phase::leader, 170, 180, 3U),
                                                   std::tuple(2, Phase::down, 180, kNever, 0U)));
  ASSERT_EQ(diagram.commits.size(), 1U) << "7 was before the window";
  EXPECT_EQ(diagram.commits[0].index, 9U);
  EXPECT_EQ(diagram.commits[0].at, 110);
}

TEST(TraceReader, AnotherTermIsAnotherStretch) {
  const SpaceTime diagram = read(R"({"at":110,"node":0,"leader":true,"term":2,"commit":0}
{"at":120,"node":0,"leader":true,"term":4,"commit":0}
)");
  ASSERT_EQ(diagram.stretches.size(), 2U);
  EXPECT_EQ(diagram.stretches[0].end, 120);
  EXPECT_EQ(diagram.stretches[1].term, 4U);
}

TEST(TraceReader, WhatANodeThatWasKilledCommitsAgainIsNew) {
  const SpaceTime diagram = read(R"({"at":110,"node":0,"leader":false,"term":2,"commit":5}
{"at":120,"node":0,"is":"down"}
{"at":130,"node":0,"is":"up"}
{"at":140,"node":0,"leader":false,"term":2,"commit":3}
)");
  EXPECT_EQ(diagram.commits.size(), 2U);
}

TEST(TraceReader, ALastLineThatIsNotWholeIsLeftOut) {
  EXPECT_EQ(texts(read(R"({"at":110,"sent":1,"from":0,"to":1,"text":"whole"}
{"at":111,"sent":2,"fr)")),
            std::vector<std::string>{"whole"});
}

TEST(TraceReader, WhoLedWhenInAllOfIt) {
  const auto leaders = read_leaders(Source::of_text(
      "trace.jsonl", std::string(kHeader) + R"({"at":1,"node":0,"leader":true,"term":1,"commit":0}
{"at":2,"sent":1,"from":0,"to":1,"text":"says \"leader\": nobody"}
{"at":5,"node":2,"leader":true,"term":2,"commit":0}
{"at":7,"node":0,"leader":false,"term":2,"commit":0}
{"at":9,"node":2,"is":"down"}
{"at":500,"node":1,"leader":true,"term":3,"commit":0}
)"));
  ASSERT_TRUE(leaders) << leaders.error().message;
  std::vector<std::tuple<NodeId, Time, Time, std::uint64_t>> found;
  for (const auto& s : *leaders) found.emplace_back(s.node, s.begin, s.end, s.term);
  EXPECT_THAT(found, testing::ElementsAre(std::tuple(0, 1, 7, 1U), std::tuple(2, 5, 9, 2U),
                                          std::tuple(1, 500, kNever, 3U)));
}

TEST(TraceReader, WhoLedNeedsAWholeTrace) {
  const auto leaders =
      read_leaders(Source::of_text("trace.jsonl", std::string(kHeader) + R"({"at":1,"leader":true})"
                                                                         "\n"));
  ASSERT_FALSE(leaders);
  EXPECT_THAT(leaders.error().message, HasSubstr("trace.jsonl:2:1: expected a field 'node'"));
}

TEST(TraceReader, NarrowedItHasTheLastMessages) {
  std::string lines;
  for (int i = 0; i < 50; ++i) {
    lines += fmt::format("{{\"at\":{},\"sent\":{},\"from\":0,\"to\":1,\"text\":\"{}\"}}\n", 110 + i,
                         i, i);
  }
  SpaceTime diagram = read(lines);
  narrow(diagram, 50);
  EXPECT_EQ(diagram.window.from, 100);
  narrow(diagram, 2);
  EXPECT_THAT(texts(diagram), testing::ElementsAre("48", "49"));
  EXPECT_EQ(diagram.window.from, 158);
  EXPECT_EQ(diagram.window.to, 200);
}

TEST(TraceReader, ErrorsNameThePlaceAndWhatWasExpected) {
  EXPECT_THAT(error_of(""), HasSubstr("trace.jsonl:1:1: expected a trace"));
  EXPECT_THAT(error_of("[1]\n"), HasSubstr("trace.jsonl:1:1: expected the first line of a trace"));
  EXPECT_THAT(error_of(R"({"faultline-trace":1,"nodes":0})"), HasSubstr("expected 1 to 10000"));
  const std::string header = kHeader;
  EXPECT_THAT(error_of(header + "x\n"), HasSubstr("trace.jsonl:2:1: expected JSON"));
  EXPECT_THAT(error_of(header + "3\n"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(error_of(header + "{}\n"), HasSubstr("a field 'at' that is a whole number"));
  EXPECT_THAT(error_of(header + R"({"at":1,"sent":1,"from":0,"to":3,"text":"x"})"
                                "\n"),
              HasSubstr("expected 'to' from -1 to 2"));
  EXPECT_THAT(error_of(header + R"({"at":1,"node":-1,"is":"up"})"
                                "\n"),
              HasSubstr("expected 'node' from 0 to 2"));
  EXPECT_THAT(error_of(header + R"({"at":1,"node":0,"is":"ill"})"
                                "\n"),
              HasSubstr("expected 'is' to be up, down, paused or resumed"));
  EXPECT_THAT(error_of(header + R"({"at":1,"sent":1,"from":0,"to":1,"text":7})"
                                "\n"),
              HasSubstr("a field 'text' that is a text"));
}

}  // namespace
}  // namespace faultline

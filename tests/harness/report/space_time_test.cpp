#include "harness/report/space_time.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <regex>
#include <sstream>

#include "harness/core/rng.hpp"
#include "harness/report/label_room.hpp"

namespace faultline {
namespace {

using boost::property_tree::ptree;
using testing::HasSubstr;
using testing::Not;

constexpr Duration kWindow = 300 * kMillisecond;

// Of five nodes, a message every millisecond, each with a text of its own.
SpaceTime example() {
  SpaceTime diagram;
  diagram.title = "an example";
  diagram.window = {kSecond, kSecond + kWindow};
  diagram.nodes = 5;
  Rng rng(1);
  for (int i = 0; i < 300; ++i) {
    SpaceTime::Message message;
    message.from = static_cast<NodeId>(rng.below(5));
    message.to = static_cast<NodeId>((message.from + 1 + static_cast<NodeId>(rng.below(4))) % 5);
    message.sent = diagram.window.from + i * kMillisecond;
    message.ended = message.sent + rng.between(kMillisecond / 2, 3 * kMillisecond);
    message.lost = rng.chance(1, 10);
    message.text = fmt::format("Message number {}", i);
    diagram.messages.push_back(message);
  }
  return diagram;
}

ptree parsed(const std::string& svg) {
  std::istringstream in(svg);
  ptree tree;
  read_xml(in, tree);
  return tree;
}

// Every text of `name` below `tree`.
void collect(const ptree& tree, const std::string& name, std::vector<std::string>& found) {
  for (const auto& [child_name, child] : tree) {
    if (child_name == name) found.push_back(child.data());
    collect(child, name, found);
  }
}

std::vector<std::string> all(const std::string& svg, const std::string& name) {
  std::vector<std::string> found;
  collect(parsed(svg), name, found);
  return found;
}

TEST(SpaceTime, EveryMessageIsThere) {
  const SpaceTime diagram = example();
  const std::vector<std::string> titles = all(space_time_svg(diagram), "title");
  for (const auto& message : diagram.messages) {
    EXPECT_THAT(titles, testing::Contains(HasSubstr(fmt::format(
                            "{} → {}: {}\nsent {:.6f} s", node_name(message.from),
                            node_name(message.to), message.text, to_seconds(message.sent)))));
  }
}

struct Label {
  double x, y;
  std::string text;
};

std::vector<Label> labels(const std::string& svg) {
  static const std::regex kLabel(
      R"re(<text class="label" x="([-0-9.]+)" y="([-0-9.]+)">([^<]*)</text>)re");
  std::vector<Label> labels;
  for (std::sregex_iterator i(svg.begin(), svg.end(), kLabel), end; i != end; ++i) {
    labels.push_back({std::stod((*i)[1]), std::stod((*i)[2]), (*i)[3]});
  }
  return labels;
}

TEST(SpaceTime, NoTwoLabelsOverlap) {
  SpaceTime diagram = example();
  for (NodeId node = 0; node < 5; ++node) {
    diagram.stretches.push_back({node, SpaceTime::Phase::leader, 0, kNever, 7});
    diagram.stretches.push_back(
        {node, SpaceTime::Phase::paused, kSecond + kMillisecond, kNever, 0});
  }
  for (int i = 0; i < 10; ++i) {
    diagram.operations.push_back({3, kSecond + i, kSecond + i + 1, fmt::format("read {}", i)});
  }
  const std::vector<Label> found = labels(space_time_svg(diagram));
  ASSERT_GT(found.size(), 150U) << "most have one";
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool beside = found[i].x + LabelRoom::width(found[i].text) <= found[j].x + 0.2 ||
                          found[j].x + LabelRoom::width(found[j].text) <= found[i].x + 0.2;
      const bool below = std::abs(found[i].y - found[j].y) >= LabelRoom::kLine - 0.2;
      EXPECT_TRUE(beside || below) << found[i].text << " and " << found[j].text;
    }
  }
}

TEST(SpaceTime, NothingIsTakenForMarkup) {
  const std::string hostile = "</text><script>alert(\"1\" & '2')</script>\x01\xff";
  SpaceTime diagram = example();
  diagram.title = hostile;
  diagram.messages[7].text = hostile;
  diagram.messages[8].lost = true;
  diagram.messages[8].why = hostile;
  diagram.operations.push_back({1, kSecond, kSecond + kMillisecond, hostile});
  diagram.faults.push_back({kSecond, kNever, hostile});
  const std::string svg = space_time_svg(diagram);
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_THAT(svg, Not(HasSubstr("\x01")));
  EXPECT_THAT(svg, Not(HasSubstr("\xff")));
  EXPECT_THAT(all(svg, "text"), testing::Contains(HasSubstr("<script>alert(\"1\" & '2')")));
  EXPECT_TRUE(all(svg, "script").empty());
}

TEST(SpaceTime, NeedsNoOtherFile) {
  const std::string svg = space_time_svg(example());
  EXPECT_THAT(svg, Not(HasSubstr("href")));
  EXPECT_THAT(svg, Not(HasSubstr("@import")));
  EXPECT_THAT(svg, Not(HasSubstr("url(http")));
}

TEST(SpaceTime, WhatIsSaidAgainIsFaint) {
  SpaceTime diagram = example();
  diagram.messages.resize(3);
  for (auto& message : diagram.messages) {
    message = {0, 1, message.sent, message.ended, false, "", "Heartbeat"};
  }
  diagram.messages[1].text = "Append";
  EXPECT_THAT(space_time_svg(diagram), Not(HasSubstr(" faint\"")));
  diagram.messages[1].text = "Heartbeat";
  EXPECT_THAT(space_time_svg(diagram), HasSubstr(" faint\""));
}

TEST(SpaceTime, StatesOfNodes) {
  SpaceTime diagram = example();
  diagram.messages.clear();
  diagram.stretches = {{0, SpaceTime::Phase::leader, 0, kNever, 12},
                       {1, SpaceTime::Phase::down, kSecond + 1, kNever, 0},
                       {2, SpaceTime::Phase::down, 0, kNever, 0},
                       {3, SpaceTime::Phase::paused, kSecond, kSecond + kMillisecond, 0}};
  diagram.commits = {{4, kSecond + 5, 33}};
  const std::string svg = space_time_svg(diagram);
  std::vector<std::string> texts;
  for (const Label& label : labels(svg)) texts.push_back(label.text);
  EXPECT_THAT(texts, testing::UnorderedElementsAre("leads, term 12", "killed", "down", "paused"));
  EXPECT_THAT(all(svg, "title"), testing::Contains("n5 commits up to 33 at 1.000000 s"));
}

// The client of an operation sends its request when it is invoked; told of another leader, it goes
// there.
TEST(SpaceTime, MessagesOfAnOperationLeadToItsLane) {
  SpaceTime diagram = example();
  const Time start = kSecond + 10 * kMillisecond;
  const auto at = [start](int ms) { return start + ms * kMillisecond; };
  diagram.operations = {{7, at(0), at(4), "read"}};
  diagram.messages = {{kClients, 0, at(0), at(1), false, "", "request 1"},
                      {kClients, 3, at(0) + 1, at(1), false, "", "request 9"},
                      {0, kClients, at(1), at(2), false, "", "answer 1"},
                      {kClients, 1, at(2), at(3), false, "", "request 2"},
                      {1, kClients, at(3), at(4), false, "", "answer 2"},
                      {kClients, 2, at(4), at(5), false, "", "request 3"}};
  std::vector<std::string> found;
  for (const std::string& title : all(space_time_svg(diagram), "title")) {
    const auto colon = title.find(": ");
    if (title.find("client →") == 0 || title.find("→ client") != std::string::npos) {
      found.push_back(title.substr(colon + 2, title.find('\n') - colon - 2));
    }
  }
  EXPECT_THAT(found,
              testing::UnorderedElementsAre("request 1", "answer 1", "request 2", "answer 2"))
      << "9 is another's, and 3 came when the operation was over";
}

TEST(LabelRoom, CountsCharactersNotBytes) {
  EXPECT_EQ(LabelRoom::width("→→"), LabelRoom::width("ab"));
  EXPECT_EQ(LabelRoom::shortened("→→→→", LabelRoom::width("abc")), "→→…");
  EXPECT_EQ(LabelRoom::shortened("abc", LabelRoom::width("abc")), "abc");
}

}  // namespace
}  // namespace faultline

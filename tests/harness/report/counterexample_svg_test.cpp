#include "harness/report/counterexample_svg.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "harness/report/counterexample_layout.hpp"

namespace faultline {
namespace {

using boost::property_tree::ptree;
using testing::HasSubstr;
using testing::Not;
using View = CounterexampleView;

View::Operation operation(Process process, std::size_t invoked, std::size_t returned,
                          const std::string& label) {
  View::Operation op{invoked, returned, process, label, static_cast<Time>(invoked) * kMillisecond,
                     kNever};
  if (returned != View::kOpen) op.end = static_cast<Time>(returned) * kMillisecond;
  return op;
}

// write 1 and an open write 2 overlap; then read 9, which was never written.
View example() {
  View view;
  view.heading = "key 3, model register, initially nil";
  view.sentence = "read by process 7 returned 9, but when it ran the register could only be 1 or 2";
  view.timed = true;
  view.failing = operation(7, 4, 5, "read 9");
  const auto one = operation(0, 0, 2, "write 1");
  const auto two = operation(1, 1, View::kOpen, "write 2");
  const auto apart = operation(2, 3, 6, "write 3");
  view.around = {view.failing, one, two, apart};
  view.linearized = 2;
  view.counted = 4;
  view.path = {{two, "2"}, {one, "1"}};
  view.core = View::Core{0, View::kOpen, {one, view.failing}};
  return view;
}

History history_of(const View& view) {
  History history(view.failing.returned + 20);
  for (std::size_t i = 0; i < history.size(); ++i) {
    history[i] = {static_cast<Time>(i) * kMillisecond,
                  kNemesis,
                  Symbol::of("kill"),
                  OpType::info,
                  {},
                  {},
                  {}};
  }
  for (const auto& op : view.around) {
    history[op.invoked].process = op.process;
    history[op.invoked].type = OpType::invoke;
    if (op.returned == View::kOpen) continue;
    history[op.returned].process = op.process;
    history[op.returned].type = OpType::ok;
  }
  return history;
}

std::string draw(const View& view, const std::vector<RunPage::Fault>& faults = {}) {
  return counterexample_svg(view, faults, read_operations(history_of(view)));
}

ptree parse(const std::string& svg) {
  std::istringstream in(svg);
  ptree tree;
  boost::property_tree::read_xml(in, tree);  // throws if it is not well-formed
  return tree;
}

TEST(CounterexampleLayout, KeepsTheOrderOfEventsAndOfTheLinearization) {
  const CounterexampleLayout layout = lay_out(example(), 100);
  ASSERT_EQ(layout.bars.size(), 4U);
  ASSERT_EQ(layout.points.size(), 2U);
  double before = layout.left - 1;
  for (const auto& [time, x] : layout.times) {
    EXPECT_GT(x, before) << time;
    before = x;
  }
  double last = 0;
  for (const auto& point : layout.points) {
    const auto& bar = layout.bars[point.bar];
    EXPECT_GT(point.x, bar.begin);
    EXPECT_LT(point.x, bar.end);
    EXPECT_GT(point.x, last);
    EXPECT_TRUE(bar.on_path);
    last = point.x;
  }
  EXPECT_EQ(layout.bars[layout.points[0].bar].operation.label, "write 2");
  EXPECT_TRUE(layout.bars[3].failing);
  EXPECT_FALSE(layout.bars[3].on_path);
  EXPECT_DOUBLE_EQ(layout.bars[1].end, layout.right) << "it never returned";
}

// No dot may stand before an operation has begun that takes effect earlier, though it is not drawn.
TEST(CounterexampleLayout, ADotFollowsTheStepsThatAreNotDrawn) {
  View view = example();
  view.failing = operation(7, 9, 10, "read 9");
  view.around = {view.failing, operation(0, 0, 8, "write 1"), operation(1, 3, 4, "write 2")};
  view.path = {{operation(5, 5, 7, "write 4"), "4"}, {view.around[1], "1"}};
  const CounterexampleLayout layout = lay_out(view, 100);
  ASSERT_EQ(layout.points.size(), 1U);
  EXPECT_GT(layout.points[0].x, layout.bars[1].end) << "write 4 began after that";
}

TEST(CounterexampleLayout, TimesBetweenEventsAreBetweenThem) {
  const CounterexampleLayout layout = lay_out(example(), 100);
  EXPECT_DOUBLE_EQ(layout.x(-5), layout.left);
  EXPECT_DOUBLE_EQ(layout.x(kSecond), layout.right);
  EXPECT_DOUBLE_EQ(layout.x(kMillisecond), layout.bars[1].begin);
  EXPECT_GT(layout.x(kMillisecond + 1), layout.bars[1].begin);
  EXPECT_LT(layout.x(2 * kMillisecond - 1), layout.bars[0].end);
}

TEST(CounterexampleSvg, HasABarForEachOperation) {
  const std::string svg = draw(example());
  const ptree tree = parse(svg);
  int bars = 0;
  for (const auto& [name, child] : tree.get_child("svg")) {
    if (name != "g") continue;
    ++bars;
    EXPECT_EQ(child.get<std::string>("<xmlattr>.tabindex"), "0");
    EXPECT_FALSE(child.get<std::string>("title").empty());
  }
  EXPECT_EQ(bars, 4);
  // The rows are those of the table, in the order of invocation.
  for (int row = 0; row < 4; ++row) EXPECT_THAT(svg, HasSubstr(fmt::format("data-op=\"{}\"", row)));
  EXPECT_THAT(svg, HasSubstr(R"(<g class="op bad" data-op="3")")) << "the failing one";
  EXPECT_THAT(svg, HasSubstr("✗ read 9")) << "not by its colour alone";
  EXPECT_THAT(svg, HasSubstr("<desc>" + example().sentence + "</desc>"));
  EXPECT_THAT(tree.get<std::string>("svg.title"), HasSubstr(example().heading));
  EXPECT_THAT(svg, HasSubstr("process 7"));
  EXPECT_THAT(svg, HasSubstr("number 1 of the linearization, state after it: 2"));
  EXPECT_THAT(svg, HasSubstr("what came of it is not known"));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(svg, Not(HasSubstr("href")));
}

TEST(CounterexampleSvg, FaultsAreBandsInTheirTime) {
  const std::string svg =
      draw(example(), {{kMillisecond, 3 * kMillisecond, "kill", "kill", "n1 n2"},
                       {kSecond, kNever, "pause", "pause", "n3"}});
  const ptree tree = parse(svg);
  std::vector<double> bars;  // where they begin, in the order of invocation
  std::vector<std::pair<double, double>> bands;
  for (const auto& [name, child] : tree.get_child("svg")) {
    if (name == "g") bars.push_back(child.get<double>("rect.<xmlattr>.x"));
    if (name != "rect" || child.get("<xmlattr>.class", "") != "band") continue;
    const double x = child.get<double>("<xmlattr>.x");
    bands.emplace_back(x, x + child.get<double>("<xmlattr>.width"));
  }
  ASSERT_EQ(bars.size(), 4U);
  ASSERT_EQ(bands.size(), 1U);
  EXPECT_NEAR(bands[0].first, bars[1], 0.2) << "the second was invoked at 1 ms";
  EXPECT_NEAR(bands[0].second, bars[2], 0.2) << "the third at 3 ms";
  EXPECT_THAT(svg, HasSubstr("kill n1 n2"));
  EXPECT_THAT(svg, Not(HasSubstr("pause n3"))) << "it was later";
}

TEST(CounterexampleSvg, HostileTextsStayTexts) {
  const std::string hostile = "</title></svg><script>alert(\"1\")</script>&\x01\xff\xef\xbf\xbf";
  View view = example();
  view.heading = view.sentence = view.failing.label = hostile;
  for (auto& op : view.around) op.label = hostile;
  for (auto& step : view.path) step.state = hostile;
  const std::string svg = draw(view, {{0, kNever, hostile, hostile, hostile}});
  parse(svg);
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  for (const char bad : {'\x01', '\xff'}) EXPECT_EQ(svg.find(bad), std::string::npos);
}

// Of many operations and faults a few are drawn.
TEST(CounterexampleSvg, IsBounded) {
  View view = example();
  for (int i = 0; i < 1000; ++i) {
    view.around.push_back(operation(100 + i, 10, View::kOpen, "write " + std::string(50, '1')));
  }
  std::vector<RunPage::Fault> faults(500, {0, kNever, "kill", "kill", std::string(400, 'n')});
  const std::string svg = draw(view, faults);
  parse(svg);
  EXPECT_LT(svg.size(), 300'000U);
  EXPECT_LT(lay_out(view, 0).bars.size(), 40U);
}

TEST(CounterexampleSvg, TellsOfCrashedOperationsThatWereNotNeeded) {
  View view = example();
  EXPECT_THAT(draw(view), Not(HasSubstr("not needed")));
  view.unused = "Of unknown outcome, and not needed so far: write 4 (process 3) and 2 more.";
  EXPECT_THAT(draw(view), HasSubstr("write 4 (process 3) and 2 more."));
}

TEST(CounterexampleSvg, WithoutALinearization) {
  View view = example();
  view.path.clear();
  view.linearized = 0;
  view.core.reset();
  view.around = {view.failing};
  parse(draw(view));
}

}  // namespace
}  // namespace faultline

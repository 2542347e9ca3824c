// faultline diagram, on runs that were really made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Diagram, OfAViolation) {
  const Program program;
  ASSERT_EQ(program.run("test --bug stale-read --test-count 20").code, 1);
  const std::string history = slurp(program.latest("history.jsonl"));
  const Ended ended = program.run("diagram");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::string svg = slurp(program.latest("space-time.svg"));
  EXPECT_THAT(svg, StartsWith("<svg "));
  EXPECT_THAT(svg, HasSubstr("leads, term "));
  EXPECT_THAT(svg, HasSubstr(">client ")) << "the lane of an operation of the counterexample";
  EXPECT_THAT(svg, HasSubstr("AppendEntries"));
  EXPECT_THAT(slurp(program.latest("report.html")), HasSubstr("AppendEntries"))
      << "now that there is a trace, the report has the messages, too";
  EXPECT_EQ(slurp(program.latest("history.jsonl")), history);
  EXPECT_FALSE(fs::exists(program.latest("again"))) << "the second run leaves its trace alone";
  const auto traced = fs::last_write_time(program.latest("trace.jsonl"));
  EXPECT_EQ(program.run("diagram --output elsewhere.svg").code, 0);
  EXPECT_EQ(slurp(program.path("elsewhere.svg")), svg);
  EXPECT_EQ(fs::last_write_time(program.latest("trace.jsonl")), traced) << "it is there already";
}

TEST(Diagram, OfAPromiseThatWasBroken) {
  const Program program;
  ASSERT_EQ(program.run("test --target dynamo --bug overwrite-siblings --test-count 20").code, 1);
  const Ended ended = program.run("diagram");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(slurp(program.latest("space-time.svg")), HasSubstr(">client "));
  const Ended unproved = program.run("verify");
  EXPECT_EQ(unproved.code, 254);
  EXPECT_THAT(unproved.err, HasSubstr("by the checker linearizable only"));
}

TEST(Diagram, OfAStretchOfAValidRun) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3").code, 0);
  const Ended refused = program.run("diagram");
  EXPECT_EQ(refused.code, 254);
  EXPECT_THAT(refused.err, HasSubstr("no counterexample whose time could be shown; say --from"));
  EXPECT_EQ(program.run("diagram --from 1 --to 0.5").code, 254);
  const Ended ended = program.run("diagram --from 1 --to 1.2");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1.000 s to 1.200 s"));
}

TEST(Diagram, ARunThatGoesDifferentlyIsRefused) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3").code, 0);
  std::string plan = slurp(program.latest("test.json"));
  const auto seed = plan.find("\"seed\": 1");
  ASSERT_NE(seed, std::string::npos);
  plan.replace(seed, 9, "\"seed\": 2");
  std::ofstream(program.latest("test.json")) << plan;
  const Ended ended = program.run("diagram --from 1 --to 1.2");
  EXPECT_EQ(ended.code, 254);
  EXPECT_THAT(ended.err, HasSubstr("done again, the run goes differently"));
  EXPECT_FALSE(fs::exists(program.latest("trace.jsonl")));
}

TEST(Diagram, WithTraceARunKeepsItItself) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 2 --trace").code, 0);
  EXPECT_THAT(slurp(program.latest("trace.jsonl")), StartsWith("{\"faultline-trace\":1,"));
}

}  // namespace
}  // namespace faultline

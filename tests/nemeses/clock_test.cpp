#include "nemeses/clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "nemeses/grudge.hpp"
#include "tests/nemeses/recording.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;

const Symbol kSkew = Symbol::of("skew-clock");
const Symbol kRestore = Symbol::of("restore-clock");

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> all;
  for (std::string word; in >> word;) all.push_back(word);
  return all;
}

struct ClockTest : testing::Test {
  RecordingEnvironment environment{5};
  LedTarget target;
  std::unique_ptr<Nemesis> nemesis = *make_clock(nemesis_context(environment, target));
  Rng rng{7};

  Op carry_out(const Op& op) { return faultline::carry_out(environment, *nemesis, op); }
};

TEST_F(ClockTest, WhatIsSaidIsDoneAndThenMended) {
  target.who = 2;
  std::set<std::size_t> counts;
  std::set<int> speeds;
  bool of_leader = false;
  bool different = false;
  int skewed_again = 0;
  for (int round = 0; round < 400; ++round) {
    const Op strike = *nemesis->propose(rng);
    ASSERT_EQ(strike.f, kSkew);
    EXPECT_THAT(environment.take_deeds(), IsEmpty()) << "proposing changes nothing";
    EXPECT_THAT(nemesis->healing(), IsEmpty());
    const Op done = carry_out(strike);
    EXPECT_TRUE(done.error.empty());
    const auto said = words(done.value.text());
    EXPECT_EQ(environment.take_deeds(), said);
    counts.insert(said.size());
    if (strike.value.text().starts_with("leader=")) {
      of_leader = true;
      EXPECT_THAT(said, ElementsAre("n3=" + strike.value.text().substr(7)));
    }
    std::set<std::string> mended;
    std::set<int> here;
    for (const std::string& word : said) {
      here.insert(std::stoi(word.substr(3)));
      mended.insert(word.substr(0, 3) + "1000");
    }
    speeds.merge(std::set<int>(here));
    different = different || here.size() > 1;
    // Now and then it makes them wrong otherwise first; all that ever were are mended.
    Op next = *nemesis->propose(rng);
    for (; next.f == kSkew; next = *nemesis->propose(rng)) {
      for (const std::string& word : words(carry_out(next).value.text())) {
        mended.insert(word.substr(0, 3) + "1000");
      }
      ++skewed_again;
    }
    environment.take_deeds();
    EXPECT_EQ(next, invocation(kRestore));
    EXPECT_THAT(nemesis->healing(), ElementsAre(next));
    carry_out(next);
    EXPECT_THAT(environment.take_deeds(), ElementsAreArray(mended));
  }
  EXPECT_THAT(counts, ElementsAre(1, 2, 3, 5)) << "one, a minority, a majority, all";
  EXPECT_EQ(*speeds.begin(), 500);
  EXPECT_EQ(*speeds.rbegin(), 2000);
  EXPECT_TRUE(of_leader);
  EXPECT_GT(skewed_again, 100);
  EXPECT_TRUE(different);
}

TEST_F(ClockTest, WithoutALeaderNothingIsDone) {
  expect_nothing_without_leader(environment, *nemesis, invocation(kSkew, "leader=500"));
}

TEST_F(ClockTest, WhatIsNoSpeedIsRefusedBeforeAnythingIsDone) {
  for (const char* bad : {"n1=500 n6=500", "n1=500 n2", "n1=", "=500", "n1=0", "n1=-5", "n1=5x"}) {
    EXPECT_THROW(carry_out(invocation(kSkew, bad)), std::runtime_error) << bad;
    EXPECT_THAT(environment.take_deeds(), IsEmpty()) << bad;
  }
}

TEST(Clock, NeedsPowerOverClocks) {
  const auto powerless = noop_environment(3);
  LedTarget target;
  const auto made = make_clock(nemesis_context(*powerless, target));
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("no power over clocks"));
}

}  // namespace
}  // namespace faultline

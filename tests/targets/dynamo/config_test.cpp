#include "targets/dynamo/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faultline::dynamo {
namespace {

using Texts = std::vector<std::string>;
using testing::HasSubstr;

Level level(const Texts& settings, const Texts& bugs = {}) {
  const Result<Config> config = make_config(bugs, settings);
  EXPECT_TRUE(config.has_value());
  return config ? promised(*config) : Level::eventual;
}

TEST(DynamoConfig, WhatIsPromisedFollowsFromTheSettings) {
  EXPECT_EQ(level({}), Level::linearizable);
  EXPECT_EQ(level({"r=1", "w=3"}), Level::linearizable);
  EXPECT_EQ(level({"n=5", "r=2", "w=3"}), Level::eventual) << "quorums that may not meet";
  EXPECT_EQ(level({"r=1"}), Level::eventual);
  EXPECT_EQ(level({"sloppy=on"}), Level::eventual);
  EXPECT_EQ(level({"repair=after"}), Level::regular);
  EXPECT_EQ(level({"repair=off"}), Level::regular);
  EXPECT_EQ(level({"versions=clock"}), Level::eventual);
  EXPECT_EQ(level({"versions=vector"}), Level::no_lost_writes);
  EXPECT_EQ(level({"versions=vector", "sloppy=on", "r=1", "w=1"}), Level::no_lost_writes);
}

TEST(DynamoConfig, ABugBringsTheSettingsItNeedsUnlessToldOtherwise) {
  EXPECT_EQ(level({}, {"no-write-back"}), Level::linearizable) << "the promise is not the bug's";
  const Result<Config> forgets = make_config(Texts{"forget-hints"}, Texts{});
  ASSERT_TRUE(forgets.has_value());
  EXPECT_TRUE(forgets->sloppy && forgets->bugs.forget_hints);
  EXPECT_EQ(forgets->versions, Versions::vector);
  EXPECT_EQ(forgets->w, 1);
  EXPECT_EQ(make_config(Texts{"forget-hints"}, Texts{"w=2"})->w, 2);
}

TEST(DynamoConfig, ErrorsNameWhatIsWrong) {
  EXPECT_THAT(make_config(Texts{}, Texts{"n=2", "r=3"}).error().message,
              HasSubstr("r=3 is more than the n=2 replicas"));
  EXPECT_THAT(make_config(Texts{}, Texts{"w=4"}).error().message, HasSubstr("w=4"));
  EXPECT_THAT(make_config(Texts{}, Texts{"versions=dotted"}).error().message,
              HasSubstr("counter, clock, vector"));
  EXPECT_THAT(make_config(Texts{"no-such"}, Texts{}).error().message, HasSubstr("stale-handoff"));
}

}  // namespace
}  // namespace faultline::dynamo

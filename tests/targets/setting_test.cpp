#include "targets/setting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faultline {
namespace {

using testing::HasSubstr;

const std::vector<Setting> kKnown{{"replicas", "how many", {"3", "5"}},
                                  {"leases", "whether", {"off", "on"}}};

Result<Settings> parse(const std::vector<std::string>& given) {
  return Settings::parse("thing", kKnown, given);
}

TEST(Settings, AreTheDefaultsButForWhatIsGiven) {
  const auto settings = parse({"leases=on"});
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->number("replicas"), 3);
  EXPECT_TRUE(settings->on("leases"));
  EXPECT_FALSE(parse({})->on("leases"));
}

TEST(Settings, WhatThereIsNotIsAnErrorThatSaysWhatThereIs) {
  EXPECT_THAT(parse({"lease=on"}).error().message, HasSubstr("replicas, leases"));
  EXPECT_THAT(parse({"replicas=4"}).error().message, HasSubstr("3, 5"));
  EXPECT_THAT(parse({"replicas"}).error().message, HasSubstr("3, 5"));
}

}  // namespace
}  // namespace faultline

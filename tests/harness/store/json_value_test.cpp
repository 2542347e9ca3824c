#include "harness/store/json_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/store/random_ops.hpp"

namespace faultline {
namespace {

TEST(JsonValue, EveryValueComesBack) {
  constexpr std::uint64_t kSeed = 23;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Rng rng(kSeed);
  for (int i = 0; i < 5000; ++i) {
    const Value value = random_value(rng);
    const Result<Value> back = value_of_json(to_json(value));
    ASSERT_TRUE(back) << back.error().message;
    ASSERT_EQ(*back, value) << value.to_string();
  }
}

TEST(JsonValue, LooksAsOneWouldExpect) {
  const Value value(Value::List{Value(), 3, Value(1, 2), "x"});
  EXPECT_EQ(to_json(value).dump(), R"([null,3,[1,2],"x"])");
  EXPECT_EQ(*value_of_json(Json::parse("[1,2]")), Value(1, 2));
  EXPECT_EQ(*value_of_json(Json(std::uint64_t{7})), Value(7));
}

TEST(JsonValue, RefusesWhatNoValueHolds) {
  for (const char* text : {"true", "1.5", "{}", "[[1.0]]", "9223372036854775808"}) {
    const Result<Value> value = value_of_json(Json::parse(text));
    ASSERT_FALSE(value) << text;
    EXPECT_THAT(value.error().message, testing::StartsWith("expected null, a 64-bit integer"));
  }
}

TEST(JsonValue, DumpReplacesWhatIsNoUtf8) {
  EXPECT_EQ(dump(to_json("a\xFFz")), "\"a\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace faultline

#include "harness/store/json_value.hpp"

#include <gtest/gtest.h>

namespace faultline {
namespace {

TEST(JsonValue, LooksAsOneWouldExpect) {
  const Value value(Value::List{Value(), 3, Value(1, 2), "x"});
  EXPECT_EQ(to_json(value).dump(), R"([null,3,[1,2],"x"])");
}

TEST(JsonValue, DumpReplacesWhatIsNoUtf8) {
  EXPECT_EQ(dump(to_json("a\xFFz")), "\"a\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace faultline

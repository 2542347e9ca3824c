#include "checkers/to_value.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace faultline {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Point {
  int x = 0;
  int y = 0;
  operator Value() const { return {x, y}; }
};

TEST(ToValue, Scalars) {
  EXPECT_EQ(to_value(3), Value(3));
  EXPECT_EQ(to_value(std::uint8_t{200}), Value(200));
  EXPECT_EQ(to_value(UINT64_MAX), Value(-1));
  EXPECT_EQ(to_value(Colour::green), Value(1));
  EXPECT_EQ(to_value(true), Value("true"));
  EXPECT_EQ(to_value(false), Value("false"));
}

TEST(ToValue, Texts) {
  EXPECT_EQ(to_value("a"), Value("a"));
  EXPECT_EQ(to_value(std::string("a")), Value("a"));
  EXPECT_EQ(to_value(std::string_view("a")), Value("a"));
}

TEST(ToValue, WhatIsNotThereIsNothing) {
  EXPECT_EQ(to_value(std::optional<int>()), Value());
  EXPECT_EQ(to_value(std::optional(7)), Value(7));
  EXPECT_EQ(to_value(std::nullopt), Value());
  EXPECT_EQ(to_value(nullptr), Value());
}

TEST(ToValue, ListsAndPairs) {
  EXPECT_EQ(to_value(std::pair(1, 2)), Value(1, 2));
  EXPECT_EQ(to_value(std::tuple(1, "a", true)), Value(Value::List{1, "a", "true"}));
  EXPECT_EQ(to_value(std::vector{3, 1, 2}), Value(Value::List{3, 1, 2}));
  EXPECT_EQ(to_value(std::vector{true, false}), Value(Value::List{"true", "false"}));
  EXPECT_EQ(to_value(std::set<std::string>{"b", "a"}), Value(Value::List{"a", "b"}));
  EXPECT_EQ(to_value(std::vector<std::optional<int>>{1, {}}), Value(Value::List{1, {}}));
}

TEST(ToValue, OnesOwn) {
  EXPECT_EQ(to_value(Point{1, 2}), Value(1, 2));
  EXPECT_EQ(to_value(std::vector<Point>{{1, 2}}), Value(Value::List{Value(1, 2)}));
  EXPECT_EQ(to_value(Value("v")), Value("v"));
}

}  // namespace
}  // namespace faultline

// Holds the real tree to the rules. What a finding means, and what to do, is in its text.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tests/tidy/rules.hpp"

namespace faultline::tidy {
namespace {

const Tree& tree() {
  static const Tree loaded = load_tree(FAULTLINE_SOURCE_DIR);
  return loaded;
}

void expect_none(const Findings& findings) {
  EXPECT_TRUE(findings.empty()) << fmt::format("{}", fmt::join(findings, "\n"));
}

TEST(Tidy, TheTreeIsThere) {
  EXPECT_NE(find(tree(), "harness/core/op.hpp"), nullptr);
  EXPECT_NE(find(tree(), "tests/tidy/tidy_test.cpp"), nullptr);
}

TEST(Tidy, Includes) {
  expect_none(check_includes(tree()));
}
TEST(Tidy, Columns) {
  expect_none(check_columns(tree()));
}
TEST(Tidy, Sizes) {
  const SourceFile* ratchet = find(tree(), "tests/tidy/ratchet.txt");
  ASSERT_NE(ratchet, nullptr);
  expect_none(check_sizes(tree(), *ratchet));
}
TEST(Tidy, Registered) {
  expect_none(check_registered(tree()));
}
TEST(Tidy, Names) {
  expect_none(check_names(tree()));
}
TEST(Tidy, Headers) {
  expect_none(check_headers(tree()));
}
TEST(Tidy, Marks) {
  expect_none(check_marks(tree()));
}
TEST(Tidy, Chance) {
  expect_none(check_chance(tree()));
}
TEST(Tidy, Readmes) {
  expect_none(check_readmes(tree()));
}

}  // namespace
}  // namespace faultline::tidy

// The rules find what is bad and let pass what is good: a rule that cannot fail is a defect.
#include "tests/tidy/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace faultline::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SourceFile file(std::string path, const std::string& text) {
  SourceFile source{std::move(path), {}};
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) source.lines.push_back(line);
  return source;
}

SourceFile file_of(std::string path, std::size_t lines) {
  return {std::move(path), std::vector<std::string>(lines, "//")};
}

SourceFile function_of(std::string path, std::size_t lines) {
  SourceFile source{std::move(path), {"namespace a {", "int f(int x,", "      int y) {"}};
  source.lines.resize(lines, "  ++x;");
  source.lines.insert(source.lines.end(), {"}", "}  // namespace a"});
  return source;
}

Findings includes(const std::string& from, const std::string& what) {
  return check_includes({file(from, "#include " + what), file("checkers/c.hpp", ""),
                         file("harness/core/op.hpp", ""), file("harness/generators/g.hpp", ""),
                         file("harness/environments/e.hpp", ""), file("harness/store/s.hpp", ""),
                         file("targets/raft/t.hpp", ""), file("tests/x.hpp", "")});
}

TEST(Includes, DownwardsIsAllowed) {
  EXPECT_THAT(includes("checkers/a.cpp", "\"harness/core/op.hpp\""), IsEmpty());
  EXPECT_THAT(includes("checkers/a.cpp", "\"checkers/c.hpp\""), IsEmpty());
  EXPECT_THAT(includes("checkers/a.cpp", "<vector>"), IsEmpty());
  EXPECT_THAT(includes("targets/raft/a.cpp", "\"harness/environments/e.hpp\""), IsEmpty());
  EXPECT_THAT(includes("workloads/a.cpp", "\"harness/generators/g.hpp\""), IsEmpty());
  EXPECT_THAT(includes("workloads/a.cpp", "\"checkers/c.hpp\""), IsEmpty());
  EXPECT_THAT(includes("harness/cli/a.cpp", "\"harness/store/s.hpp\""), IsEmpty());
  EXPECT_THAT(includes("harness/cli/a.cpp", "\"targets/raft/t.hpp\""), IsEmpty());
  EXPECT_THAT(includes("tests/a.cpp", "\"tests/x.hpp\""), IsEmpty());
}

TEST(Includes, UpwardsOrSidewardsIsFound) {
  EXPECT_THAT(
      includes("harness/core/a.cpp", "\"harness/store/s.hpp\""),
      ElementsAre("harness/core/a.cpp:1: harness/core may not include harness/store/s.hpp"));
  EXPECT_THAT(includes("harness/core/a.cpp", "\"checkers/c.hpp\""), testing::SizeIs(1));
  EXPECT_THAT(includes("checkers/a.cpp", "\"harness/generators/g.hpp\""), testing::SizeIs(1));
  EXPECT_THAT(includes("nemeses/a.cpp", "\"harness/environments/e.hpp\""), testing::SizeIs(1));
  EXPECT_THAT(includes("harness/run/a.cpp", "\"harness/store/s.hpp\""), testing::SizeIs(1));
  EXPECT_THAT(includes("harness/run/a.cpp", "\"targets/raft/t.hpp\""), testing::SizeIs(1));
  EXPECT_THAT(includes("harness/run/a.cpp", "<targets/raft/t.hpp>"), testing::SizeIs(1));
  EXPECT_THAT(includes("harness/store/a.cpp", "\"tests/x.hpp\""), testing::SizeIs(1));
}

TEST(Includes, PathsThatAreNotFromTheRootAreFound) {
  EXPECT_THAT(includes("tests/a.cpp", "\"x.hpp\""), ElementsAre(HasSubstr("from the root")));
  EXPECT_THAT(includes("tests/a.cpp", "\"harness/core/gone.hpp\""), testing::SizeIs(1));
}

TEST(Includes, AFolderThatNobodyPlacedIsFound) {
  EXPECT_THAT(includes("harness/new/a.cpp", "\"harness/core/op.hpp\""),
              ElementsAre(HasSubstr("no place")));
}

TEST(Columns, CountsCodePoints) {
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "\u00e9";
  EXPECT_THAT(check_columns({file("a.cpp", wide)}), IsEmpty());
  EXPECT_THAT(check_columns({file("a.cpp", "\n" + wide + "x")}), ElementsAre(HasSubstr("a.cpp:2")));
  EXPECT_THAT(check_columns({file("README.md", wide + "x")}), IsEmpty());
}

TEST(Sizes, AtTheLimitIsAllowedAboveIsFound) {
  const SourceFile none = file("ratchet.txt", "# nothing\n");
  EXPECT_THAT(check_sizes({file_of("a.cpp", 400), function_of("b.cpp", 70)}, none), IsEmpty());
  EXPECT_THAT(check_sizes({file_of("a.cpp", 401), function_of("b.cpp", 71)}, none),
              ElementsAre(HasSubstr("file a.cpp: 401"), HasSubstr("function b.cpp: 71")));
}

TEST(Sizes, TheRatchetOnlyShrinks) {
  const SourceFile ratchet = file("ratchet.txt", "file a.cpp 410\nfunction b.cpp 80\n");
  EXPECT_THAT(check_sizes({file_of("a.cpp", 410), function_of("b.cpp", 80)}, ratchet), IsEmpty());
  EXPECT_THAT(check_sizes({file_of("a.cpp", 411), function_of("b.cpp", 81)}, ratchet),
              ElementsAre(HasSubstr("has grown from 410"), HasSubstr("has grown from 80")));
  EXPECT_THAT(check_sizes({file_of("a.cpp", 409), function_of("b.cpp", 79)}, ratchet),
              ElementsAre(HasSubstr("ratchet.txt:1: stale"), HasSubstr("ratchet.txt:2: stale")));
  EXPECT_THAT(check_sizes({file_of("a.cpp", 400)}, ratchet),
              ElementsAre(HasSubstr("remove it"), HasSubstr("remove it")));
}

TEST(Registered, WhatNobodyBuildsIsFound) {
  const Tree good = {
      file("CMakeLists.txt", "add_subdirectory(tests/a)"),
      file("tests/a/CMakeLists.txt", "faultline_test(t SOURCES\n x_test.cpp b/y.cpp)"),
      file("tests/a/b/y.cpp", ""), file("tests/a/x_test.cpp", "")};
  EXPECT_THAT(check_registered(good), IsEmpty());
  Tree bad = good;
  bad[0] = file("CMakeLists.txt", "# add_subdirectory(tests/a)");
  bad[1] = file("tests/a/CMakeLists.txt", "faultline_test(t SOURCES # x_test.cpp\n b/y.cpp)");
  EXPECT_THAT(check_registered(bad),
              ElementsAre(HasSubstr("tests/a/CMakeLists.txt"), HasSubstr("tests/a/x_test.cpp")));
}

TEST(Names, HeapsAndForeignEndingsAreFound) {
  EXPECT_THAT(check_names({file("a/uncommon.cpp", ""), file("a/utility.hpp", "")}), IsEmpty());
  EXPECT_THAT(check_names({file("a/string_utils.cpp", ""), file("helpers/b.hpp", ""),
                           file("a/common.hpp", ""), file("a/node_manager.cpp", "")}),
              testing::SizeIs(4));
  EXPECT_THAT(check_names({file("a/b.h", ""), file("a/b.cc", "")}), testing::SizeIs(2));
}

TEST(Headers, NeedAFirstLineAndAGuard) {
  EXPECT_THAT(check_headers({file("a.hpp", "// A: what for.\n#pragma once\n")}), IsEmpty());
  EXPECT_THAT(check_headers({file("a.hpp", "#pragma once\n")}), testing::SizeIs(1));
  EXPECT_THAT(check_headers({file("a.hpp", "// A: what for.\n")}), testing::SizeIs(1));
  EXPECT_THAT(check_headers({file("a.hpp", "")}), testing::SizeIs(2));
}

TEST(Marks, AreFoundAsWords) {
  const std::string mark = std::string("TO") + "DO";
  EXPECT_THAT(check_marks({file("a.cpp", "\n// " + mark + ": later")}),
              ElementsAre(HasSubstr("a.cpp:2")));
  EXPECT_THAT(check_marks({file("a.cpp", "/tmp/" + std::string(6, 'X'))}), IsEmpty());
}

TEST(Chance, ComesFromRngAlone) {
  EXPECT_THAT(check_chance({file("checkers/a.cpp", "std::uniform_int_distribution<int> d;"),
                            file("harness/run/a.cpp", "std::random_device seed;")}),
              testing::SizeIs(2));
  EXPECT_THAT(check_chance({file("harness/core/rng.hpp", "// no std::*_distribution"),
                            file("harness/core/a.cpp", "// std::random_device"),
                            file("harness/cli/a.cpp", "std::random_device seed;")}),
              IsEmpty());
}

TEST(Readmes, EveryFolderOfTheHouseHasOne) {
  const Tree bad = {file("checkers/a/b.cpp", ""), file("harness/core/op.hpp", ""),
                    file("harness/README.md", ""), file("tests/a.cpp", "")};
  EXPECT_THAT(check_readmes(bad), ElementsAre(HasSubstr("checkers:"), HasSubstr("harness/core:")));
  Tree good = bad;
  good.push_back(file("checkers/README.md", ""));
  good.push_back(file("harness/core/README.md", ""));
  EXPECT_THAT(check_readmes(good), IsEmpty());
}

}  // namespace
}  // namespace faultline::tidy

#include "tests/tidy/tree.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace faultline::tidy {
namespace {

namespace fs = std::filesystem;

class LoadTree : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(root_); }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  const fs::path root_ =
      fs::temp_directory_path() / ("faultline_tidy_test_" + std::to_string(::getpid()));
};

TEST_F(LoadTree, ReadsWhatIsWrittenByHand) {
  write("CMakeLists.txt", "one\n\nthree");
  write("harness/core/op.hpp", "// Op\n");
  write("build/release/generated.cpp", "");
  write("results/run/notes.md", "");
  const Tree tree = load_tree(root_);
  ASSERT_EQ(tree.size(), 2U);
  EXPECT_EQ(tree[0].path, "CMakeLists.txt");
  EXPECT_EQ(tree[0].lines, (std::vector<std::string>{"one", "", "three"}));
  EXPECT_NE(find(tree, "harness/core/op.hpp"), nullptr);
  EXPECT_EQ(find(tree, "build/release/generated.cpp"), nullptr);
}

TEST(LiesIn, IsAboutWholeNames) {
  EXPECT_TRUE(lies_in("harness/run/a.cpp", "harness/run"));
  EXPECT_TRUE(lies_in("harness/run", "harness/run"));
  EXPECT_FALSE(lies_in("harness/runner/a.cpp", "harness/run"));
}

}  // namespace
}  // namespace faultline::tidy

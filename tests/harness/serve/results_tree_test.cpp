#include "harness/serve/results_tree.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string names(const std::vector<Entry>& entries) {
  std::string all;
  for (const Entry& entry : entries) all += entry.name + " ";
  return all;
}

TEST(ResultsTree, ReadsWhatIsInIt) {
  const ServedRuns runs;
  runs.write("a/b/c.txt", "hello");
  const ResultsTree tree = runs.tree();
  EXPECT_EQ(tree.text("a/b/c.txt", 100), "hello");
  EXPECT_EQ(tree.file("a/b/c.txt")->size, 5U);
  EXPECT_EQ(tree.file("a/b/c.txt")->read(1, 2), "el");
  EXPECT_FALSE(tree.text("a/b/c.txt", 4)) << "longer than what is wanted";
  EXPECT_FALSE(tree.file("a/b")) << "a directory is no file";
  EXPECT_FALSE(tree.file("a/x"));
}

TEST(ResultsTree, NothingOutsideCanBeOpened) {
  const ServedRuns runs;
  runs.write("a/b", "inside");
  fs::create_symlink("../../secret", runs.root() / "a/relative");
  fs::create_symlink(runs.secret(), runs.root() / "a/absolute");
  fs::create_directory_symlink("/etc", runs.root() / "a/folder");
  fs::create_directory_symlink("/", runs.root() / "root");
  fs::create_symlink("/proc/self/environ", runs.root() / "a/magic");
  const ResultsTree tree = runs.tree();
  ASSERT_TRUE(fs::exists(runs.root() / "a/relative")) << "the links do lead somewhere";
  for (const std::string& path :
       {std::string("../secret"), std::string("a/../../secret"), runs.secret().string(),
        std::string("/etc/passwd"), std::string("a/relative"), std::string("a/absolute"),
        std::string("a/folder/passwd"), std::string("root/etc/passwd"), std::string("a/magic"),
        std::string("a/b\0x", 5), std::string("/proc/self/environ")}) {
    EXPECT_FALSE(tree.file(path)) << path;
  }
  EXPECT_EQ(names(tree.list("..")), "");
  EXPECT_EQ(names(tree.list("a/folder")), "");
  EXPECT_EQ(names(tree.list("/etc")), "");
  EXPECT_EQ(names(tree.files_below("a", 100)), "b ") << "links are not walked through";
}

TEST(ResultsTree, BelowItNothingElseCanBeOpened) {
  const ServedRuns runs;
  runs.write("a/b/c.txt", "hello");
  runs.write("a/other", "of another run");
  fs::create_symlink("../other", runs.root() / "a/b/link");
  fs::create_directory_symlink("/etc", runs.root() / "etc");
  const ResultsTree tree = runs.tree();
  const auto below = tree.below("a/b");
  ASSERT_TRUE(below);
  EXPECT_EQ(below->text("c.txt", 100), "hello");
  EXPECT_FALSE(below->file("../other"));
  EXPECT_FALSE(below->file("link")) << "it leads out of what is below";
  EXPECT_FALSE(below->file("/etc/passwd"));
  for (const char* path : {"..", "a/..", "a/../..", "/etc", "etc", "a/b/c.txt", "a/x"}) {
    EXPECT_EQ(tree.below(path).has_value(), std::string(path) == "a/..") << path;
  }
  const auto time = fs::file_time_type::clock::now() - std::chrono::hours(5);
  fs::last_write_time(runs.root() / "a/b", time);
  EXPECT_EQ(tree.below("a")->entry("b")->modified, tree.list("a")[0].modified);
  for (const char* name : {"..", "../secret", "/etc", "/", "x"}) {
    EXPECT_FALSE(tree.below("a")->entry(name)) << name;
  }
  EXPECT_EQ(tree.entry("etc")->kind, Entry::Kind::other) << "the link, not where it leads";
}

TEST(ResultsTree, FoldersAreDirectoriesAndNoLinks) {
  const ServedRuns runs;
  runs.write("a/b/file", "");
  runs.write("a/c/file", "");
  fs::create_directory_symlink("b", runs.root() / "a/latest");
  runs.write("a/file", "");
  const ResultsTree tree = runs.tree();
  EXPECT_THAT(tree.folders("a"), testing::UnorderedElementsAre("b", "c"));
  EXPECT_THAT(tree.folders(".."), testing::IsEmpty());
  EXPECT_THAT(tree.folders("a/file"), testing::IsEmpty());
}

TEST(ResultsTree, LinksWithinAreFollowed) {
  const ServedRuns runs;
  runs.write("a/b/c.txt", "hello");
  fs::create_symlink("a/b", runs.root() / "latest");
  const ResultsTree tree = runs.tree();
  EXPECT_EQ(tree.text("latest/c.txt", 100), "hello");
  EXPECT_EQ(tree.link("latest"), "a/b");
  EXPECT_FALSE(tree.link("a"));
  EXPECT_FALSE(tree.link("x/y"));
}

TEST(ResultsTree, OnlyRegularFilesAreOpened) {
  const ServedRuns runs;
  ASSERT_EQ(::mkfifo((runs.root() / "fifo").c_str(), 0600), 0);
  fs::create_symlink("fifo", runs.root() / "to-fifo");
  const ResultsTree tree = runs.tree();
  EXPECT_FALSE(tree.file("fifo")) << "and whoever opens it does not wait for a writer";
  EXPECT_FALSE(tree.file("to-fifo"));
  EXPECT_FALSE(tree.file("."));
}

TEST(ResultsTree, KnowsWhetherAFileIsWrittenTo) {
  const ServedRuns runs;
  runs.write("file", "x");
  const ResultsTree tree = runs.tree();
  EXPECT_EQ(tree.file("file")->has_writer(), false);
  const FileDescriptor writer(::open((runs.root() / "file").c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_GE(writer.get(), 0);
  EXPECT_EQ(tree.file("file")->has_writer(), true);
}

TEST(ResultsTree, ListsAtMostSoMany) {
  const ServedRuns runs;
  for (const char* file : {"r/3", "r/1", "r/x/y/2"}) runs.write(file, "");
  const ResultsTree tree = runs.tree();
  EXPECT_EQ(names(tree.files_below("r", 100)), "1 3 x/y/2 ");
  EXPECT_EQ(tree.files_below("r", 2).size(), 2U);
}

TEST(ResultsTree, MustBeADirectory) {
  const ServedRuns runs;
  const auto missing = ResultsTree::open(runs.root() / "nowhere");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("nowhere: cannot be served: No such file"));
  EXPECT_FALSE(ResultsTree::open(runs.secret()));
}

}  // namespace
}  // namespace faultline::serve

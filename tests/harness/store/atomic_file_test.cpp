#include "harness/store/atomic_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using Existing = AtomicFile::Existing;
using testing::EndsWith;
using testing::HasSubstr;

std::size_t files_in(const fs::path& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

TEST(AtomicFile, AppearsWhenItIsComplete) {
  const ScratchDirectory scratch;
  auto file = AtomicFile::create(scratch / "f", Existing::refuse);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(file->write("one "));
  ASSERT_TRUE(file->write("two"));
  EXPECT_FALSE(fs::exists(scratch / "f"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(slurp(scratch / "f"), "one two");
  EXPECT_EQ(files_in(scratch.path()), 1U);
}

TEST(AtomicFile, LeavesNothingUnlessItIsCommitted) {
  const ScratchDirectory scratch;
  spill(scratch / "old", "old");
  {
    auto fresh = AtomicFile::create(scratch / "f", Existing::refuse);
    auto old = AtomicFile::create(scratch / "old", Existing::replace);
    ASSERT_TRUE(fresh && old);
    ASSERT_TRUE(fresh->write("half"));
    ASSERT_TRUE(old->write("half"));
    const AtomicFile moved = std::move(*fresh);
  }
  EXPECT_EQ(files_in(scratch.path()), 1U);
  EXPECT_EQ(slurp(scratch / "old"), "old");
}

TEST(AtomicFile, ReplacesOnlyIfItMay) {
  const ScratchDirectory scratch;
  spill(scratch / "f", "old");
  const auto refused = AtomicFile::create(scratch / "f", Existing::refuse);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, EndsWith("/f: it exists, and is not overwritten"));
  auto late = AtomicFile::create(scratch / "late", Existing::refuse);
  ASSERT_TRUE(late);
  spill(scratch / "late", "quicker");
  EXPECT_FALSE(late->commit());
  EXPECT_EQ(slurp(scratch / "late"), "quicker");
  fs::create_symlink("f", scratch / "link");
  auto file = AtomicFile::create(scratch / "link", Existing::replace);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("new"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(slurp(scratch / "f"), "new") << "through the link";
  EXPECT_TRUE(fs::is_symlink(scratch / "link"));
  EXPECT_EQ(files_in(scratch.path()), 3U);
}

TEST(AtomicFile, NamesWhatItCannotWrite) {
  const ScratchDirectory scratch;
  const auto missing = AtomicFile::create(scratch / "no/f", Existing::refuse);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("no/f: cannot create it: No such file"));
  for (const char* place : {"/dev/null", "/"}) {
    const auto special = AtomicFile::create(place, Existing::replace);
    ASSERT_FALSE(special) << place;
    EXPECT_THAT(special.error().message, HasSubstr("cannot replace it: it is no regular file"));
  }
  auto full = AtomicFile::create("/dev/full", Existing::refuse);
  EXPECT_FALSE(full);
}

}  // namespace
}  // namespace faultline

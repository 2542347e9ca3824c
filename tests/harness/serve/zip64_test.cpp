// What needs zip64: files and archives beyond 4 GiB, and very many files.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "harness/serve/zip_stream.hpp"
#include "harness/serve/zip_writer.hpp"
#include "tests/harness/serve/served_runs.hpp"
#include "tests/harness/serve/zip_tools.hpp"

namespace faultline::serve {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLarge = (std::uint64_t{1} << 32U) + 12'345;

// A file that is written to its end and takes no room on the disk where it has nothing but zeros.
class SparseFile {
 public:
  explicit SparseFile(const fs::path& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) {}

  void write(std::string_view text) {
    constexpr std::size_t kPage = 4096;
    while (!text.empty()) {
      const std::string_view part = text.substr(0, kPage - size_ % kPage);
      text.remove_prefix(part.size());
      if (part.find_first_not_of('\0') != std::string_view::npos) {
        ASSERT_EQ(::pwrite(fd_.get(), part.data(), part.size(), static_cast<off_t>(size_)),
                  static_cast<ssize_t>(part.size()));
      }
      size_ += part.size();
    }
    ASSERT_EQ(::ftruncate(fd_.get(), static_cast<off_t>(size_)), 0);
  }
  std::uint64_t size() const { return size_; }

 private:
  FileDescriptor fd_;
  std::uint64_t size_ = 0;
};

void expect_taken_by_all(const std::string& zip) {
  for (const ZipTool& tool : zip_tools()) {
    if (tool.is_there()) {
      EXPECT_EQ(with_zip(zip, tool.test), 0) << tool.name;
    }
  }
}

TEST(Zip64, AFileBeyondFourGigabytesIsStreamed) {
  const ServedRuns runs;
  runs.write("n/t/a-large", "it begins");
  fs::resize_file(runs.root() / "n/t/a-large", kLarge);
  runs.write("n/t/b", "behind it");
  const ResultsTree tree = runs.tree();
  const auto stream = zip_of(tree, "n/t");
  SparseFile zip(runs.root() / "zip");
  for (std::string piece;;) {
    ASSERT_TRUE(stream->next(piece));
    ASSERT_LT(piece.size(), std::size_t{1} << 20U);
    if (piece.empty()) break;
    zip.write(piece);
  }
  EXPECT_LT(zip.size(), 8'000'000U);
  expect_taken_by_all(runs.root() / "zip");
  if (!zip_tools()[0].is_there()) GTEST_SKIP() << "needs unzip";
  EXPECT_EQ(with_zip(runs.root() / "zip",
                     "unzip -l \"$Z\" | grep -q ' *" + std::to_string(kLarge) + " .*n/t/a-large'"),
            0);
}

TEST(Zip64, WhatLiesBeyondFourGigabytesIsFound) {
  const ServedRuns runs;
  SparseFile zip(runs.root() / "zip");
  ZipWriter writer(0);
  const std::string zeros(std::size_t{1} << 22U, '\0');
  for (const char* name : {"1", "2"}) {  // each small enough for 32 bits
    constexpr std::uint64_t kSize = 2'200'000'000;
    writer.begin(name, kSize, 0);
    for (std::uint64_t at = 0; at < kSize; at += zeros.size()) {
      writer.add(std::string_view(zeros).substr(0, std::min(zeros.size(), kSize - at)));
      zip.write(writer.take());
    }
    writer.end();
  }
  writer.begin("3", 5, 0);
  writer.add("third");
  writer.end();
  writer.finish();
  zip.write(writer.take());
  EXPECT_GT(zip.size(), std::uint64_t{1} << 32U);
  if (!zip_tools()[0].is_there()) GTEST_SKIP() << "needs unzip";
  const std::string file = runs.root() / "zip";
  EXPECT_EQ(with_zip(file, "test \"$(unzip -p \"$Z\" 3)\" = third"), 0);
  const std::string read =
      "import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).read(\"3\") != b\"third\")";
  EXPECT_EQ(with_zip(file, "python3 -c '" + read + "' \"$Z\""), 0);
}

TEST(Zip64, ThereMayBeVeryManyFiles) {
  const ServedRuns runs;
  ZipWriter writer;
  constexpr int kFiles = 70'000;
  for (int i = 0; i < kFiles; ++i) {
    writer.begin(std::to_string(i), 0, 0);
    writer.end();
  }
  writer.finish();
  runs.write("zip", writer.take());
  expect_taken_by_all(runs.root() / "zip");
  if (!zip_tools()[0].is_there()) GTEST_SKIP() << "needs unzip";
  EXPECT_EQ(
      with_zip(runs.root() / "zip", "test $(unzip -Z1 \"$Z\" | wc -l) = " + std::to_string(kFiles)),
      0);
}

}  // namespace
}  // namespace faultline::serve

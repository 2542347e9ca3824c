#include "harness/serve/zip_stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "tests/harness/serve/served_runs.hpp"

namespace faultline::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::Pair;

// What is in a zip archive, by paths; a failure if it is none.
std::map<std::string, std::string> unzipped(const std::string& zip) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(::archive_read_new(),
                                                           ::archive_read_free);
  ::archive_read_support_format_zip(reader.get());
  EXPECT_EQ(::archive_read_open_memory(reader.get(), zip.data(), zip.size()), ARCHIVE_OK);
  std::map<std::string, std::string> files;
  archive_entry* entry = nullptr;
  while (::archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    std::string& text = files[::archive_entry_pathname(entry)];
    char piece[4096];
    for (la_ssize_t n = 1; n > 0;) {
      n = ::archive_read_data(reader.get(), piece, sizeof piece);
      EXPECT_GE(n, 0) << ::archive_error_string(reader.get());
      if (n > 0) text.append(piece, static_cast<std::size_t>(n));
    }
  }
  return files;
}

TEST(ZipStream, HasEveryFileAsItIs) {
  const ServedRuns runs;
  std::string large;
  for (int i = 0; i < 200'000; ++i) large += std::to_string(i * 7919);
  runs.write("name/time/a.txt", "hello");
  runs.write("name/time/empty", "");
  runs.write("name/time/logs/large", large);
  runs.write("name/other/b.txt", "of another run");
  fs::create_symlink(runs.secret(), runs.root() / "name/time/link");
  const ResultsTree tree = runs.tree();
  const auto stream = zip_of(tree, "name/time");
  std::string zip;
  std::size_t pieces = 0;
  std::size_t largest = 0;
  for (std::string piece;; ++pieces) {
    ASSERT_TRUE(stream->next(piece));
    if (piece.empty()) break;
    largest = std::max(largest, piece.size());
    zip += piece;
  }
  EXPECT_THAT(unzipped(zip),
              ElementsAre(Pair("name/time/a.txt", "hello"), Pair("name/time/empty", ""),
                          Pair("name/time/logs/large", large)));
  EXPECT_GT(pieces, 3U) << "it is not put together first";
  EXPECT_LT(largest, std::size_t{1} << 20U);
}

TEST(ZipStream, AFileThatGrowsIsPackedAsFarAsItHadCome) {
  const ServedRuns runs;
  runs.write("n/t/1", "first");
  const ResultsTree tree = runs.tree();
  const auto stream = zip_of(tree, "n/t");
  std::string zip;
  ASSERT_TRUE(stream->next(zip));
  runs.write("n/t/1", "first and more");
  for (std::string piece;; zip += piece) {
    ASSERT_TRUE(stream->next(piece));
    if (piece.empty()) break;
  }
  EXPECT_THAT(unzipped(zip), ElementsAre(Pair("n/t/1", "first")));
}

TEST(ZipStream, AFileThatShrinksIsAnError) {
  const ServedRuns runs;
  runs.write("n/t/1", std::string(std::size_t{1} << 20U, 'x'));
  const ResultsTree tree = runs.tree();
  const auto stream = zip_of(tree, "n/t");
  std::string piece;
  ASSERT_TRUE(stream->next(piece));
  runs.write("n/t/1", "");
  Result<void> went_on;
  for (int i = 0; i < 100 && went_on && !piece.empty(); ++i) went_on = stream->next(piece);
  EXPECT_FALSE(went_on) << "a part is not taken for the whole";
}

}  // namespace
}  // namespace faultline::serve

#include "harness/serve/zip_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/serve/served_runs.hpp"
#include "tests/harness/serve/unzipped.hpp"

namespace faultline::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::Pair;

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
  EXPECT_THAT(Unzipped(zip).files(),
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
  EXPECT_THAT(Unzipped(zip).files(), ElementsAre(Pair("n/t/1", "first")));
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

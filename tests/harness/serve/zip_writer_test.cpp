#include "harness/serve/zip_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "tests/harness/serve/served_runs.hpp"
#include "tests/harness/serve/unzipped.hpp"
#include "tests/harness/serve/zip_tools.hpp"

namespace faultline::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr std::uint64_t kSixGigabytes = 6'000'000'000;
constexpr std::int64_t kModified = 1'767'225'601;  // 2026-01-01 00:00:01: DOS knows even seconds

void add(ZipWriter& zip, const std::string& name, const std::string& text, std::uint64_t most) {
  zip.begin(name, most, kModified);
  for (std::size_t at = 0; at < text.size(); at += 1000) zip.add(text.substr(at, 1000));
  zip.end();
}

std::string noise(std::size_t size) {
  std::string text;
  std::uint32_t x = 1;
  while (text.size() < size) text += static_cast<char>((x = x * 1664525 + 1013904223) >> 24U);
  return text;
}

std::map<std::string, std::string> samples() {
  return {{"run/empty", ""},
          {"run/text", std::string(300'000, 'x')},
          {"run/noise", noise(200'000)},
          {"run/\xC3\xBCml\xC3\xA4ut \xF0\x9F\x98\x80.log", "names are UTF-8"},
          {
              "run/-n",
              "\0\n\r",
          },
          {"run/a b'\"$*?", "odd"}};
}

std::string archive() {
  ZipWriter zip;
  for (const auto& [name, text] : samples()) add(zip, name, text, text.size());
  // As a file of that size would be, before anybody knows how well it can be packed.
  add(zip, "run/large", "in 64 bits", kSixGigabytes);
  zip.finish();
  return zip.take();
}

TEST(ZipWriter, IsReadBackAsItIs) {
  ZipWriter zip;
  for (const auto& [name, text] : samples()) add(zip, name, text, text.size());
  add(zip, "\xFF", "a name in no encoding", 100);
  std::string whole = zip.take();
  zip.finish();
  whole += zip.take();
  auto expected = samples();
  expected["\xFF"] = "a name in no encoding";
  EXPECT_EQ(Unzipped(whole).files(), expected);
  EXPECT_EQ(zip.take(), "");
}

TEST(ZipWriter, WithoutFilesItIsAnArchiveStill) {
  ZipWriter zip;
  zip.finish();
  EXPECT_TRUE(Unzipped(zip.take()).files().empty());
}

TEST(ZipWriter, MembersNameTheirEncodingIfTheyHaveOne) {
  const auto flags = [](const std::string& name) {
    ZipWriter zip;
    zip.begin(name, 0, 0);
    return zip.take().substr(6, 2);
  };
  EXPECT_EQ(flags("a"), std::string("\x08\x08", 2));
  EXPECT_EQ(flags("\xC3\xBC"), std::string("\x08\x08", 2));
  EXPECT_EQ(flags("\xC3"), std::string("\x08\x00", 2));
}

TEST(ZipWriter, EveryArchiverTakesIt) {
  const ServedRuns runs;
  runs.write("a.zip", archive());
  const std::string file = runs.root() / "a.zip";
  for (const ZipTool& tool : zip_tools()) {
    if (!tool.is_there()) {
      GTEST_LOG_(INFO) << "there is no " << tool.name;
      continue;
    }
    EXPECT_EQ(with_zip(file, tool.test), 0) << tool.name;
    // It would notice.
    std::string damaged = archive();
    damaged[damaged.find("\x03\x04") + 100'000] ^= 1;
    runs.write("damaged.zip", damaged);
    EXPECT_NE(with_zip(runs.root() / "damaged.zip", "{ " + tool.test + "; } >/dev/null 2>&1"), 0)
        << tool.name;
  }
}

TEST(ZipWriter, ExtractedFilesHaveTheirNamesAndTimes) {
  auto expected = samples();
  expected["run/large"] = "in 64 bits";
  for (const std::string tool : {"unzip", "bsdtar"}) {
    const ServedRuns runs;
    runs.write("a.zip", archive());
    if (with_zip("", "command -v " + tool + " >/dev/null") != 0) GTEST_SKIP() << "needs " << tool;
    const std::string folder = runs.root();
    const std::string extract = tool == "unzip" ? "unzip -qq \"$Z\"" : "bsdtar -xf - <\"$Z\"";
    EXPECT_EQ(with_zip(folder + "/a.zip",
                       "cd '" + folder + "' && LC_ALL=C.UTF-8 TZ=Asia/Tokyo " + extract),
              0);
    const ResultsTree tree = runs.tree();
    std::map<std::string, std::string> found;
    for (const Entry& each : tree.files_below("run", 100)) {
      found["run/" + each.name] = *tree.text("run/" + each.name, 1'000'000);
      EXPECT_EQ(each.modified / 1'000'000'000, kModified) << tool << " " << each.name;
    }
    EXPECT_EQ(found, expected) << tool;
  }
}

}  // namespace
}  // namespace faultline::serve

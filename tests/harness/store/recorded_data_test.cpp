// The histories that others recorded, read in place: ../shared/data beside the source tree, or
// where the environment variable FAULTLINE_DATA says. The figures were counted with grep.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "harness/store/history_writer.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

fs::path data_directory() {
  const char* const elsewhere = std::getenv("FAULTLINE_DATA");
  return elsewhere != nullptr ? fs::path(elsewhere)
                              : fs::path(FAULTLINE_SOURCE_DIR "/../shared/data");
}

std::vector<fs::path> files_under(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Tally {
  std::array<std::size_t, 4> by_type{};
  std::size_t mismatches = 0;
  std::size_t timeouts = 0;
  std::size_t nemesis = 0;
};

class RecordedData : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(data_directory())) {
      GTEST_SKIP() << "no recorded histories at " << data_directory() << "; set FAULTLINE_DATA";
    }
  }

  // Reads every file of `folder`; each must be of the format and without anything left out.
  static Tally read_all(const char* folder, std::string_view format) {
    Tally tally;
    for (const fs::path& file : files_under(data_directory() / folder)) {
      const auto history = read_history(file);
      if (!history) {
        ADD_FAILURE() << history.error().message;
        continue;
      }
      EXPECT_EQ(history->format, format) << file;
      EXPECT_TRUE(history->notes.empty()) << file << ": " << history->notes.front();
      for (const Op& op : history->ops) {
        ++tally.by_type[static_cast<std::size_t>(op.type)];
        if (op.error == kMismatch) ++tally.mismatches;
        if (op.error == kTimeout) ++tally.timeouts;
        if (op.is_nemesis()) ++tally.nemesis;
      }
    }
    return tally;
  }
};

using Counts = std::array<std::size_t, 4>;  // invoke, ok, fail, info

TEST_F(RecordedData, EtcdLogs) {
  const Tally tally = read_all("etcd-logs", "etcd-log");
  EXPECT_EQ(tally.by_type, (Counts{4333, 2768, 912, 653}));
  EXPECT_EQ(tally.mismatches, 900U);
  EXPECT_EQ(tally.timeouts, 665U);
  EXPECT_EQ(tally.nemesis, 0U);
}

TEST_F(RecordedData, SmallLogs) {
  const Tally tally = read_all("small", "etcd-log");
  EXPECT_EQ(tally.by_type, (Counts{14396, 9197, 3851, 1348}));
  EXPECT_EQ(tally.mismatches, 3197U);
  EXPECT_EQ(tally.timeouts, 2002U);
  EXPECT_EQ(tally.nemesis, 0U);
}

TEST_F(RecordedData, Knossos) {
  const Tally tally = read_all("knossos", "edn");
  EXPECT_EQ(tally.by_type, (Counts{5009, 1884, 3020, 102}));
  EXPECT_EQ(tally.mismatches, 0U);
  EXPECT_EQ(tally.timeouts, 2U);
  EXPECT_EQ(tally.nemesis, 24U);
}

TEST_F(RecordedData, Elle) {
  const Tally tally = read_all("elle", "edn");
  EXPECT_EQ(tally.by_type, (Counts{10258, 3040, 7070, 242}));
  EXPECT_EQ(tally.mismatches, 0U);
  EXPECT_EQ(tally.timeouts, 3U);
  EXPECT_EQ(tally.nemesis, 94U);
}

TEST_F(RecordedData, KeyValueLogs) {
  const Tally tally = read_all("kv-logs", "porcupine-kv");
  EXPECT_EQ(tally.by_type, (Counts{2175, 2175, 0, 0}));
  EXPECT_EQ(tally.mismatches, 0U);
  EXPECT_EQ(tally.timeouts, 0U);
  EXPECT_EQ(tally.nemesis, 0U);
}

// As it is read, written, and read again.
RecordedHistory rewritten(const RecordedHistory& history, OutputFormat format, bool independent) {
  std::string text;
  const auto notes = write_history(history, "h", format, [&](std::string_view piece) {
    text += piece;
    return Result<void>();
  });
  if (!notes) ADD_FAILURE() << notes.error().message;
  return good(text, {.independent = independent});
}

TEST_F(RecordedData, EveryHistorySurvivesBothFormats) {
  std::size_t files = 0;
  for (const fs::path& file : files_under(data_directory())) {
    const auto history = read_history(file);
    if (!history) continue;  // the table of verdicts
    ++files;
    const bool keyed = history->format == "porcupine-kv";
    for (const OutputFormat format : {OutputFormat::jsonl, OutputFormat::edn}) {
      const RecordedHistory again =
          rewritten(*history, format, keyed && format == OutputFormat::edn);
      EXPECT_EQ(again.ops, history->ops) << file;
      EXPECT_EQ(again.nil_read_unconstrained, history->nil_read_unconstrained) << file;
    }
  }
  EXPECT_GT(files, 50U);
}

TEST_F(RecordedData, TransactionsKeepTheirShape) {
  const auto history = read_history(data_directory() / "elle/huge-scc.edn");
  ASSERT_TRUE(history) << history.error().message;
  using List = Value::List;
  EXPECT_EQ(history->ops[0].value,
            Value(List{List{"append", 11, 1}, List{"r", 11, {}}, List{"r", 11, {}}}));
  EXPECT_EQ(history->ops[0].process, 10);
  EXPECT_EQ(history->ops[0].time, 14532933);
  EXPECT_EQ(history->ops[634].error.name(), "eof");
  EXPECT_EQ(history->ops[643].error.name(), "[:socket \"Broken pipe\"]");
}

}  // namespace
}  // namespace faultline

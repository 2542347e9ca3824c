// Histories recorded by others, with the verdicts their owners state: the shared data folder's
// EXPECTED.tsv. FAULTLINE_DATA names another folder.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "checkers/verify.hpp"
#include "harness/store/history_reader.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

fs::path data_folder() {
  const char* named = std::getenv("FAULTLINE_DATA");
  return named != nullptr ? fs::path(named) : fs::path(FAULTLINE_SOURCE_DIR) / "../shared/data";
}

struct Row {
  std::string file;
  std::string model;
  std::string initial;
  std::string expected;
};

std::vector<Row> read_rows() {
  std::ifstream table(data_folder() / "EXPECTED.tsv");
  std::vector<Row> rows;
  std::string line;
  std::getline(table, line);  // the names of the columns
  while (std::getline(table, line)) {
    std::istringstream columns(line);
    Row row;
    if (std::getline(columns, row.file, '\t') && std::getline(columns, row.model, '\t') &&
        std::getline(columns, row.initial, '\t') && std::getline(columns, row.expected, '\t') &&
        !row.expected.empty()) {
      rows.push_back(row);
    }
  }
  return rows;
}

void check(const Row& row) {
  SCOPED_TRACE(row.file);
  const auto history = read_history(data_folder() / row.file);
  ASSERT_TRUE(history) << history.error().message;
  const Model* model = find_model(row.model);
  ASSERT_NE(model, nullptr) << row.model;
  const auto initial = model->parse_initial(row.initial);
  ASSERT_TRUE(initial) << initial.error().message;
  const ModelOptions options{.nil_read_unconstrained = history->nil_read_unconstrained};
  const Report report = make_linearizable(*model, *initial, options)->check(history->ops);
  EXPECT_EQ(to_string(report.verdict), row.expected) << report.reason << "\n" << report.text;
  const auto verified = verify(history->ops, *model, *report.evidence);
  ASSERT_TRUE(verified) << verified.error().what;
  for (const Verification& part : *verified) EXPECT_EQ(part.proof, Proof::holds) << part.what;
}

TEST(Golden, EveryRecordedHistoryGetsItsVerdict) {
  if (!fs::exists(data_folder() / "EXPECTED.tsv")) {
    GTEST_SKIP() << "no recorded histories in " << data_folder() << "; set FAULTLINE_DATA";
  }
  const std::vector<Row> rows = read_rows();
  ASSERT_FALSE(rows.empty());
  for (const Row& row : rows) check(row);
  RecordProperty("rows", static_cast<int>(rows.size()));
}

}  // namespace
}  // namespace faultline

#include "harness/report/columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>

#include "harness/core/rng.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Op op(Time time, Process process, const char* f, OpType type, Value key = {}, Value value = {},
      const char* error = "") {
  return {time, process, Symbol::of(f), type, Symbol::of(error), std::move(key), std::move(value)};
}

// A write that is ok, a cas that never ends, a nemesis's op, a read that fails with an error.
History example() {
  return {
      op(100, 7, "write", OpType::invoke, 5, 3), op(130, 2, "cas", OpType::invoke, 4, Value(3, 2)),
      op(140, kNemesis, "kill", OpType::invoke), op(400, 7, "write", OpType::ok, 5, 3),
      op(401, 7, "read", OpType::invoke, 5),     op(700, 7, "read", OpType::fail, 5, {}, "timeout"),
      op(701, 7, "read", OpType::invoke, 5),     op(702, 7, "read", OpType::ok, 5, 3)};
}

TEST(OperationTable, NamesAreNumbers) {
  const OperationTable table = read_operations(example());
  EXPECT_THAT(table.processes, ElementsAre("2", "7")) << "in their order";
  EXPECT_THAT(table.functions, ElementsAre("write", "cas", "read"));
  EXPECT_THAT(table.keys, ElementsAre("nil", "4", "5"));
  EXPECT_THAT(table.values, ElementsAre("nil", "3", "3->2"));
  EXPECT_THAT(table.errors, ElementsAre("", "timeout"));
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(table.rows[0].process, 1U);
  EXPECT_EQ(table.rows[0].key, 2U);
  EXPECT_EQ(table.rows[1].end, kNever);
  EXPECT_EQ(table.rows[1].outcome, OpType::info);
  EXPECT_EQ(table.rows[1].argument, 2U);
  EXPECT_EQ(table.rows[2].error, 1U);
  EXPECT_EQ(table.rows[2].result, 0U);
  EXPECT_EQ(table.rows[3].result, 1U);
  EXPECT_EQ(table.begin, 100);
  EXPECT_EQ(table.end, 702);
  EXPECT_EQ(table.row_at(4), 2U);
  EXPECT_EQ(table.row_at(3), 4U) << "no invocation";
}

TEST(OperationTable, LongTextsAreCutAtACharacter) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "é";
  const std::string shown = shortened_for_page(text);
  EXPECT_EQ(shown, text.substr(0, 400) + "… (600 bytes)");
  EXPECT_EQ(shortened_for_page(text.substr(0, 400)), text.substr(0, 400));
  EXPECT_EQ(shortened_for_page("\xff\xc3"), "\xff\xc3") << "no UTF-8 is left as it is";
}

// However many texts there are, the page can be opened.
TEST(OperationTable, TooManyNamesShareOne) {
  History history;
  for (int i = 0; i < 60'000; ++i) {
    const std::string text = std::to_string(i) + std::string(300, 'x');
    history.push_back(op(2 * i, 0, "write", OpType::invoke, {}, text));
    history.push_back(op(2 * i + 1, 0, "write", OpType::ok, {}, text));
  }
  const OperationTable table = read_operations(history);
  std::size_t bytes = 0;
  for (const std::string& value : table.values) bytes += value.size();
  EXPECT_LT(bytes, 8U << 20);
  EXPECT_THAT(table.values[table.rows.back().argument], HasSubstr("see the history"));
  EXPECT_THAT(table.values[table.rows.front().argument], HasSubstr("0xxx"));
}

// Reads what encode_columns() wrote, column by column.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t next() {
    std::uint64_t number = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.at(at_++));
      number |= static_cast<std::uint64_t>(byte % 128) << shift;
      if (byte < 128) return number;
    }
  }
  std::vector<std::uint64_t> column(std::size_t size) {
    std::vector<std::uint64_t> numbers;
    while (numbers.size() < size) numbers.push_back(next());
    return numbers;
  }
  bool is_done() const { return at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

TEST(Columns, ComeOneAfterTheOther) {
  const std::string bytes = encode_columns(read_operations(example()));
  Numbers in(bytes);
  ASSERT_EQ(in.next(), 4U);
  EXPECT_THAT(in.column(4), ElementsAre(100, 30, 271, 300)) << "starts";
  EXPECT_THAT(in.column(4), ElementsAre(301, 0, 300, 2)) << "durations";
  EXPECT_THAT(in.column(4), ElementsAre(1, 0, 1, 1)) << "processes";
  EXPECT_THAT(in.column(4), ElementsAre(0, 6, 9, 8)) << "functions and outcomes";
  EXPECT_THAT(in.column(4), ElementsAre(2, 1, 2, 2)) << "keys";
  EXPECT_THAT(in.column(4), ElementsAre(1, 2, 0, 0)) << "arguments";
  EXPECT_THAT(in.column(4), ElementsAre(1, 0, 0, 1)) << "results";
  EXPECT_THAT(in.column(4), ElementsAre(0, 0, 1, 0)) << "errors";
  EXPECT_THAT(in.column(4), ElementsAre(4, 2, 6, 4)) << "lines";
  EXPECT_TRUE(in.is_done());
}

// Formats in which operations are not in the order of their beginnings.
TEST(Columns, LinesMayGoBack) {
  const std::string bytes = encode_columns(read_operations(
      {op(1, 0, "read", OpType::invoke), op(2, 1, "read", OpType::invoke)}, std::array{9U, 4U}));
  Numbers in(bytes);
  ASSERT_EQ(in.next(), 2U);
  in.column(16);
  EXPECT_THAT(in.column(2), ElementsAre(18, 9));
  EXPECT_TRUE(in.is_done());
}

TEST(Columns, OfNothing) {
  EXPECT_EQ(encode_columns(read_operations({})), std::string(1, '\0'));
}

// Whatever a history does, time goes on: what does not fit is put where it does.
TEST(Columns, TimesThatGoBackAreHeldUp) {
  const OperationTable table =
      read_operations({op(500, 0, "read", OpType::invoke), op(400, 0, "read", OpType::ok),
                       op(300, 1, "read", OpType::invoke)});
  EXPECT_EQ(table.rows[0].end, 500);
  EXPECT_EQ(table.rows[1].start, 500);
}

TEST(Columns, AreDeflatedForTheBrowser) {
  Rng rng(1);
  std::string bytes;
  while (bytes.size() < 100'000) bytes += static_cast<char>(rng.below(16));
  const std::string packed = deflated(bytes);
  EXPECT_LT(packed.size(), bytes.size() * 2 / 3);
  std::string again(bytes.size(), '\0');
  uLongf size = again.size();
  ASSERT_EQ(::uncompress(reinterpret_cast<Bytef*>(again.data()), &size,
                         reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
            Z_OK);
  EXPECT_EQ(again, bytes);
}

}  // namespace
}  // namespace faultline

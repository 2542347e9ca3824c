#include "harness/report/columns.hpp"

#include <zlib.h>

#include <cassert>
#include <stdexcept>
#include <utility>

namespace faultline {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  while (number >= 128) {
    out += static_cast<char>(number % 128 + 128);
    number /= 128;
  }
  out += static_cast<char>(number);
}

}  // namespace

int outcome_number(OpType outcome) {
  switch (outcome) {
    case OpType::ok: return 0;
    case OpType::fail: return 1;
    default: return 2;
  }
}

std::string encode_columns(const OperationTable& table) {
  using Row = OperationTable::Row;
  std::string out;
  append_number(out, table.rows.size());
  const auto column = [&](auto number_of) {
    for (const Row& row : table.rows) {
      append_number(out, static_cast<std::uint64_t>(number_of(row)));
    }
  };
  Time before = 0;
  column([&](const Row& row) {
    assert(row.start >= before);
    return row.start - std::exchange(before, row.start);
  });
  column([](const Row& row) { return row.end == kNever ? 0 : row.end - row.start + 1; });
  column([](const Row& row) { return row.process; });
  column([](const Row& row) {
    return row.function * 4 + static_cast<std::uint32_t>(outcome_number(row.outcome));
  });
  column([](const Row& row) { return row.key; });
  column([](const Row& row) { return row.argument; });
  column([](const Row& row) { return row.result; });
  column([](const Row& row) { return row.error; });
  std::int64_t line = 0;
  column([&](const Row& row) {
    const std::int64_t difference = row.line - std::exchange(line, row.line);
    return difference < 0 ? -2 * difference - 1 : 2 * difference;
  });
  return out;
}

std::string deflated(std::string_view bytes) {
  constexpr int kLevel = 4;  // those above are 2 % smaller, and take twice as long
  uLongf size = ::compressBound(static_cast<uLong>(bytes.size()));
  std::string out(size, '\0');
  const int result = ::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                                 reinterpret_cast<const Bytef*>(bytes.data()),
                                 static_cast<uLong>(bytes.size()), kLevel);
  if (result != Z_OK) throw std::runtime_error("zlib cannot compress the operations");
  out.resize(size);
  return out;
}

}  // namespace faultline

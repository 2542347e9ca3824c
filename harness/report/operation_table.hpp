// OperationTable: the client operations of a history, each as one row, with all names by number:
// what report.html shows and its statistics are about. A plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/core/op.hpp"

namespace faultline {

struct OperationTable {
  struct Row {
    Time start = 0;
    Time end = kNever;           // kNever: the history has no completion of it
    std::uint32_t position = 0;  // of its invocation in the history
    std::uint32_t line = 0;      // of the same in the file that it is from, from 1
    std::uint32_t process = 0;   // these are numbers of names, below
    std::uint32_t function = 0;
    std::uint32_t key = 0;
    std::uint32_t argument = 0;
    std::uint32_t result = 0;
    std::uint32_t error = 0;
    OpType outcome = OpType::info;  // ok, fail or info, which is also what never ended
  };

  Time begin = 0;  // of the history, faults and marks included
  Time end = 0;
  std::vector<Row> rows;               // in the order of their invocations
  std::vector<std::string> processes;  // in their order
  std::vector<std::string> functions;
  std::vector<std::string> keys;    // nil, then in their order
  std::vector<std::string> values;  // nil, then as they appear
  std::vector<std::string> errors;  // none, then as they appear

  // The row of the invocation at that position; rows.size() if there is none.
  std::size_t row_at(std::size_t position) const;
};

// `lines`: where each event is in its file; none: one a line, after a heading, as in history.jsonl.
OperationTable read_operations(const History& history, std::span<const std::uint32_t> lines = {});

// At most 200 characters of it; what is longer ends in "… (N bytes)".
std::string shortened_for_page(std::string_view text);

}  // namespace faultline

// Columns: the operations of a run as report.html carries them: numbers, column by column,
// compressed. Pure functions.
//
// First the number of operations, then each column from the first operation to the last, all as
// unsigned LEB128 (DWARF 5, section 7.6): start less the start before it (ns); duration + 1, or 0
// if it never ended; process; 4 * function + outcome (0 ok, 1 fail, 2 info); key; argument; result;
// error; line in the file of the history less the one before it, doubled, and if it is negative,
// then less by one, as a positive number (0, -1, 1, -2 ... are 0, 1, 2, 3 ...).
#pragma once

#include <string>
#include <string_view>

#include "harness/report/operation_table.hpp"

namespace faultline {

std::string encode_columns(const OperationTable& table);

// In zlib's format (RFC 1950).
std::string deflated(std::string_view bytes);

// 0 ok, 1 fail, 2 info: as in the columns.
int outcome_number(OpType outcome);

}  // namespace faultline

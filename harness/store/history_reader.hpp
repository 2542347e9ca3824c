// Reads a recorded history, whoever recorded it: the format is told from the content.
//
// No process discipline is checked here (that a process has one op open at a time, that a
// completion has an invocation): that is the checkers' business. Any thread.
#pragma once

#include <filesystem>

#include "harness/core/result.hpp"
#include "harness/store/recorded_history.hpp"
#include "harness/store/source.hpp"

namespace faultline {

struct ReadOptions {
  // The value of every client op is [key value] (jepsen.independent): it is taken apart. An op that
  // has a key already is left as it is.
  bool independent = false;
};

// On bad input the error names the file, the line, the column, and what was expected.
Result<RecordedHistory> read_history(const std::filesystem::path& path, ReadOptions options = {});
Result<RecordedHistory> read_history(const Source& source, ReadOptions options = {});

}  // namespace faultline

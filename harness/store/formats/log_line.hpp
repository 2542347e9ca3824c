// LogLine: the words that Jepsen prints for an op, in a console log and in history.txt:
// process :type :f value [error], apart by tabs or blanks.
#pragma once

#include <cstddef>
#include <string_view>

#include "harness/core/op.hpp"
#include "harness/store/formats/edn.hpp"
#include "harness/store/formats/symbol_cache.hpp"
#include "harness/store/source.hpp"

namespace faultline::formats {

struct LogLine {
  Op op;                   // without its error; time is 0, for none is recorded
  std::string_view value;  // as written
  std::string_view error;  // the rest of the line, without blanks around it
};

enum class LogMatch { op, no_op, fault };

// Reads the words of `line` from the byte `at` on. No op: the line does not begin with a process, a
// type and an f. Fault: it does, but cannot be understood; the offset counts from the line's start.
LogMatch match_log_line(std::string_view line, std::size_t at, SymbolCache& symbols, LogLine& out,
                        Fault& fault);

}  // namespace faultline::formats

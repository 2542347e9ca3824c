#include <fmt/format.h>

#include <utility>

#include "harness/store/formats/edn_ops.hpp"
#include "harness/store/formats/formats.hpp"
#include "harness/store/formats/log_line.hpp"

namespace faultline::formats {
bool looks_like_history_txt(std::string_view text) {
  Lines lines(text);
  Line line;
  while (lines.next(line) && line.is_blank()) {
  }
  SymbolCache symbols;
  LogLine parsed;
  Fault fault;
  return match_log_line(line.text, 0, symbols, parsed, fault) != LogMatch::no_op;
}

Result<RecordedHistory> read_history_txt(const Source& source) {
  RecordedHistory history;
  history.format = "history-txt";
  history.nil_read_unconstrained = true;
  SymbolCache symbols;
  LogLine parsed;
  Fault fault;
  std::size_t continued = 0;
  Lines lines(source.text());
  for (Line line; lines.next(line);) {
    if (line.is_blank()) continue;
    switch (match_log_line(line.text, 0, symbols, parsed, fault)) {
      case LogMatch::op: {
        const bool keyword = parsed.error.starts_with(':');
        parsed.op.error = error_symbol(keyword ? parsed.error.substr(1) : parsed.error);
        history.ops.push_back(std::move(parsed.op));
        history.lines.push_back(line.number);
        break;
      }
      case LogMatch::fault: return source.error(line.offset + fault.offset, fault.what);
      case LogMatch::no_op:
        // Jepsen prints an error as it is, even if it has several lines.
        if (history.ops.empty() || history.ops.back().error.empty()) {
          return source.error(line.offset,
                              "expected an op: process, :type, :f and value, apart by tabs");
        }
        ++continued;
    }
  }
  if (continued > 0) {
    history.notes.push_back(
        fmt::format("lines that continue the error of an op, skipped: {}", continued));
  }
  return history;
}

}  // namespace faultline::formats

#include <fmt/format.h>

#include <map>
#include <utility>

#include "harness/store/formats/edn_ops.hpp"
#include "harness/store/formats/formats.hpp"
#include "harness/store/formats/log_line.hpp"

namespace faultline::formats {
namespace {

// Where the op begins, behind "INFO  jepsen.util - "; npos if the line does not begin so.
std::size_t after_prefix(std::string_view line) {
  constexpr std::string_view kWords[] = {"INFO", "jepsen.util", "-"};
  std::size_t at = 0;
  for (const std::string_view word : kWords) {
    if (!line.substr(at).starts_with(word)) return std::string_view::npos;
    at += word.size();
    const std::size_t next = line.find_first_not_of(" \t", at);
    if (next == at || next == std::string_view::npos) return std::string_view::npos;
    at = next;
  }
  return at;
}

// Says why an op failed or is unknown, and gives it back the value that the log has no room for.
class Completer {
 public:
  void complete(const LogLine& line, Op& op) {
    if (op.is_nemesis()) return;
    if (op.type == OpType::invoke) {
      open_[op.process] = op.value;
      return;
    }
    const auto open = open_.find(op.process);
    std::string_view why = line.error;
    const bool uncertain = op.type == OpType::fail || op.type == OpType::info;
    if (uncertain && line.value.starts_with(':')) {
      why = line.value;
      op.value = open == open_.end() ? Value() : open->second;
    }
    if (why.starts_with(':')) why.remove_prefix(1);
    if (why == "timed-out") {
      op.error = kTimeout;
    } else if (!why.empty()) {
      op.error = error_symbol(why);
    } else if (op.type == OpType::fail && op.f == f::kCas) {
      op.error = kMismatch;  // in these logs: the cas returned false, so it saw another value
    }
    if (open != open_.end()) open_.erase(open);
  }

 private:
  std::map<Process, Value> open_;  // the value of the op each process has open
};

}  // namespace

bool looks_like_etcd_log(std::string_view text) {
  constexpr std::size_t kLookAt = 1 << 20;  // a console log may begin with other things
  Lines lines(text.substr(0, kLookAt));
  for (Line line; lines.next(line);) {
    if (after_prefix(line.text) != std::string_view::npos) return true;
  }
  return false;
}

Result<RecordedHistory> read_etcd_log(const Source& source) {
  RecordedHistory history;
  history.format = "etcd-log";
  Completer completer;
  SymbolCache symbols;
  LogLine parsed;
  Fault fault;
  std::size_t skipped = 0;
  std::uint32_t first_skipped = 0;  // its line
  Lines lines(source.text());
  for (Line line; lines.next(line);) {
    if (line.is_blank()) continue;
    const std::size_t at = after_prefix(line.text);
    const LogMatch match = at == std::string_view::npos
                               ? LogMatch::no_op
                               : match_log_line(line.text, at, symbols, parsed, fault);
    if (match == LogMatch::op) {
      completer.complete(parsed, parsed.op);
      history.ops.push_back(std::move(parsed.op));
      history.lines.push_back(line.number);
    } else if (match == LogMatch::fault) {
      return source.error(line.offset + fault.offset, fault.what);
    } else if (skipped++ == 0) {
      first_skipped = line.number;
    }
  }
  if (skipped > 0) {
    history.notes.push_back(fmt::format("lines that are no ops, skipped: {}, the first is line {}",
                                        skipped, first_skipped));
  }
  return history;
}

}  // namespace faultline::formats

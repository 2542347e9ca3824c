#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/store/formats/edn_ops.hpp"
#include "harness/store/formats/etcd_calls.hpp"
#include "harness/store/formats/etcd_json.hpp"
#include "harness/store/formats/formats.hpp"
#include "harness/store/formats/interval_history.hpp"

namespace faultline::formats {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kNone = std::string_view::npos;

// The closing quote of the string that opens at `at`; kNone if it is cut off.
std::size_t closing_quote(std::string_view text, std::size_t at) {
  for (++at; (at = text.find_first_of("\"\\", at)) != kNone; at += 2) {
    if (text[at] == '"') return at;
  }
  return kNone;
}

// Where the object that begins at `at` ends: behind its closing brace; kNone if it is cut off.
std::size_t object_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (; (at = text.find_first_of("{}\"", at)) != kNone; ++at) {
    if (text[at] == '{') {
      ++depth;
    } else if (text[at] == '}') {
      if (--depth == 0) return at + 1;
    } else {
      at = closing_quote(text, at);
      if (at == kNone) return kNone;
    }
  }
  return kNone;
}

// The objects of a file, one after the other. etcd writes one a line; any other layout is read,
// too, at some cost.
class Objects {
 public:
  explicit Objects(const Source& source) : source_(source), text_(source.text()) {}

  enum class Outcome { object, end, fault };
  Outcome next(EtcdOperation& out) {
    const std::size_t begin = text_.find_first_not_of(kBlanks, end_);
    if (begin == kNone) return Outcome::end;
    for (std::size_t at = begin_; (at = text_.find('\n', at)) < begin; ++at) ++line_;
    begin_ = begin;
    if (text_[begin] != '{') return fail("expected an operation, {\"ClientId\":...}");
    if (one_a_line_) {
      end_ = std::min(text_.find('\n', begin), text_.size());
      const auto outcome = reader_.read(text_.substr(begin, end_ - begin), out);
      if (outcome != EtcdJsonReader::Outcome::no_json) return judge(outcome);
    }
    end_ = object_end(text_, begin);
    if (end_ == kNone) return fail("expected a '}' that closes this object, found the end");
    one_a_line_ = end_ == text_.size() || text_[end_] == '\n';
    return judge(reader_.read(text_.substr(begin, end_ - begin), out));
  }

  std::uint32_t line() const { return line_; }  // of the object, from 1
  Error error() const { return source_.error(begin_, expected_); }

 private:
  Outcome fail(std::string_view what) {
    expected_ = what;
    return Outcome::fault;
  }

  Outcome judge(EtcdJsonReader::Outcome outcome) {
    if (outcome == EtcdJsonReader::Outcome::good) return Outcome::object;
    return fail(outcome == EtcdJsonReader::Outcome::no_json
                    ? "expected an operation, but this is not valid JSON"
                    : "in this operation: expected " + reader_.expected());
  }

  const Source& source_;
  std::string_view text_;
  std::size_t begin_ = 0;  // of the object
  std::size_t end_ = 0;
  std::uint32_t line_ = 1;
  bool one_a_line_ = true;
  EtcdJsonReader reader_;
  std::string expected_;
};

Op completion_of(const EtcdOperation& operation, EtcdCall&& call) {
  Op op = completion(call.invocation, call.outcome, call.error);
  op.value = std::move(call.result);
  op.time = call.outcome == OpType::info ? kNever : operation.end;
  if (op.error.empty()) op.error = error_symbol(operation.error);
  return op;
}

}  // namespace

bool looks_like_operations_json(std::string_view text) {
  constexpr std::string_view kNames[] = {"ClientId", "ClientID", "Input",
                                         "Call",     "Output",   "Return"};
  const std::size_t open = text.find_first_not_of(kBlanks);
  if (open == kNone || text[open] != '{') return false;
  const std::size_t quote = text.find_first_not_of(kBlanks, open + 1);
  if (quote == kNone || text[quote] != '"') return false;
  const std::string_view name = text.substr(quote + 1);
  return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view known) {
    return name.starts_with(known) && name.substr(known.size()).starts_with('"');
  });
}

Result<RecordedHistory> read_operations_json(const Source& source) {
  // A list that is taken apart by its keys must not fill the memory.
  constexpr std::size_t kMostCalls = 100'000'000;
  EtcdCalls etcd;
  EtcdOperation operation;
  Objects all(source);
  Objects::Outcome outcome = all.next(operation);
  for (; outcome == Objects::Outcome::object; outcome = all.next(operation)) etcd.learn(operation);
  if (outcome == Objects::Outcome::fault) return all.error();

  IntervalHistory intervals;
  std::vector<EtcdCall> calls;
  Objects again(source);
  while (again.next(operation) == Objects::Outcome::object) {
    calls.clear();
    etcd.translate(operation, calls);
    for (EtcdCall& call : calls) {
      call.invocation.time = operation.call;
      Op invoked = call.invocation;
      Op completed = completion_of(operation, std::move(call));
      intervals.add(static_cast<Process>(operation.client), std::move(invoked),
                    std::move(completed), again.line());
    }
    if (intervals.size() > kMostCalls) {
      return source.error(0, fmt::format("expected no more than {} operations on keys, of which a "
                                         "list has one for each key in it",
                                         kMostCalls));
    }
  }
  RecordedHistory history;
  history.format = "operations-json";
  std::move(intervals).finish(history);
  history.notes = etcd.notes();
  return history;
}

}  // namespace faultline::formats

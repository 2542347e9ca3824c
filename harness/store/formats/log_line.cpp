#include "harness/store/formats/log_line.hpp"

#include <algorithm>
#include <charconv>

#include "harness/store/formats/op_words.hpp"

namespace faultline::formats {
namespace {

constexpr std::string_view kBlanks = " \t\r";

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view next_word(std::string_view line, std::size_t& at) {
  while (at < line.size() && is_blank(line[at])) ++at;
  const std::size_t begin = at;
  while (at < line.size() && !is_blank(line[at])) ++at;
  return line.substr(begin, at - begin);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_number(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A nemesis may say anything: its value is all up to a tab, be it one form of EDN or not.
LogMatch match_nemesis_value(std::string_view line, std::size_t at, LogLine& out) {
  const std::size_t end = std::min(line.find('\t', at), line.size());
  out.value = trimmed(line.substr(at, end - at));
  out.error = trimmed(line.substr(end));
  EdnReader reader(out.value);
  Edn form;
  const bool one_form =
      reader.next(form) == EdnReader::Outcome::form && form.source.size() == out.value.size();
  out.op.value = one_form ? form.value() : Value(out.value);
  return LogMatch::op;
}

LogMatch match_value(std::string_view line, std::size_t at, LogLine& out, Fault& fault) {
  at = std::min(line.find_first_not_of(kBlanks, at), line.size());
  if (at == line.size()) {
    if (out.op.is_nemesis()) return LogMatch::op;
    fault = {at, "expected the value of the op, found the end of the line"};
    return LogMatch::fault;
  }
  if (out.op.is_nemesis()) return match_nemesis_value(line, at, out);
  EdnReader reader(line, at);
  Edn form;
  if (reader.next(form) != EdnReader::Outcome::form) {
    fault = reader.fault();
    return LogMatch::fault;
  }
  out.op.value = form.value();
  out.value = form.source;
  out.error = trimmed(line.substr(reader.at()));
  return LogMatch::op;
}

}  // namespace

LogMatch match_log_line(std::string_view line, std::size_t at, SymbolCache& symbols, LogLine& out,
                        Fault& fault) {
  out = LogLine{};
  const std::string_view process = next_word(line, at);
  const std::size_t process_at = at - process.size();
  if (process != ":nemesis" && !is_number(process)) return LogMatch::no_op;
  const std::string_view type = next_word(line, at);
  const auto known = type.starts_with(':') ? op_type(type.substr(1)) : std::nullopt;
  if (!known) return LogMatch::no_op;
  const std::string_view f = next_word(line, at);
  if (f.size() < 2 || f.front() != ':') return LogMatch::no_op;

  out.op.type = *known;
  out.op.f = symbols.of(f.substr(1));
  out.op.process = kNemesis;
  if (process != ":nemesis") {
    std::int64_t number = -1;
    const auto end = process.data() + process.size();
    std::optional<Process> id;
    if (std::from_chars(process.data(), end, number).ec == std::errc{}) id = process_id(number);
    if (!id) {
      fault = {process_at, "expected a process from 0 to 2147483647"};
      return LogMatch::fault;
    }
    out.op.process = *id;
  }
  return match_value(line, at, out, fault);
}

}  // namespace faultline::formats

#include "harness/store/formats/edn_encode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/core/utf8.hpp"

namespace faultline::formats {
namespace {

// Transactions, whose micro-operations Elle knows by keywords: [[:append 1 2] [:r 1 nil]].
const Symbol kTxn = Symbol::of("txn");

// Can `text` be written as a keyword that every reader takes for one?
bool is_keyword(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '?' ||
                  c == '!' || c == '*' || c == '+';
         });
}

void append_name(std::string& out, std::string_view name) {
  if (!is_keyword(name)) return append_edn(out, name);
  out += ':';
  out += name;
}

void append_integer(std::string& out, std::int64_t number) {
  fmt::format_to(std::back_inserter(out), FMT_STRING("{}"), number);
}

bool is_micro_op(const Value& value) {
  return value.is_list() && !value.list().empty() && value.list().front().is_text();
}

void append_micro_op(std::string& out, const Value& op) {
  out += '[';
  append_name(out, op.list().front().text());
  for (std::size_t i = 1; i < op.list().size(); ++i) {
    out += ' ';
    append_edn(out, op.list()[i]);
  }
  out += ']';
}

void append_value(std::string& out, const Op& op) {
  if (op.f != kTxn || !op.value.is_list()) return append_edn(out, op.value);
  out += '[';
  const char* separator = "";
  for (const Value& item : op.value.list()) {
    out += separator;
    separator = " ";
    is_micro_op(item) ? append_micro_op(out, item) : append_edn(out, item);
  }
  out += ']';
}

}  // namespace

void append_edn(std::string& out, std::string_view text) {
  constexpr std::string_view kEscaped = "\"\\\n\t\r\b\f";
  constexpr std::string_view kNames = "\"\\ntrbf";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const auto byte = static_cast<unsigned char>(text[at]);
    if (const std::size_t which = kEscaped.find(text[at]); which != std::string_view::npos) {
      out += '\\';
      out += kNames[which];
    } else if (length == 0 || byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(out), FMT_STRING("\\u{:04x}"),
                     (length == 0 ? kSurrogateOfByte : 0) + byte);
    } else {
      out.append(text.substr(at, length));
    }
    at += std::max<std::size_t>(length, 1);
  }
  out += '"';
}

void append_edn(std::string& out, const Value& value) {
  if (value.is_integer()) {
    append_integer(out, value.integer());
  } else if (value.is_nothing()) {
    out += "nil";
  } else if (value.is_text()) {
    append_edn(out, std::string_view(value.text()));
  } else if (value.is_pair()) {
    fmt::format_to(std::back_inserter(out), FMT_STRING("[{} {}]"), value.pair().first,
                   value.pair().second);
  } else {
    out += '[';
    const char* separator = "";
    for (const Value& item : value.list()) {
      out += separator;
      separator = " ";
      append_edn(out, item);
    }
    out += ']';
  }
}

const std::string& EdnEncoder::name(Symbol symbol) {
  if (names_.size() <= symbol.id()) names_.resize(symbol.id() + std::size_t{1});
  std::string& text = names_[symbol.id()];
  if (text.empty()) append_name(text, symbol.name());
  return text;
}

void EdnEncoder::append(std::string& out, const Op& op) {
  // Jepsen's nemesis only ever informs.
  const OpType type = op.is_nemesis() ? OpType::info : op.type;
  fmt::format_to(std::back_inserter(out), FMT_STRING("{{:index {}, :time {}, :type :{}, :process "),
                 index_, op.time, to_string(type));
  if (op.is_nemesis()) {
    out += ":nemesis";
  } else {
    append_integer(out, op.process);
  }
  if (!op.f.empty()) (out += ", :f ") += name(op.f);
  out += ", :value ";
  const bool keyed = style_.keyed && !op.is_nemesis();
  if (keyed) {
    out += '[';
    append_edn(out, op.key);
    out += ' ';
  }
  append_value(out, op);
  if (keyed) out += ']';
  if (!op.error.empty()) (out += ", :error ") += name(op.error);
  if (style_.nil_is_absent && index_ == 0) {
    fmt::format_to(std::back_inserter(out), FMT_STRING(", :{} :{}"), kNilReadKey, kNilReadAbsent);
  }
  out += "}\n";
  ++index_;
}

}  // namespace faultline::formats

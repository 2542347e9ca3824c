#include <array>
#include <cassert>
#include <charconv>

#include "harness/store/formats/jsonl.hpp"

#include "harness/core/utf8.hpp"

namespace faultline::formats {
namespace {

void append_integer(std::string& out, std::int64_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_escape(std::string& out, unsigned code) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(code >> shift) & 0xF];
}

constexpr bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && is_plain(text[end])) ++end;
    out.append(text.substr(at, end - at));
    if (end == text.size()) break;
    at = end;
    const auto byte = static_cast<unsigned char>(text[at]);
    std::size_t length = 1;
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[at];
    } else if (byte < 0x20 || byte == 0x7F) {
      append_escape(out, byte);
    } else if (length = utf8_length(text.substr(at)); length != 0) {
      out.append(text.substr(at, length));
    } else {
      length = 1;
      append_escape(out, kSurrogateOfByte + byte);
    }
    at += length;
  }
  out += '"';
}

void append_json(std::string& out, const Value& value) {
  if (value.is_integer()) {
    append_integer(out, value.integer());
  } else if (value.is_nothing()) {
    out += "null";
  } else if (value.is_pair()) {
    out += '[';
    append_integer(out, value.pair().first);
    out += ',';
    append_integer(out, value.pair().second);
    out += ']';
  } else if (value.is_text()) {
    append_json(out, std::string_view(value.text()));
  } else {
    out += '[';
    bool first = true;
    for (const Value& item : value.list()) {
      if (!first) out += ',';
      first = false;
      append_json(out, item);
    }
    out += ']';
  }
}

const std::string& JsonlEncoder::quoted(Symbol name) {
  if (quoted_.size() <= name.id()) quoted_.resize(name.id() + std::size_t{1});
  std::string& text = quoted_[name.id()];
  if (text.empty()) append_json(text, std::string_view(name.name()));
  return text;
}

void JsonlEncoder::append(std::string& out, const Op& op) {
  assert(op.process >= 0 || op.is_nemesis());
  out += '[';
  append_integer(out, op.time);
  out += ',';
  if (op.is_nemesis()) {
    out += R"("nemesis")";
  } else {
    append_integer(out, op.process);
  }
  out += ",\"";
  out += to_string(op.type);
  out += "\",";
  out += quoted(op.f);
  // What a completion returned is written even if it is nothing: a read of nothing is a result.
  const bool has_error = !op.error.empty();
  const bool has_value =
      has_error || !op.value.is_nothing() || (op.type != OpType::invoke && !op.is_nemesis());
  if (has_value || !op.key.is_nothing()) {
    out += ',';
    append_json(out, op.key);
  }
  if (has_value) {
    out += ',';
    append_json(out, op.value);
  }
  if (has_error) {
    out += ',';
    out += quoted(op.error);
  }
  out += "]\n";
}

}  // namespace faultline::formats

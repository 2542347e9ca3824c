#include "harness/store/formats/edn_token.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "harness/core/utf8.hpp"

namespace faultline::formats {
namespace {

constexpr std::string_view kEscapes = "trnbf\\\"'/";
constexpr std::string_view kMeanings = "\t\r\n\b\f\\\"'/";

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

std::string_view skip_sign(std::string_view word) {
  if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
  return word;
}

// 1 -2 3N 1.5 1e9 2.5M 2/3 0x1f 2r101: what Clojure writes. Lenient about what it could not write:
// a number that is no integer ends up as text.
bool is_number(std::string_view word) {
  const std::string_view digits = skip_sign(word);
  if (digits.empty() || !is_digit(digits.front())) return false;
  if (std::all_of(digits.begin(), digits.end(), is_digit)) return true;
  if (digits.starts_with("0x") || digits.find('r') != std::string_view::npos) {
    return std::all_of(digits.begin(), digits.end(), is_alphanumeric);
  }
  const bool plain = std::all_of(digits.begin(), digits.end(), [](char c) {
    return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-' || c == '/' ||
           c == 'N' || c == 'M';
  });
  return plain && digits.find_first_of("NM") >= digits.size() - 1;
}

std::optional<std::uint32_t> number_in_base(std::string_view digits, int base) {
  std::uint32_t code = 0;
  const auto end = digits.data() + digits.size();
  const auto [ptr, error] = std::from_chars(digits.data(), end, code, base);
  if (error != std::errc{} || ptr != end) return std::nullopt;
  return code;
}

// Half a surrogate pair has no UTF-8 of its own; it may be how a byte was written (utf8.hpp).
std::string utf8_of(std::uint32_t code) {
  if (code >= kSurrogateOfByte + 0x80 && code <= kSurrogateOfByte + 0xFF) {
    return {static_cast<char>(code - kSurrogateOfByte)};
  }
  std::string out;
  append_utf8(out, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code);
  return out;
}

}  // namespace

std::optional<Edn::Kind> token_kind(std::string_view word) {
  if (word == "nil") return Edn::Kind::nil;
  if (word == "true" || word == "false") return Edn::Kind::boolean;
  if (word.front() == ':') {
    if (word.size() == 1) return std::nullopt;
    return Edn::Kind::keyword;
  }
  const std::string_view unsigned_word = skip_sign(word);
  if (!unsigned_word.empty() && is_digit(unsigned_word.front())) {
    if (is_number(word)) return Edn::Kind::number;
    return std::nullopt;
  }
  constexpr std::string_view kNeverFirst = "#@^`~";
  if (kNeverFirst.find(word.front()) != std::string_view::npos) return std::nullopt;
  return Edn::Kind::symbol;
}

std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return 0;
  if (kEscapes.find(text[1]) != std::string_view::npos) return 2;
  if (text[1] == 'u') {
    if (text.size() < 6 || !number_in_base(text.substr(2, 4), 16)) return 0;
    return 6;
  }
  std::size_t length = 1;
  while (length < text.size() && length < 4 && is_octal(text[length])) ++length;
  return length == 1 ? 0 : length;
}

std::string unescape(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t plain = std::min(text.find('\\', at), text.size());
    out.append(text.substr(at, plain - at));
    at = plain;
    if (at == text.size()) break;
    const std::size_t length = escape_length(text.substr(at));
    const std::string_view body = text.substr(at + 1, length - 1);
    at += length;
    if (body.front() != 'u') {
      const std::size_t which = kEscapes.find(body.front());
      if (which != std::string_view::npos) {
        out += kMeanings[which];
      } else {
        out += utf8_of(*number_in_base(body, 8));
      }
      continue;
    }
    std::uint32_t code = *number_in_base(body.substr(1), 16);
    if (code >= 0xD800 && code <= 0xDBFF && text.substr(at).starts_with("\\u")) {
      const std::uint32_t low = *number_in_base(text.substr(at + 2, 4), 16);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
      }
    }
    out += utf8_of(code);
  }
  return out;
}

std::string character_text(std::string_view name) {
  constexpr std::pair<std::string_view, const char*> kNamed[] = {
      {"newline", "\n"}, {"space", " "},      {"tab", "\t"},
      {"return", "\r"},  {"backspace", "\b"}, {"formfeed", "\f"}};
  for (const auto& [known, meaning] : kNamed) {
    if (name == known) return meaning;
  }
  if (utf8_length(name) == name.size() || name.size() == 1) return std::string(name);
  if (name.size() == 5 && name.front() == 'u') {
    if (const auto code = number_in_base(name.substr(1), 16)) return utf8_of(*code);
  }
  if (name.size() <= 4 && name.front() == 'o') {
    if (const auto code = number_in_base(name.substr(1), 8)) return utf8_of(*code);
  }
  return {};
}

}  // namespace faultline::formats

#include "harness/store/formats/json_line.hpp"

#include <charconv>
#include <utility>

#include "harness/core/utf8.hpp"

namespace faultline::formats {

bool JsonLine::fail(const std::string& expected) {
  cut_short_ = at_ >= line_.size();
  const std::string found = cut_short_ ? "the end of the line" : show_byte(line_[at_]);
  fault_ = {offset_ + at_, "expected " + expected + ", found " + found};
  return false;
}

bool JsonLine::end() {
  skip_blanks();
  return at_ == line_.size() || fail("the end of the line after the closing ']'");
}

bool JsonLine::integer(std::int64_t& number, const char* expected) {
  skip_blanks();
  const char* const end = line_.data() + line_.size();
  const auto [ptr, error] = std::from_chars(line_.data() + at_, end, number);
  if (error == std::errc::result_out_of_range) {
    return fail(std::string(expected) + " that fits 64 bits");
  }
  if (error != std::errc{}) {
    // A lone minus at the end may be the beginning of a number.
    if (at_ + 1 == line_.size() && line_[at_] == '-') ++at_;
    return fail(expected);
  }
  at_ = static_cast<std::size_t>(ptr - line_.data());
  if (ptr != end && (*ptr == '.' || *ptr == 'e' || *ptr == 'E')) {
    return fail(std::string(expected) + " (an integer, no fraction)");
  }
  return true;
}

bool JsonLine::string(std::string_view& text, const char* expected) {
  if (!punctuation('"', expected)) return false;
  const std::size_t start = at_;
  skip_plain();
  if (at_ < line_.size() && line_[at_] == '"') {
    text = line_.substr(start, at_++ - start);
    return true;
  }
  if (!rest_of_string(start)) return false;
  text = scratch_;
  return true;
}

void JsonLine::skip_plain() {
  while (at_ < line_.size() && line_[at_] != '"' && line_[at_] != '\\' &&
         static_cast<unsigned char>(line_[at_]) >= 0x20) {
    ++at_;
  }
}

// Of one that is more than plain text: all of it into the scratch, from `start` on.
bool JsonLine::rest_of_string(std::size_t start) {
  scratch_.assign(line_.substr(start, at_ - start));
  for (;;) {
    if (at_ == line_.size()) return fail("the closing '\"' of a string");
    if (line_[at_] == '"') break;
    if (line_[at_] != '\\') return fail("a character of a string (control characters as \\u00XX)");
    ++at_;
    if (!escape(scratch_)) return false;
    const std::size_t plain = at_;
    skip_plain();
    scratch_.append(line_.substr(plain, at_ - plain));
  }
  ++at_;
  return true;
}

bool JsonLine::hex4(std::uint32_t& code) {
  code = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < line_.size() ? line_[at_] : '\n';
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return fail("four hexadecimal digits after \\u");
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  return true;
}

bool JsonLine::escape(std::string& text) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (at_ == line_.size()) return fail("a character after the backslash");
  if (line_[at_] != 'u') {
    const std::size_t which = kNames.find(line_[at_]);
    if (which == std::string_view::npos)
      return fail("one of \" \\ / b f n r t u after a backslash");
    text += kMeanings[which];
    ++at_;
    return true;
  }
  ++at_;
  std::uint32_t code = 0;
  if (!hex4(code)) return false;
  if (code >= kSurrogateOfByte + 0x80 && code <= kSurrogateOfByte + 0xFF) {
    text += static_cast<char>(code - kSurrogateOfByte);
    return true;
  }
  if (code >= 0xD800 && code <= 0xDBFF) {
    std::uint32_t low = 0;
    if (at_ >= line_.size() || line_[at_] != '\\')
      return fail("the second half of a surrogate pair");
    ++at_;
    if (at_ >= line_.size() || line_[at_] != 'u')
      return fail("the second half of a surrogate pair");
    ++at_;
    if (!hex4(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF)
      return fail("the second half of a surrogate pair before here");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  } else if (code >= 0xDC00 && code <= 0xDFFF) {
    return fail("a character before here, not half a surrogate pair");
  }
  append_utf8(text, code);
  return true;
}

bool JsonLine::word(std::string_view word, const char* expected) {
  for (const char c : word) {
    if (at_ >= line_.size() || line_[at_] != c) return fail(expected);
    ++at_;
  }
  return true;
}

bool JsonLine::array(Value& value, int depth) {
  if (depth >= kMaxDepth) return fail("no more than 256 arrays inside each other");
  ++at_;  // the opening bracket
  Value::List items;
  if (at(']')) {
    ++at_;
    value = Value(std::move(items));
    return true;
  }
  for (;;) {
    Value item;
    if (!this->value(item, depth + 1, "a value")) return false;
    items.push_back(std::move(item));
    if (at(']')) break;
    if (!punctuation(',', "',' or ']' in an array")) return false;
  }
  ++at_;
  value = Value(std::move(items));
  return true;
}

bool JsonLine::value(Value& value, const char* expected) {
  return this->value(value, 0, expected);
}

bool JsonLine::value(Value& value, int depth, const char* expected) {
  skip_blanks();
  const char c = at_ < line_.size() ? line_[at_] : '\n';
  if (c == 'n') {
    value = Value();
    return word("null", expected);
  }
  if (c == '"') {
    std::string_view text;
    if (!string(text, expected)) return false;
    value = Value(text);
    return true;
  }
  if (c == '[') return array(value, depth);
  std::int64_t number = 0;
  if (!integer(number, expected)) return false;
  value = Value(number);
  return true;
}

}  // namespace faultline::formats

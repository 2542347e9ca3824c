#include "harness/store/formats/edn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/core/utf8.hpp"
#include "harness/store/formats/edn_token.hpp"

namespace faultline::formats {
namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || c == ',' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\v';
}

// Ends a symbol, keyword or number. Control characters never belong to one.
constexpr bool is_end(char c) {
  return is_blank(c) || static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '(' || c == ')' ||
         c == '[' || c == ']' || c == '{' || c == '}' || c == '"' || c == ';' || c == '\\';
}

constexpr auto kEnds = [] {
  std::array<bool, 256> ends{};
  for (int c = 0; c < 256; ++c) ends[static_cast<std::size_t>(c)] = is_end(static_cast<char>(c));
  return ends;
}();

bool ends_token(char c) {
  return kEnds[static_cast<unsigned char>(c)];
}

}  // namespace

EdnReader::EdnReader(std::string_view text)
    : EdnReader(text, text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0) {}

bool EdnReader::fail(std::size_t offset, std::string what) {
  fault_ = {offset, std::move(what)};
  return false;
}

EdnReader::Outcome EdnReader::next(Edn& out) {
  if (!skip_blanks(0)) return Outcome::fault;
  if (done() || (close_ != '\0' && peek() == close_)) return Outcome::end;
  return form(out, 0) ? Outcome::form : Outcome::fault;
}

bool EdnReader::skip_blanks() {
  return skip_blanks(0);
}

bool EdnReader::skip_blanks(int depth) {
  while (!done()) {
    if (is_blank(peek())) {
      ++at_;
    } else if (peek() == ';') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (peek() == '#' && peek(1) == '_') {
      if (!discard(depth)) return false;
    } else {
      break;
    }
  }
  return true;
}

// #_ drops the form that follows. Several in a row drop as many forms, and nest no deeper for it.
bool EdnReader::discard(int depth) {
  const std::size_t start = at_;
  std::size_t forms = 0;
  for (;;) {
    if (peek() == '#' && peek(1) == '_') {
      ++forms;
      at_ += 2;
    } else if (!done() && is_blank(peek())) {
      ++at_;
    } else if (peek() == ';') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (forms == 0) {
      return true;
    } else {
      if (done()) return fail(start, "expected a form to discard after #_, found the end");
      Edn dropped;
      if (!form(dropped, depth + 1)) return false;
      --forms;
    }
  }
}

bool EdnReader::enter() {
  const std::size_t start = at_;
  if (!skip_blanks(0)) return false;
  while (peek() == '#' && peek(1) != '{' && peek(1) != '#') {  // a tag before the sequence
    while (!done() && !ends_token(peek())) ++at_;
    if (!skip_blanks(0)) return false;
  }
  if (done() || (peek() != '[' && peek() != '(')) {
    at_ = start;
    return false;
  }
  close_ = peek() == '[' ? ']' : ')';
  ++at_;
  return true;
}

bool EdnReader::leave() {
  if (!skip_blanks(0)) return false;
  if (done() || peek() != close_) {
    const std::string found = done() ? "the end of the file" : show_byte(peek());
    return fail(at_, fmt::format("expected '{}', found {}", close_, found));
  }
  ++at_;
  close_ = '\0';
  return true;
}

bool EdnReader::form(Edn& out, int depth) {
  if (depth > kMaxDepth) {
    return fail(at_, fmt::format("expected no more than {} forms inside each other", kMaxDepth));
  }
  const std::size_t start = at_;
  out.items.clear();
  bool read = false;
  switch (peek()) {
    case '(':
      out.kind = Edn::Kind::list;
      read = items(out, depth, ')', 1);
      break;
    case '[':
      out.kind = Edn::Kind::vector;
      read = items(out, depth, ']', 1);
      break;
    case '{':
      out.kind = Edn::Kind::map;
      read = items(out, depth, '}', 1);
      break;
    case '"': read = string(out); break;
    case '\\': read = character(out); break;
    case '#': read = dispatch(out, depth); break;
    default: read = token(out);
  }
  out.source = text_.substr(start, at_ - start);
  return read;
}

// `open`: how many bytes open it.
bool EdnReader::items(Edn& out, int depth, char close, std::size_t open) {
  const std::size_t start = at_;
  at_ += open;
  for (;;) {
    if (!skip_blanks(depth)) return false;
    if (done()) {
      return fail(start, fmt::format("expected a '{}' that closes this {}, found the end", close,
                                     show_byte(text_[start])));
    }
    if (peek() == close) break;
    if (!form(out.items.emplace_back(), depth + 1)) return false;
  }
  if (out.kind == Edn::Kind::map && out.items.size() % 2 != 0) {
    return fail(at_, "expected a value for the last key of this map, found '}'");
  }
  ++at_;
  return true;
}

bool EdnReader::string(Edn& out) {
  out.kind = Edn::Kind::string;
  const std::size_t start = at_;
  ++at_;
  for (;;) {
    at_ = std::min(text_.find_first_of("\"\\", at_), text_.size());
    if (done()) return fail(start, "expected a '\"' that closes this string, found the end");
    if (peek() == '"') break;
    const std::size_t length = escape_length(text_.substr(at_));
    if (length == 0) {
      return fail(at_, "expected one of \\t \\r \\n \\b \\f \\\\ \\\" \\uXXXX \\ooo in a string");
    }
    at_ += length;
  }
  ++at_;
  return true;
}

bool EdnReader::character(Edn& out) {
  out.kind = Edn::Kind::character;
  const std::size_t start = at_;
  ++at_;
  const std::size_t first = std::max<std::size_t>(utf8_length(text_.substr(at_)), 1);
  if (done()) return fail(start, "expected a character after the backslash, found the end");
  at_ += first;
  while (!done() && !ends_token(peek())) ++at_;
  if (at_ - start == 1 + first ||
      !character_text(text_.substr(start + 1, at_ - start - 1)).empty()) {
    return true;
  }
  return fail(start, fmt::format("expected a character such as \\a, \\newline or \\u00e9, found {}",
                                 excerpt(text_.substr(start, at_ - start))));
}

bool EdnReader::dispatch(Edn& out, int depth) {
  const char next = peek(1);
  if (next == '{') {
    out.kind = Edn::Kind::set;
    return items(out, depth, '}', 2);
  }
  if (next == '#') {  // ##Inf, ##NaN
    at_ += 2;
    if (!token(out)) return false;
    out.kind = Edn::Kind::symbol;
    return true;
  }
  if (next == '\0' || ends_token(next)) {
    return fail(at_, "expected a tag, a set or #_ after '#'");
  }
  return tagged(out, depth);
}

bool EdnReader::tagged(Edn& out, int depth) {
  const std::size_t start = at_;
  while (!done() && !ends_token(peek())) ++at_;
  out.kind = Edn::Kind::tagged;
  const std::string_view tag = text_.substr(start, at_ - start);
  if (!skip_blanks(depth)) return false;
  if (done()) return fail(start, fmt::format("expected a form after the tag {}", excerpt(tag)));
  return form(out.items.emplace_back(), depth + 1);
}

bool EdnReader::token(Edn& out) {
  const std::size_t start = at_;
  while (!done() && !ends_token(peek())) ++at_;
  const std::string_view word = text_.substr(start, at_ - start);
  if (word.empty()) {
    const std::string found = done() ? "the end of the file" : show_byte(peek());
    return fail(start, "expected a form, found " + found);
  }
  const std::optional<Edn::Kind> kind = token_kind(word);
  if (!kind) {
    return fail(start,
                fmt::format("expected a number, keyword or symbol, found {}", excerpt(word)));
  }
  out.kind = *kind;
  return true;
}

}  // namespace faultline::formats

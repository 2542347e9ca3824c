// Edn: a reader of EDN, the notation of Clojure's data (github.com/edn-format/edn), into a tree of
// views. Reads one form after the other, so that a file of millions of ops needs the memory of one.
//
// A tree refers to the text it was read from, which must outlive it. One thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/value.hpp"
#include "harness/store/source.hpp"

namespace faultline::formats {

struct Edn {
  enum class Kind {
    nil,
    boolean,
    number,
    character,
    string,
    keyword,
    symbol,
    list,
    vector,
    set,
    map,
    tagged
  };
  Kind kind = Kind::nil;
  std::string_view source;  // as written; from the first to the last byte
  std::vector<Edn>
      items;  // of a list, vector or set; a map's keys and values in turn; what is tagged

  const Edn& untagged() const { return kind == Kind::tagged ? items.front().untagged() : *this; }
  bool is_sequence() const { return kind == Kind::list || kind == Kind::vector; }
  // A keyword's name, without its colon; nothing of anything else.
  std::string_view keyword() const;
  // A string's text, its escapes resolved; nothing of anything else.
  std::string text() const;
  std::optional<std::int64_t> integer() const;  // if it is one, and fits

  // nil is nothing, an integer an integer. Keywords (without colon), strings, characters, booleans,
  // symbols and other numbers (1.5, 2/3, what exceeds 64 bits) are text, a list or vector a list. A
  // set is a sorted list, a map a sorted list of [key value] lists; a tag is dropped.
  Value value() const;
};

class EdnReader {
 public:
  static constexpr int kMaxDepth = 260;  // 256 lists, in a value, of an op, of a list

  explicit EdnReader(std::string_view text);  // a leading byte order mark is skipped
  EdnReader(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  enum class Outcome { form, end, fault };
  // The next form; `end` at the end of the text, or before the bracket that closes an entered one.
  Outcome next(Edn& out);

  // Skips blanks, comments, discarded forms. False if a discarded form is bad: see fault().
  bool skip_blanks();
  // Enters a sequence: if a list or vector (tagged or not) begins here, steps over its bracket.
  bool enter();
  // Steps over the bracket that closes what was entered.
  bool leave();

  std::size_t at() const { return at_; }
  const Fault& fault() const { return fault_; }

 private:
  bool form(Edn& out, int depth);
  bool items(Edn& out, int depth, char close, std::size_t open);
  bool string(Edn& out);
  bool character(Edn& out);
  bool dispatch(Edn& out, int depth);  // what begins with #
  bool tagged(Edn& out, int depth);
  bool token(Edn& out);
  bool skip_blanks(int depth);
  bool discard(int depth);
  bool fail(std::size_t offset, std::string what);
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool done() const { return at_ >= text_.size(); }

  std::string_view text_;
  std::size_t at_;
  char close_ = '\0';  // of what was entered
  Fault fault_;
};

}  // namespace faultline::formats

// JsonLine: a cursor over one line of JSON, as the journal writes it: arrays, integers, strings,
// null. Hand-made because a history has millions of lines. The text must outlive it; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/value.hpp"
#include "harness/store/source.hpp"

namespace faultline::formats {

class JsonLine {
 public:
  // Begins a line. `offset`: where it lies in its file, for errors.
  void start(std::string_view line, std::size_t offset) {
    line_ = line;
    offset_ = offset;
    at_ = 0;
    cut_short_ = false;
  }

  // Each reads something, or returns false; fault() then says what was expected, and where.
  bool punctuation(char c, const char* expected) {
    if (!at(c)) return fail(expected);
    ++at_;
    return true;
  }
  bool end();
  bool integer(std::int64_t& number, const char* expected);
  // The text lives until the next string is read, or the line's end.
  bool string(std::string_view& text, const char* expected);
  bool value(Value& value, const char* expected);

  bool at(char c) {  // is that the next character, blanks aside?
    skip_blanks();
    return at_ < line_.size() && line_[at_] == c;
  }
  bool fail(const std::string& expected);
  // Where the cursor is, and failing as if it were back there.
  std::size_t mark() const { return at_; }
  bool fail_at(std::size_t mark, const std::string& expected) {
    at_ = mark;
    return fail(expected);
  }

  const Fault& fault() const { return fault_; }
  // The line broke off: what was wrong is that it ended.
  bool cut_short() const { return cut_short_; }

 private:
  static constexpr int kMaxDepth = 256;

  void skip_blanks() {
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\r')) {
      ++at_;
    }
  }
  void skip_plain();  // what stands in a string as it is
  bool value(Value& value, int depth, const char* expected);
  bool array(Value& value, int depth);
  bool escape(std::string& text);
  bool rest_of_string(std::size_t start);
  bool hex4(std::uint32_t& code);
  bool word(std::string_view word, const char* expected);

  std::string_view line_;
  std::size_t offset_ = 0;
  std::size_t at_ = 0;
  std::string scratch_;  // of a string with escapes
  Fault fault_;
  bool cut_short_ = false;
};

}  // namespace faultline::formats

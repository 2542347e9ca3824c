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
  // `offset`: where the line lies in its file, for errors.
  JsonLine(std::string_view line, std::size_t offset) : line_(line), offset_(offset) {}

  // Each reads something, or returns false; fault() then says what was expected, and where.
  bool punctuation(char c, const char* expected);
  bool end();
  bool integer(std::int64_t& number, const char* expected);
  bool string(std::string& text, const char* expected);
  bool value(Value& value, const char* expected);

  bool at(char c);  // is that the next character, blanks aside?
  bool fail(const std::string& expected);

  const Fault& fault() const { return fault_; }
  // The line broke off: what was wrong is that it ended.
  bool cut_short() const { return cut_short_; }

 private:
  static constexpr int kMaxDepth = 256;

  void skip_blanks();
  bool value(Value& value, int depth, const char* expected);
  bool array(Value& value, int depth);
  bool escape(std::string& text);
  bool hex4(std::uint32_t& code);
  bool word(std::string_view word, const char* expected);

  std::string_view line_;
  std::size_t offset_;
  std::size_t at_ = 0;
  std::string scratch_;
  Fault fault_;
  bool cut_short_ = false;
};

}  // namespace faultline::formats

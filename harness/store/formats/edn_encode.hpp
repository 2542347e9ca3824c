// EdnEncoder: writes ops as Jepsen's history.edn, so that Knossos, Elle and Jepsen's own checkers
// read what was recorded here. README.md in harness/store says what becomes of what.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/op.hpp"

namespace faultline::formats {

// In Jepsen's world a read of nil says nothing. If in this history it says that there was nothing,
// its first op has the key :faultline/nil-read with the value :absent, which others pass over.
inline constexpr std::string_view kNilReadKey = "faultline/nil-read";
inline constexpr std::string_view kNilReadAbsent = "absent";

// One thread at a time. Keeps the names it has met.
class EdnEncoder {
 public:
  struct Style {
    bool keyed = false;  // the value of every client op is [key value], as jepsen.independent's
    bool nil_is_absent = false;
  };
  explicit EdnEncoder(Style style) : style_(style) {}

  // One line, with its line feed. The ops get the :index 0, 1, ...
  void append(std::string& out, const Op& op);

 private:
  const std::string& name(Symbol symbol);

  Style style_;
  std::size_t index_ = 0;
  std::vector<std::string> names_;  // as they are written, by symbol id; empty if not met yet
};

// Appends `value` as EDN: nothing is nil, a pair or a list a vector, text a string.
void append_edn(std::string& out, const Value& value);

// Appends `text` as an EDN string. What is no valid UTF-8 goes out as in JSON (jsonl.hpp).
void append_edn(std::string& out, std::string_view text);

}  // namespace faultline::formats

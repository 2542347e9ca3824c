// Faultline's own history format: JSON Lines, version 1. README.md in harness/store is its
// document. This is the writing side; reading it back is formats::read_jsonl.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/op.hpp"

namespace faultline::formats {

inline constexpr int kJsonlVersion = 1;
inline constexpr std::string_view kJsonlHeader =
    R"({"faultline":"history","version":1,)"
    R"("columns":["time","process","type","f","key","value","error"]})"
    "\n";
// The same for a history from elsewhere in which a read of nothing says nothing.
inline constexpr std::string_view kJsonlHeaderUnconstrained =
    R"({"faultline":"history","version":1,)"
    R"("columns":["time","process","type","f","key","value","error"],)"
    R"("nil_read":"unconstrained"})"
    "\n";

// Writes ops as lines. Formats by hand: a run records hundreds of thousands of ops a second. Keeps
// the names it has met, so it is used by one thread at a time.
class JsonlEncoder {
 public:
  void append(std::string& out, const Op& op);  // one line, with its line feed

 private:
  const std::string& quoted(Symbol name);

  std::vector<std::string> quoted_;  // by symbol id; empty if not met yet
};

// Appends `value` as JSON: nothing is null, a pair or a list an array.
void append_json(std::string& out, const Value& value);

// Appends `text` as a JSON string. What is no valid UTF-8 goes out byte by byte as a lone
// surrogate, \udc80 to \udcff (as Python's surrogateescape does), and comes back as it was.
void append_json(std::string& out, std::string_view text);

}  // namespace faultline::formats

// What the tests of the store share: a directory that goes away, and reading a text as a history.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "harness/store/history_reader.hpp"

namespace faultline {

// A fresh directory, removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline void spill(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Reads `text` as the content of a file named "h".
inline Result<RecordedHistory> read_text(std::string_view text, ReadOptions options = {}) {
  return read_history(Source::of_text("h", std::string(text)), options);
}

// The history in `text`; a test failure and an empty history if it cannot be read.
inline RecordedHistory good(std::string_view text, ReadOptions options = {}) {
  Result<RecordedHistory> history = read_text(text, options);
  if (history) return *history;
  ADD_FAILURE() << history.error().message;
  return {};
}

// The message of the error in `text`, or "no error".
inline std::string bad(std::string_view text, ReadOptions options = {}) {
  const Result<RecordedHistory> history = read_text(text, options);
  return history ? "no error" : history.error().message;
}

inline Op op(Process process, OpType type, std::string_view f, Value value = {}) {
  Op op = invocation(Symbol::of(f), std::move(value));
  op.process = process;
  op.type = type;
  return op;
}

}  // namespace faultline

// Source: the text of a file being read, and how a position in it is named to the user.
//
// A regular file is mapped, so that a history of gigabytes costs no copy; anything else (a pipe) is
// read in chunks. Behind the text kPadding bytes may be read, whatever they are. Movable, owns the
// mapping; views into text() live as long as it does. Immutable, so it may be shared between
// threads. A file that shrinks while it is mapped is the reader's end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/core/result.hpp"

namespace faultline {

class Source {
 public:
  static constexpr std::size_t kPadding = 64;

  // The error names the file: missing, a directory, unreadable.
  static Result<Source> open(const std::filesystem::path& path);
  static Source of_text(std::string name, std::string text);

  Source(Source&& other) noexcept;
  Source& operator=(Source&&) = delete;
  ~Source();

  const std::string& name() const { return name_; }
  std::string_view text() const;

  // "name:line:column: what"; both count from 1, the column in bytes.
  Error error(std::size_t offset, std::string_view what) const;
  std::size_t line_at(std::size_t offset) const;

 private:
  explicit Source(std::string name) : name_(std::move(name)) {}
  Result<void> load(int fd);
  Result<void> map(int fd, std::size_t size);

  std::string name_;
  std::string owned_;  // unless mapped
  void* mapping_ = nullptr;
  std::size_t mapped_size_ = 0;
};

// What a form or a line could not be read for, and where, before it is put into the user's words.
struct Fault {
  std::size_t offset = 0;  // into the whole text
  std::string what;
};

// How a byte is shown in an error: 'x', or "byte 0x00".
std::string show_byte(char c);
// A stretch of text as it is quoted in an error: short, and without control characters.
std::string excerpt(std::string_view text);

// The lines of a text, one after the other, without their ends (LF or CRLF).
struct Line {
  std::string_view text;
  std::size_t offset = 0;
  std::uint32_t number = 0;  // from 1
  bool terminated = false;   // only the last line may lack its line feed

  bool is_blank() const { return text.find_first_not_of(" \t\r") == std::string_view::npos; }
};

class Lines {
 public:
  explicit Lines(std::string_view text);  // a leading byte order mark is skipped
  bool next(Line& line);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t number_ = 0;
};

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace faultline

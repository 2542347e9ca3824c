// Request and Response: HTTP as far as answering needs it, without the library that speaks it.
// Plain values; a response is sent once, by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/result.hpp"

namespace faultline::serve {

struct Request {
  std::string method = "GET";
  std::string target = "/";   // as it came: encoded, with its query
  std::string host;           // the header; with a port if it has one
  std::string local_address;  // where the connection arrived, e.g. "127.0.0.1"
  std::string if_none_match;  // the header
};

// What is too large to be held in memory, or not known yet.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // Replaces `chunk` with what comes next; leaves it empty at the end. An error ends the
  // connection, so that nobody takes a part for the whole.
  virtual Result<void> next(std::string& chunk) = 0;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string text;                     // the body, unless there is a stream
  std::unique_ptr<ByteStream> stream;   // else
  std::optional<std::uint64_t> length;  // of the stream, if it is known

  // The last header of that name as given here; null if there is none.
  const std::string* header(std::string_view name) const;
};

}  // namespace faultline::serve

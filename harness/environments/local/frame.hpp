// Frame: what travels on a TCP connection to a node of our own: a message of another node, a
// request, its reply, a question about the node's status, its answer.
//
//     length (4 bytes, little-endian, of all that follows)
//     CRC-32 of the rest (4)   kind (1)   number (8, little-endian)   bytes
//
// The checksum is there because TCP's own sixteen bits are all that stands between a network that
// corrupts packets and the node. Plain functions and values; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"

namespace faultline::local {

enum class FrameKind : std::uint8_t {
  message,  // of one node to another; number: who sends it
  request,  // number: chosen by who asks, comes back with the reply
  reply,
  status_request,  // no bytes; number as above
  status,          // bytes: encode_status()
};

struct Frame {
  FrameKind kind = FrameKind::message;
  std::uint64_t number = 0;
  std::string_view bytes;
};

inline constexpr std::size_t kMaxFrameBytes = std::size_t{16} << 20;  // of Frame::bytes

// Appends the encoded frame; frame.bytes must not exceed kMaxFrameBytes.
void append_frame(std::string& out, const Frame& frame);

Bytes encode_status(const NodeStatus& status);
std::optional<NodeStatus> decode_status(std::string_view bytes);

// Takes bytes as they come and yields the frames in them.
class FrameDecoder {
 public:
  void feed(std::string_view bytes);
  // The next frame, or nothing: more bytes are needed. It points into the decoder, until feed().
  // Error: these are no frames; nothing more can be read from this connection.
  Result<std::optional<Frame>> next();

 private:
  std::string buffer_;
  std::size_t read_ = 0;  // of the buffer
};

}  // namespace faultline::local

#include "harness/environments/local/frame.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>
#include <cassert>

namespace faultline::local {
namespace {

namespace endian = boost::endian;

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kHeadBytes = 9;  // kind and number
constexpr std::size_t kLeastLength = kChecksumBytes + kHeadBytes;
constexpr std::size_t kMostLength = kLeastLength + kMaxFrameBytes;
constexpr std::size_t kStatusBytes = 9;

const unsigned char* unsigned_bytes(const char* at) {
  return reinterpret_cast<const unsigned char*>(at);
}

}  // namespace

void append_frame(std::string& out, const Frame& frame) {
  assert(frame.bytes.size() <= kMaxFrameBytes);
  std::array<unsigned char, kLengthBytes + kLeastLength> head{};
  unsigned char* const summed = head.data() + kLengthBytes + kChecksumBytes;
  summed[0] = static_cast<unsigned char>(frame.kind);
  endian::store_little_u64(summed + 1, frame.number);
  boost::crc_32_type crc;
  crc.process_bytes(summed, kHeadBytes);
  crc.process_bytes(frame.bytes.data(), frame.bytes.size());
  endian::store_little_u32(head.data(),
                           static_cast<std::uint32_t>(kLeastLength + frame.bytes.size()));
  endian::store_little_u32(head.data() + kLengthBytes, crc.checksum());
  out.append(reinterpret_cast<const char*>(head.data()), head.size());
  out.append(frame.bytes);
}

Bytes encode_status(const NodeStatus& status) {
  std::array<unsigned char, kStatusBytes> bytes{};
  bytes[0] = status.leader ? 1 : 0;
  endian::store_little_u64(bytes.data() + 1, status.term);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<NodeStatus> decode_status(std::string_view bytes) {
  if (bytes.size() != kStatusBytes || static_cast<unsigned char>(bytes[0]) > 1) return std::nullopt;
  return NodeStatus{bytes[0] == 1, endian::load_little_u64(unsigned_bytes(bytes.data() + 1))};
}

void FrameDecoder::feed(std::string_view bytes) {
  buffer_.erase(0, read_);
  read_ = 0;
  buffer_.append(bytes);
}

Result<std::optional<Frame>> FrameDecoder::next() {
  const std::string_view rest = std::string_view(buffer_).substr(read_);
  if (rest.size() < kLengthBytes) return std::optional<Frame>();
  const std::size_t length = endian::load_little_u32(unsigned_bytes(rest.data()));
  if (length < kLeastLength || length > kMostLength) {
    return Error{fmt::format("no frame: {} bytes long, expected {} to {}", length, kLeastLength,
                             kMostLength)};
  }
  if (rest.size() < kLengthBytes + length) return std::optional<Frame>();
  const std::uint32_t checksum =
      endian::load_little_u32(unsigned_bytes(rest.data() + kLengthBytes));
  const std::string_view summed =
      rest.substr(kLengthBytes + kChecksumBytes, length - kChecksumBytes);
  boost::crc_32_type crc;
  crc.process_bytes(summed.data(), summed.size());
  if (crc.checksum() != checksum) return Error{"a damaged frame: the checksum is wrong"};
  const auto kind = static_cast<std::uint8_t>(summed[0]);
  if (kind > static_cast<std::uint8_t>(FrameKind::status)) {
    return Error{fmt::format("a frame of no known kind: {}", kind)};
  }
  read_ += kLengthBytes + length;
  return std::optional(Frame{static_cast<FrameKind>(kind),
                             endian::load_little_u64(unsigned_bytes(summed.data() + 1)),
                             summed.substr(kHeadBytes)});
}

}  // namespace faultline::local

#include "targets/kv/bytes.hpp"

namespace faultline {

void ByteWriter::natural(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
  byte(static_cast<std::uint8_t>(value));
}

void ByteWriter::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  natural((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void ByteWriter::text(std::string_view value) {
  natural(value.size());
  bytes_.append(value);
}

std::uint8_t ByteReader::byte() {
  if (rest_.empty()) {
    fail();
    return 0;
  }
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

bool ByteReader::boolean() {
  const std::uint8_t value = byte();
  if (value > 1) fail();
  return value == 1;
}

std::uint64_t ByteReader::natural() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint64_t next = byte();
    if (shift == 63 && next > 1) break;  // would not fit into 64 bits
    value |= (next & 0x7f) << shift;
    if (next < 0x80) return value;
  }
  fail();
  return 0;
}

std::int64_t ByteReader::integer() {
  const std::uint64_t bits = natural();
  return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

std::string_view ByteReader::text() {
  const std::uint64_t size = natural();
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

}  // namespace faultline

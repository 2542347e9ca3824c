#include "tests/harness/environments/local/pcap_file.hpp"

#include <cstddef>
#include <fstream>
#include <iterator>

namespace faultline::local {
namespace {

// Little-endian, as x86-64 and ARM write them.
class Reader {
 public:
  explicit Reader(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::size_t left() const { return bytes_.size() - at_; }
  std::uint32_t number(int size) {
    std::uint32_t out = 0;
    for (int i = 0; i < size; ++i) {
      out |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes_[at_++])) << (8 * i);
    }
    return out;
  }
  std::vector<std::uint8_t> take(std::size_t size) {
    const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ += size;
    return {from, from + static_cast<std::ptrdiff_t>(size)};
  }

 private:
  std::vector<char> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<CapturedPacket>> read_pcap(const std::string& path) {
  Reader in(path);
  if (in.left() < 24) return Error{"no file header"};
  if (in.number(4) != 0xa1b23c4d) return Error{"no magic number of nanosecond times"};
  if (in.number(2) != 2 || in.number(2) != 4) return Error{"not version 2.4"};
  if (in.number(4) != 0 || in.number(4) != 0) return Error{"reserved fields are not 0"};
  if (in.number(4) < 1500) return Error{"the longest packet is too short"};
  if (in.number(4) != 101) return Error{"not the link type RAW"};
  std::vector<CapturedPacket> out;
  while (in.left() > 0) {
    if (in.left() < 16) return Error{"a record's header is cut off"};
    CapturedPacket packet;
    packet.at = static_cast<Time>(in.number(4)) * kSecond;
    packet.at += in.number(4);
    const std::uint32_t captured = in.number(4);
    if (in.number(4) != captured) return Error{"a packet is cut short"};
    if (in.left() < captured) return Error{"a record is cut off"};
    packet.bytes = in.take(captured);
    out.push_back(std::move(packet));
  }
  return out;
}

}  // namespace faultline::local

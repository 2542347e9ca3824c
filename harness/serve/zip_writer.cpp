#include "harness/serve/zip_writer.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <ctime>
#include <limits>
#include <new>
#include <utility>

#include "harness/core/utf8.hpp"

namespace faultline::serve {
namespace {

using U8 = std::uint8_t;
using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

constexpr U32 kIn64 = 0xFFFFFFFF;      // in place of a number: it is in the zip64 field
constexpr U16 kCountIn64 = 0xFFFF;     // the same
constexpr U64 kLarge = 4'000'000'000;  // deflated it could take 2^32 bytes, or more
constexpr U16 kVersion = 20;           // that a reader needs: for deflate,
constexpr U16 kVersion64 = 45;         // for zip64
constexpr U16 kDeflated = 8;
constexpr U16 kZip64Field = 0x0001;
constexpr U16 kTimeField = 0x5455;

// Appends numbers as they are in a zip: the lowest byte first.
template <class... Number>
void put(std::string& out, Number... number) {
  const auto one = [&out](auto n) {
    for (std::size_t i = 0; i < sizeof n; ++i) out += static_cast<char>(U64{n} >> (8 * i) & 0xFF);
  };
  (one(number), ...);
}

U32 in_32(U64 number) {
  return static_cast<U32>(std::min<U64>(number, kIn64));
}

// In steps of two seconds from 1980, in no time zone: the exact time is in a field of its own.
U32 dos_time(U32 modified) {
  const auto seconds = static_cast<std::time_t>(modified);
  std::tm tm{};
  ::gmtime_r(&seconds, &tm);
  if (tm.tm_year < 80) return U32{1} << 21U | U32{1} << 16U;
  const int date = (tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday;
  const int time = tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2;
  return static_cast<U32>(date) << 16U | static_cast<U32>(time);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string time_field(U32 modified) {
  std::string field;
  put(field, kTimeField, U16{5}, U8{1}, modified);
  return field;
}

}  // namespace

ZipWriter::ZipWriter(int level) {
  constexpr int kRaw = -15;  // no header of zlib's own, a window of 2^15
  constexpr int kMemory = 8;
  if (::deflateInit2(&zlib_, level, Z_DEFLATED, kRaw, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

ZipWriter::~ZipWriter() {
  ::deflateEnd(&zlib_);
}

void ZipWriter::begin(std::string name, U64 most, std::int64_t modified) {
  constexpr std::int64_t kLatest = std::numeric_limits<std::int32_t>::max();
  member_ = {std::move(name), most};
  member_.offset = offset();
  member_.modified = static_cast<U32>(std::clamp<std::int64_t>(modified, 0, kLatest));
  const bool large = most >= kLarge;
  std::string extra = time_field(member_.modified);
  if (large) put(extra, kZip64Field, U16{16}, U64{0}, U64{0});
  const U32 unknown = large ? kIn64 : 0;
  put(out_, U32{0x04034B50});
  out_ += in_common();
  put(out_, U32{0}, unknown, unknown, static_cast<U16>(member_.name.size()),
      static_cast<U16>(extra.size()));
  out_ += member_.name + extra;
  ::deflateReset(&zlib_);
}

// What a file's header and its line in the directory have in common.
std::string ZipWriter::in_common() const {
  constexpr U16 kLengthsFollow = 1U << 3U;
  constexpr U16 kNameIsUtf8 = 1U << 11U;
  const U16 version = member_.most >= kLarge ? kVersion64 : kVersion;
  const U16 name = is_utf8(member_.name) ? kNameIsUtf8 : U16{0};
  std::string fields;
  put(fields, version, static_cast<U16>(kLengthsFollow | name), kDeflated,
      dos_time(member_.modified));
  return fields;
}

void ZipWriter::add(std::string_view data) {
  member_.size += data.size();
  assert(member_.size <= member_.most);
  member_.checksum = static_cast<U32>(
      ::crc32_z(member_.checksum, reinterpret_cast<const Bytef*>(data.data()), data.size()));
  deflate(data, Z_NO_FLUSH);
}

void ZipWriter::deflate(std::string_view data, int flush) {
  std::array<Bytef, 16384> packed;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  // zlib reads it, but for the signature; it counts in 32 bits.
  constexpr std::size_t kMost = std::size_t{1} << 30U;
  do {
    const std::string_view part = data.substr(0, kMost);
    data.remove_prefix(part.size());
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
    zlib_.avail_in = static_cast<uInt>(part.size());
    do {
      zlib_.next_out = packed.data();
      zlib_.avail_out = packed.size();
      ::deflate(&zlib_, flush);
      const std::size_t n = packed.size() - zlib_.avail_out;
      out_.append(reinterpret_cast<const char*>(packed.data()), n);
      member_.packed += n;
    } while (zlib_.avail_out == 0);
  } while (!data.empty());
}

void ZipWriter::end() {
  deflate({}, Z_FINISH);
  put(out_, U32{0x08074B50}, member_.checksum);
  if (member_.most >= kLarge) {
    put(out_, member_.packed, member_.size);
  } else {
    put(out_, static_cast<U32>(member_.packed), static_cast<U32>(member_.size));
  }
  add_to_directory();
}

void ZipWriter::add_to_directory() {
  constexpr U16 kMadeBy = U16{3} << 8U | kVersion64;  // Unix
  constexpr U32 kRegularFile = U32{0100644} << 16U;   // as Unix has it
  const auto& [name, most, offset, size, packed, checksum, modified] = member_;
  std::string in_64;
  for (const U64 number : {size, packed, offset}) {
    if (number >= kIn64) put(in_64, number);
  }
  std::string extra = time_field(modified);
  if (!in_64.empty()) {
    put(extra, kZip64Field, static_cast<U16>(in_64.size()));
    extra += in_64;
  }
  constexpr U16 kNone = 0;  // of comment, disk, and kind of text
  put(directory_, U32{0x02014B50}, kMadeBy);
  directory_ += in_common();
  put(directory_, checksum, in_32(packed), in_32(size), static_cast<U16>(name.size()),
      static_cast<U16>(extra.size()), kNone, kNone, kNone, kRegularFile, in_32(offset));
  directory_ += name + extra;
  ++members_;
}

void ZipWriter::finish() {
  const U64 begin = offset();
  const U64 size = directory_.size();
  constexpr U32 kDisk = 0;  // the only one
  out_ += std::exchange(directory_, {});
  if (begin >= kIn64 || size >= kIn64 || members_ >= kCountIn64) {
    const U64 end = offset();
    constexpr U64 kRest = 44;  // bytes of the record behind this number
    put(out_, U32{0x06064B50}, kRest, kVersion64, kVersion64, kDisk, kDisk, members_, members_,
        size, begin);
    put(out_, U32{0x07064B50}, kDisk, end, U32{1});
  }
  const auto count = static_cast<U16>(std::min<U64>(members_, kCountIn64));
  constexpr U16 kNone = 0;  // of disk, and of comment
  put(out_, U32{0x06054B50}, kNone, kNone, count, count, in_32(size), in_32(begin), kNone);
}

std::string ZipWriter::take() {
  taken_ += out_.size();
  return std::exchange(out_, {});
}

}  // namespace faultline::serve

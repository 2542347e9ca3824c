// A reader of zip archives for tests, by the directory at the end, and without mercy: what is said
// twice must agree. Knows as much of the format as ZipWriter uses, without zip64.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace faultline::serve {

class Unzipped {
 public:
  explicit Unzipped(std::string_view zip) : zip_(zip) {
    constexpr std::size_t kEnd = 22;
    if (zip.size() < kEnd || at(zip.size() - kEnd, 4) != 0x06054B50) {
      throw std::runtime_error("it does not end as a zip archive does");
    }
    const std::size_t end = zip.size() - kEnd;
    std::size_t entry = at(end + 16, 4);
    EXPECT_EQ(entry + at(end + 12, 4), end) << "the directory is all there is before the end";
    for (std::size_t i = 0; i < at(end + 10, 2); ++i) entry = read(entry);
    EXPECT_EQ(entry, end);
    EXPECT_EQ(behind_, at(end + 16, 4)) << "there is nothing but members before the directory";
  }

  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  std::uint64_t at(std::size_t offset, std::size_t count) const {
    std::uint64_t number = 0;
    for (std::size_t i = count; i-- > 0;) {
      number = number << 8U | static_cast<unsigned char>(zip_.at(offset + i));
    }
    return number;
  }

  // Reads a member from its line in the directory; where the next line is.
  std::size_t read(std::size_t line) {
    EXPECT_EQ(at(line, 4), 0x02014B50U);
    const std::size_t name_length = at(line + 28, 2);
    const std::string name(zip_.substr(line + 46, name_length));
    const std::size_t header = at(line + 42, 4);
    EXPECT_EQ(header, behind_) << name << ": right behind the one before";
    EXPECT_EQ(at(header, 4), 0x04034B50U) << name;
    EXPECT_EQ(zip_.substr(line + 6, 10), zip_.substr(header + 4, 10)) << name;
    EXPECT_EQ(zip_.substr(header + 30, name_length), name);
    const std::size_t packed = at(line + 20, 4);
    const std::size_t data = header + 30 + name_length + at(header + 28, 2);
    const std::string text = inflated(zip_.substr(data, packed), at(line + 24, 4));
    EXPECT_EQ(::crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()),
              at(line + 16, 4))
        << name;
    EXPECT_EQ(at(data + packed, 4), 0x08074B50U) << name;
    EXPECT_EQ(zip_.substr(data + packed + 4, 12), zip_.substr(line + 16, 12)) << name;
    behind_ = data + packed + 16;
    EXPECT_TRUE(files_.emplace(name, text).second) << name << " twice";
    return line + 46 + name_length + at(line + 30, 2);
  }

  static std::string inflated(std::string_view packed, std::size_t size) {
    std::string text(size + 1, '\0');
    z_stream zlib{};
    ::inflateInit2(&zlib, -15);
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    zlib.avail_in = static_cast<uInt>(packed.size());
    zlib.next_out = reinterpret_cast<Bytef*>(text.data());
    zlib.avail_out = static_cast<uInt>(text.size());
    EXPECT_EQ(::inflate(&zlib, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(zlib.avail_in, 0U);
    EXPECT_EQ(zlib.total_out, size);
    ::inflateEnd(&zlib);
    text.resize(size);
    return text;
  }

  std::string_view zip_;
  std::size_t behind_ = 0;  // the member read last
  std::map<std::string, std::string> files_;
};

}  // namespace faultline::serve

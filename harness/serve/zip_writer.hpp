// ZipWriter: a zip archive from front to back, for a reader that it is sent to as it is made: no
// byte is changed once it has left. Each file is deflated; its checksum and lengths follow it (a
// data descriptor), in 64 bits where 32 do not do (zip64). After PKWARE's APPNOTE.TXT 6.3.
//
// Of our own, because what Debian has either goes back to a file's header when the file is packed
// (libzip, minizip) or makes every start of the program take half as long again (libarchive,
// through libxml2 and ICU). One thread.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace faultline::serve {

class ZipWriter {
 public:
  explicit ZipWriter(int level = 6);  // zlib's: 0 (none) to 9
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  // A regular file, last modified at `modified` (seconds since 1970), of at most `most` bytes. Then
  // its bytes, in pieces of any length, then its end.
  void begin(std::string name, std::uint64_t most, std::int64_t modified);
  void add(std::string_view data);
  void end();
  // Behind the last file: the directory of all.
  void finish();

  // What there is of the archive since the last time.
  std::string take();

 private:
  struct Member {
    std::string name;
    std::uint64_t most = 0;
    std::uint64_t offset = 0;    // of its header
    std::uint64_t size = 0;      // so far
    std::uint64_t packed = 0;    // so far
    std::uint32_t checksum = 0;  // so far
    std::uint32_t modified = 0;  // seconds since 1970
  };

  void deflate(std::string_view data, int flush);
  std::string in_common() const;
  void add_to_directory();
  std::uint64_t offset() const { return taken_ + out_.size(); }

  z_stream zlib_{};
  Member member_;  // the one at work
  std::string out_;
  std::uint64_t taken_ = 0;
  std::string directory_;
  std::uint64_t members_ = 0;
};

}  // namespace faultline::serve

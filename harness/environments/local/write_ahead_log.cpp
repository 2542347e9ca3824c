#include "harness/environments/local/write_ahead_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>

namespace faultline::local {
namespace {

namespace endian = boost::endian;

constexpr std::size_t kHeadBytes = 12;
constexpr std::size_t kLengthBytes = 4;  // of a record
constexpr std::size_t kSectorBytes = 512;

using Head = std::array<unsigned char, kHeadBytes>;

const unsigned char* unsigned_bytes(const char* at) {
  return reinterpret_cast<const unsigned char*>(at);
}

Error failed(const std::string& path, const char* what) {
  return {fmt::format("{}: cannot {}: {}", path, what, std::strerror(errno))};
}

std::uint32_t checksum(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

// With the place in it, what was written elsewhere, be it within a record, is no block here.
std::uint32_t head_checksum(std::uint64_t place, const unsigned char* head) {
  std::array<unsigned char, 8> place_bytes{};
  endian::store_little_u64(place_bytes.data(), place);
  boost::crc_32_type crc;
  crc.process_bytes(place_bytes.data(), place_bytes.size());
  crc.process_bytes(head, 8);
  return crc.checksum();
}

Head make_head(std::uint64_t place, std::string_view body) {
  Head head{};
  endian::store_little_u32(head.data(), static_cast<std::uint32_t>(body.size()));
  endian::store_little_u32(head.data() + 4, checksum(body));
  endian::store_little_u32(head.data() + 8, head_checksum(place, head.data()));
  return head;
}

std::size_t sector_end(std::size_t place) {
  return (place / kSectorBytes + 1) * kSectorBytes;
}

// Is some part of content[begin, end) that lies in one sector all zeros?
bool has_unwritten_sector(std::string_view content, std::size_t begin, std::size_t end) {
  while (begin < end) {
    const std::size_t next = std::min(end, sector_end(begin));
    const std::string_view part = content.substr(begin, next - begin);
    if (part.find_first_not_of('\0') == std::string_view::npos) return true;
    begin = next;
  }
  return false;
}

enum class BlockState { whole, torn, damaged };

struct Block {
  BlockState state = BlockState::damaged;
  std::string_view body;
};

Block read_block(std::string_view content, std::size_t place) {
  const std::string_view rest = content.substr(place);
  if (rest.size() < kHeadBytes) return {BlockState::torn, {}};
  const unsigned char* const head = unsigned_bytes(rest.data());
  const std::size_t length = endian::load_little_u32(head);
  const bool good_head = endian::load_little_u32(head + 8) == head_checksum(place, head);
  if (good_head && rest.size() < kHeadBytes + length) return {BlockState::torn, {}};
  const std::string_view body = rest.substr(kHeadBytes, length);
  if (good_head && checksum(body) == endian::load_little_u32(head + 4)) {
    return {BlockState::whole, body};
  }
  // Sectors reach the disk in any order. Of a block whose head is bad, the head's are looked at:
  // nobody knows how long it was to be.
  const std::size_t head_end = sector_end(place + kHeadBytes - 1);
  const bool last = !good_head || body.size() + kHeadBytes == rest.size();
  const std::size_t end = good_head ? content.size() : std::min(content.size(), head_end);
  const bool torn = last && has_unwritten_sector(content, place, end);
  return {torn ? BlockState::torn : BlockState::damaged, {}};
}

// False: the records do not fill the body exactly.
bool read_records(std::string_view body, std::vector<Bytes>& records) {
  while (!body.empty()) {
    if (body.size() < kLengthBytes) return false;
    const std::size_t length = endian::load_little_u32(unsigned_bytes(body.data()));
    body.remove_prefix(kLengthBytes);
    if (length > body.size()) return false;
    records.emplace_back(body.substr(0, length));
    body.remove_prefix(length);
  }
  return true;
}

// The length of the whole blocks, whose records are added to `recovered`.
Result<std::uint64_t> recover(const std::string& path, std::string_view content,
                              WriteAheadLog::Recovered& recovered) {
  std::size_t place = 0;
  while (place < content.size()) {
    const Block block = read_block(content, place);
    if (block.state == BlockState::torn) {
      recovered.note = fmt::format("{}: {} bytes of a write that a crash cut short are dropped",
                                   path, content.size() - place);
      break;
    }
    if (block.state == BlockState::damaged || !read_records(block.body, recovered.records)) {
      return Error{
          fmt::format("{}: damaged at byte {} of {}: what was safe is lost, so the node must not "
                      "serve; remove its directory to begin anew",
                      path, place, content.size())};
    }
    place += kHeadBytes + block.body.size();
  }
  return place;
}

Result<void> read_all(int fd, const std::string& path, std::string& content) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return failed(path, "read it");
  content.resize(static_cast<std::size_t>(status.st_size));
  for (std::size_t at = 0; at < content.size();) {
    const ssize_t size =
        ::pread(fd, content.data() + at, content.size() - at, static_cast<off_t>(at));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed(path, "read it");
    if (size == 0) content.resize(at);
    at += static_cast<std::size_t>(size);
  }
  return {};
}

// Makes the entry of a new file in its directory survive a crash.
Result<void> sync_directory(const std::string& directory) {
  const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.get()) != 0) return failed(directory, "sync it");
  return {};
}

}  // namespace

Result<WriteAheadLog> WriteAheadLog::open(const std::string& directory, Recovered& recovered) {
  const std::string path = directory + "/" + kLogFile;
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.is_open()) return failed(path, "open it");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed(path, "lock it");
    return Error{path + ": in use by another process; each node needs a directory of its own"};
  }
  std::string content;
  const Result<void> read = read_all(file.get(), path, content);
  if (!read) return read.error();
  const Result<std::uint64_t> end = recover(path, content, recovered);
  if (!end) return end.error();
  const bool torn = *end < content.size();
  if (torn && ::ftruncate(file.get(), static_cast<off_t>(*end)) != 0) return failed(path, "cut it");
  // An earlier life may have died between writing and syncing.
  if (::fsync(file.get()) != 0) return failed(path, "sync it");
  const Result<void> known = sync_directory(directory);
  if (!known) return known.error();
  return WriteAheadLog(std::move(file), directory, *end);
}

void WriteAheadLog::append(std::string_view record) {
  assert(record.size() <= kMostRecordBytes);
  std::array<unsigned char, kLengthBytes> length{};
  endian::store_little_u32(length.data(), static_cast<std::uint32_t>(record.size()));
  body_.append(reinterpret_cast<const char*>(length.data()), length.size());
  body_.append(record);
}

Result<void> WriteAheadLog::rewrite(const std::vector<Bytes>& records) {
  const std::string fresh = path() + ".new";
  FileDescriptor file(::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.is_open()) return failed(fresh, "open it");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return failed(fresh, "lock it");
  file_ = std::move(file);
  end_ = 0;
  body_.clear();
  for (const Bytes& record : records) append(record);
  const Result<void> synced = sync();
  if (!synced) return synced;
  if (::rename(fresh.c_str(), path().c_str()) != 0) return failed(path(), "replace it");
  return sync_directory(directory_);
}

Result<void> WriteAheadLog::sync() {
  if (body_.empty()) return {};
  const Head head = make_head(end_, body_);
  body_.insert(0, reinterpret_cast<const char*>(head.data()), head.size());
  for (std::string_view rest = body_; !rest.empty();) {
    const ssize_t size = ::pwrite(file_.get(), rest.data(), rest.size(), static_cast<off_t>(end_));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed(path(), "write to it");
    rest.remove_prefix(static_cast<std::size_t>(size));
    end_ += static_cast<std::uint64_t>(size);
  }
  body_.clear();
  if (::fdatasync(file_.get()) != 0) return failed(path(), "sync it");
  return {};
}

}  // namespace faultline::local

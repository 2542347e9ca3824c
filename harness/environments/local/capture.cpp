#include "harness/environments/local/capture.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace faultline::local {
namespace {

// The format: https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcap
constexpr std::uint32_t kNanosecondMagic = 0xa1b23c4d;
constexpr std::uint32_t kLinkTypeRaw = 101;
constexpr std::uint32_t kLongestRecord = 65'535;

struct FileHeader {
  std::uint32_t magic = kNanosecondMagic;
  std::uint16_t major = 2;
  std::uint16_t minor = 4;
  std::uint32_t reserved_1 = 0;
  std::uint32_t reserved_2 = 0;
  std::uint32_t longest = kLongestRecord;
  std::uint32_t link_type = kLinkTypeRaw;
};
static_assert(sizeof(FileHeader) == 24);

struct RecordHeader {
  std::uint32_t seconds;
  std::uint32_t nanoseconds;
  std::uint32_t captured;
  std::uint32_t original;
};
static_assert(sizeof(RecordHeader) == 16);

// A program that is killed loses no more than this much of what it recorded.
constexpr std::chrono::milliseconds kLongestWait{200};

void append(std::vector<char>& to, const void* from, std::size_t size) {
  const auto* bytes = static_cast<const char*>(from);
  to.insert(to.end(), bytes, bytes + size);
}

}  // namespace

Result<std::unique_ptr<Capture>> Capture::create(const std::string& path,
                                                 const CaptureLimits& limits) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.is_open()) {
    return Error{fmt::format("{}: cannot write the capture: {}", path, std::strerror(errno))};
  }
  return std::unique_ptr<Capture>(new Capture(std::move(file), limits));
}

Capture::Capture(FileDescriptor file, const CaptureLimits& limits)
    : limits_(limits), file_(std::move(file)), file_bytes_(sizeof(FileHeader)) {
  waiting_.reserve(limits_.buffer_bytes);
  const FileHeader header;
  append(waiting_, &header, sizeof header);
  writer_ = std::thread([this] { write_on(); });
}

Capture::~Capture() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

void Capture::record(Time at, std::span<const std::uint8_t> packet) {
  const auto size = static_cast<std::uint32_t>(packet.size());
  const RecordHeader header{.seconds = static_cast<std::uint32_t>(at / kSecond),
                            .nanoseconds = static_cast<std::uint32_t>(at % kSecond),
                            .captured = size,
                            .original = size};
  const std::size_t bytes = sizeof header + packet.size();
  bool half_full = false;
  {
    const std::lock_guard lock(mutex_);
    if (failed_ || file_bytes_ + bytes > limits_.file_bytes ||
        waiting_.size() + bytes > limits_.buffer_bytes) {
      ++missing_;
      return;
    }
    ++taken_in_;
    file_bytes_ += bytes;
    append(waiting_, &header, sizeof header);
    append(waiting_, packet.data(), packet.size());
    half_full = waiting_.size() >= limits_.buffer_bytes / 2;
  }
  if (half_full) wake_.notify_one();
}

std::uint64_t Capture::missing() const {
  std::unique_lock lock(mutex_);
  asked_ = true;
  wake_.notify_one();
  settled_some_.wait(lock, [&, so_far = taken_in_] { return settled_ >= so_far; });
  return missing_;
}

// The writer: takes all that waits, and gives its own empty buffer for it.
void Capture::write_on() {
  std::vector<char> taken;
  taken.reserve(limits_.buffer_bytes);
  off_t whole = 0;  // bytes of the file, up to the end of a record
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    wake_.wait_for(lock, kLongestWait,
                   [&] { return ended_ || asked_ || waiting_.size() >= limits_.buffer_bytes / 2; });
    last = ended_;
    asked_ = false;
    taken.clear();
    std::swap(taken, waiting_);
    const std::uint64_t settled = taken_in_;
    if (!failed_) {
      lock.unlock();
      const bool written = write_out(taken);
      if (!written) (void)!::ftruncate(file_.get(), whole);  // half a record is none
      lock.lock();
      failed_ = !written;
    }
    whole += static_cast<off_t>(taken.size());
    if (failed_) missing_ += settled - settled_;
    settled_ = settled;
    settled_some_.notify_all();
  }
}

bool Capture::write_out(const std::vector<char>& bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t size = ::write(file_.get(), bytes.data() + done, bytes.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    done += static_cast<std::size_t>(size);
  }
  return true;
}

}  // namespace faultline::local

#include "harness/serve/zip_stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

namespace faultline::serve {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 18U;
constexpr std::size_t kMostFiles = 100'000;

struct FreeArchive {
  void operator()(archive* a) const { ::archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { ::archive_entry_free(e); }
};

class ZipStream final : public ByteStream {
 public:
  ZipStream(const ResultsTree& tree, std::string run)
      : tree_(tree), run_(std::move(run)), archive_(::archive_write_new()) {
    for (Entry& file : tree.files_below(run_, kMostFiles)) files_.push_back(std::move(file.name));
    ::archive_write_set_format_zip(archive_.get());
    ::archive_write_set_options(archive_.get(), "zip:compression-level=6,zip:hdrcharset=UTF-8");
    ::archive_write_set_bytes_per_block(archive_.get(), 0);
    ::archive_write_open(archive_.get(), &out_, nullptr, take, nullptr);
  }

  Result<void> next(std::string& chunk) override {
    while (out_.empty() && !closed_) {
      const Result<void> went_on = step();
      if (!went_on) return went_on.error();
    }
    chunk.clear();
    chunk.swap(out_);
    return {};
  }

 private:
  static la_ssize_t take(archive* /*a*/, void* out, const void* data, std::size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
  }

  // Packs the next piece, or begins the next file, or ends the archive.
  Result<void> step() {
    if (current_) return pack_piece();
    if (!files_.empty()) return begin_file();
    closed_ = true;
    return checked(::archive_write_close(archive_.get()));
  }

  Result<void> begin_file() {
    const std::string name = std::exchange(files_.front(), {});
    files_.pop_front();
    current_ = tree_.file(fmt::format("{}/{}", run_, name));
    at_ = 0;
    if (!current_) return {};  // it has gone
    const std::unique_ptr<archive_entry, FreeEntry> entry(::archive_entry_new());
    ::archive_entry_set_pathname(entry.get(), fmt::format("{}/{}", run_, name).c_str());
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(current_->size));
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), 0644);
    ::archive_entry_set_mtime(entry.get(), current_->modified / 1'000'000'000, 0);
    return checked(::archive_write_header(archive_.get(), entry.get()));
  }

  Result<void> pack_piece() {
    const std::uint64_t left = current_->size - at_;
    if (left == 0) {
      current_.reset();
      return checked(::archive_write_finish_entry(archive_.get()));
    }
    const std::string piece = current_->read(at_, std::min<std::uint64_t>(left, kPiece));
    if (piece.empty()) return Error{run_ + ": a file became shorter while it was packed"};
    at_ += piece.size();
    const la_ssize_t n = ::archive_write_data(archive_.get(), piece.data(), piece.size());
    return checked(n < 0 ? ARCHIVE_FATAL : ARCHIVE_OK);
  }

  Result<void> checked(int code) {
    if (code >= ARCHIVE_WARN) return {};  // a name in no known encoding is only a warning
    const char* why = ::archive_error_string(archive_.get());
    return Error{fmt::format("{}: cannot be packed: {}", run_, why == nullptr ? "?" : why)};
  }

  const ResultsTree& tree_;
  const std::string run_;
  std::deque<std::string> files_;
  std::optional<OpenFile> current_;
  std::uint64_t at_ = 0;
  std::string out_;
  bool closed_ = false;
  std::unique_ptr<archive, FreeArchive> archive_;  // writes to out_ when it is freed
};

}  // namespace

std::unique_ptr<ByteStream> zip_of(const ResultsTree& tree, std::string run) {
  return std::make_unique<ZipStream>(tree, std::move(run));
}

}  // namespace faultline::serve

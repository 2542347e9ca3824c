#include "harness/serve/zip_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "harness/serve/zip_writer.hpp"

namespace faultline::serve {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 18U;
constexpr std::size_t kMostFiles = 1'000'000;  // whose names are held

class ZipStream final : public ByteStream {
 public:
  ZipStream(const ResultsTree& tree, std::string run) : tree_(tree), run_(std::move(run)) {
    for (Entry& file : tree.files_below(run_, kMostFiles)) files_.push_back(std::move(file.name));
    too_many_ = files_.size() == kMostFiles;
  }

  Result<void> next(std::string& chunk) override {
    if (too_many_) return Error{run_ + ": has too many files to be packed"};
    chunk = zip_.take();
    while (chunk.empty() && !finished_) {
      const Result<void> went_on = step();
      if (!went_on) return went_on.error();
      chunk = zip_.take();
    }
    return {};
  }

 private:
  // Packs the next piece, or begins the next file, or ends the archive.
  Result<void> step() {
    if (current_) return pack_piece();
    if (files_.empty()) {
      finished_ = true;
      zip_.finish();
    } else {
      begin_file();
    }
    return {};
  }

  void begin_file() {
    const std::string path = fmt::format("{}/{}", run_, files_.front());
    files_.pop_front();
    current_ = tree_.file(path);
    at_ = 0;
    if (!current_) return;  // it has gone
    zip_.begin(path, current_->size, current_->modified / 1'000'000'000);
  }

  Result<void> pack_piece() {
    const std::uint64_t left = current_->size - at_;
    if (left == 0) {
      current_.reset();
      zip_.end();
      return {};
    }
    const std::string piece = current_->read(at_, std::min<std::uint64_t>(left, kPiece));
    if (piece.empty()) return Error{run_ + ": a file became shorter while it was packed"};
    at_ += piece.size();
    zip_.add(piece);
    return {};
  }

  const ResultsTree& tree_;
  const std::string run_;
  std::deque<std::string> files_;
  std::optional<OpenFile> current_;
  std::uint64_t at_ = 0;
  ZipWriter zip_;
  bool finished_ = false;
  bool too_many_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> zip_of(const ResultsTree& tree, std::string run) {
  return std::make_unique<ZipStream>(tree, std::move(run));
}

}  // namespace faultline::serve

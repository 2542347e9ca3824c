// SharedArray: an array of fixed size that is cheap to copy and to change in one place, because
// copies share what they have in common. For generators that hold one generator per thread or
// group: an op changes one of them. Copies may not be used by different threads.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <memory>
#include <utility>

namespace faultline::gen {

template <class T>
class SharedArray {
 public:
  SharedArray() = default;
  SharedArray(std::size_t size, const T& value) : size_(size) {
    auto chunk = std::make_shared<Chunk>();
    chunk->fill(value);
    chunks_.assign((size + kChunk - 1) / kChunk, chunk);
  }

  std::size_t size() const { return size_; }
  const T& operator[](std::size_t i) const { return (*chunks_[i / kChunk])[i % kChunk]; }

  void set(std::size_t i, T value) {
    auto& chunk = chunks_[i / kChunk];
    if (chunk.use_count() > 1) chunk = std::make_shared<Chunk>(*chunk);
    (*chunk)[i % kChunk] = std::move(value);
  }

 private:
  // A change copies one chunk and the list of chunks: with 8 that is little for a few threads,
  // and still about a microsecond for a thousand.
  static constexpr std::size_t kChunk = 8;
  using Chunk = std::array<T, kChunk>;

  boost::container::small_vector<std::shared_ptr<Chunk>, 2> chunks_;
  std::size_t size_ = 0;
};

}  // namespace faultline::gen

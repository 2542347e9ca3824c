// SeedSet: many seeds as a person writes them: "1-1000", "7", "1-10,20". A plain value; sorted,
// none twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.hpp"

namespace faultline {

class SeedSet {
 public:
  static constexpr std::uint64_t kMost = 1'000'000;  // seeds in a set

  SeedSet() = default;
  explicit SeedSet(std::vector<std::uint64_t> seeds);  // in any order; twice counts once
  // Error: says what was expected; the caller names the place.
  static Result<SeedSet> parse(std::string_view text);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::uint64_t at(std::size_t index) const;  // index < size()
  std::string text() const;                   // "1-10,20"; parse() reads it back
  // The first `most` ranges, and "..." if there are more.
  std::string text(std::size_t most) const;

  friend bool operator==(const SeedSet&, const SeedSet&) = default;

 private:
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
    std::size_t before;  // seeds in the ranges before it
    friend bool operator==(const Range&, const Range&) = default;
  };
  std::vector<Range> ranges_;  // in order, with gaps between them
  std::size_t size_ = 0;
};

}  // namespace faultline

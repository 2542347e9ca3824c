#include "harness/run/seed_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <iterator>
#include <limits>

namespace faultline {
namespace {

constexpr std::string_view kExpected =
    "expected seeds such as 7, 1-1000 or 1-10,20: at most 1000000 of them, none twice";

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

SeedSet::SeedSet(std::vector<std::uint64_t> seeds) {
  std::sort(seeds.begin(), seeds.end());
  seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
  for (const std::uint64_t seed : seeds) {
    if (!ranges_.empty() && ranges_.back().last + 1 == seed) {
      ranges_.back().last = seed;
    } else {
      ranges_.push_back({seed, seed, size_});
    }
    ++size_;
  }
}

Result<SeedSet> SeedSet::parse(std::string_view text) {
  std::vector<std::uint64_t> seeds;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view range = text.substr(begin, comma - begin);
    const std::size_t dash = range.find('-');
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const bool read = parse_number(range.substr(0, dash), first) &&
                      (dash == std::string_view::npos ? parse_number(range, last)
                                                      : parse_number(range.substr(dash + 1), last));
    if (!read || last < first || last - first >= kMost - seeds.size()) {
      return Error{std::string(kExpected)};
    }
    // Not `seed <= last`: the last may be the greatest number there is.
    for (std::uint64_t i = 0; i <= last - first; ++i) seeds.push_back(first + i);
    begin = comma + 1;
  }
  const std::size_t given = seeds.size();
  SeedSet set(std::move(seeds));
  if (set.size() != given) return Error{std::string(kExpected)};
  return set;
}

std::uint64_t SeedSet::at(std::size_t index) const {
  assert(index < size_);
  const auto behind =
      std::upper_bound(ranges_.begin(), ranges_.end(), index,
                       [](std::size_t i, const Range& range) { return i < range.before; });
  const Range& range = *std::prev(behind);
  return range.first + (index - range.before);
}

std::string SeedSet::text() const {
  return text(std::numeric_limits<std::size_t>::max());
}

std::string SeedSet::text(std::size_t most) const {
  std::string text;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    if (i > 0) text += ',';
    if (i == most) return text + "...";
    const Range& range = ranges_[i];
    text += std::to_string(range.first);
    if (range.last != range.first) text += fmt::format("-{}", range.last);
  }
  return text;
}

}  // namespace faultline

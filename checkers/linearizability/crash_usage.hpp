// CrashUsage: how many crashed ops of each class a configuration has used, as a number.
//
// Few crashed ops are ever used, so each distinct multiset of classes is stored once and a
// configuration holds four bytes, however many classes there are. 0 is the empty usage. One thread.
#pragma once

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_map.hpp>
#include <cstdint>
#include <utility>
#include <vector>

namespace faultline {

class CrashUsage {
 public:
  CrashUsage();

  // `usage` with one more op of `crash_class`.
  std::uint32_t use(std::uint32_t usage, std::uint32_t crash_class);
  std::uint32_t count(std::uint32_t usage, std::uint32_t crash_class) const;
  std::uint32_t total(std::uint32_t usage) const { return records_[usage].total; }
  // Of every class `a` uses at most as many as `b`.
  bool within(std::uint32_t a, std::uint32_t b) const;
  std::size_t memory_bytes() const { return bytes_; }

 private:
  using Counts = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // (class, count), sorted
  struct Record {
    const Counts* counts;  // a key of numbers_, whose nodes do not move
    std::uint32_t total;
  };

  std::uint32_t intern(Counts counts, std::uint32_t total);

  std::vector<Record> records_;
  boost::unordered_map<Counts, std::uint32_t, boost::hash<Counts>> numbers_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> uses_;
  std::size_t bytes_ = 0;
};

}  // namespace faultline

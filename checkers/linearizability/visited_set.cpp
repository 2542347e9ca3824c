#include "checkers/linearizability/visited_set.hpp"

#include <algorithm>

namespace faultline {

VisitedSet::VisitedSet(std::size_t words, bool dominance, const CrashUsage& usages)
    : stride_(words + 1),
      dominance_(dominance),
      usages_(usages),
      key_(stride_),
      buckets_(64, kEmpty) {}

bool VisitedSet::insert(std::uint32_t position, const Configuration& configuration) {
  pack(position, configuration);
  crowd_ = 1;
  const std::size_t bucket = find_bucket(key_.data());
  std::uint32_t number = buckets_[bucket];
  const auto link = static_cast<std::uint32_t>(links_.size());
  if (number == kEmpty) {
    buckets_[bucket] = static_cast<std::uint32_t>(first_.size());
    keys_.insert(keys_.end(), key_.begin(), key_.end());
    first_.push_back(link);
    links_.push_back({configuration.usage, kEmpty});
    if (first_.size() * 2 > buckets_.size()) grow();
    return true;
  }
  for (std::uint32_t i = first_[number]; i != kEmpty; i = links_[i].next, ++crowd_) {
    if (links_[i].usage == configuration.usage) return false;
    if (dominance_ && usages_.within(links_[i].usage, configuration.usage)) return false;
  }
  links_.push_back({configuration.usage, first_[number]});
  first_[number] = link;
  return true;
}

void VisitedSet::clear() {
  // A table that was large once must not make every later clear slow.
  if (first_.size() * 8 < buckets_.size()) {
    for (std::size_t i = first_.size(); i-- > 0;) {
      // From the last to the first: a key's probe path only holds keys added before it.
      buckets_[find_bucket(&keys_[i * stride_])] = kEmpty;
    }
  } else {
    std::fill(buckets_.begin(), buckets_.end(), kEmpty);
  }
  keys_.clear();
  first_.clear();
  links_.clear();
}

std::size_t VisitedSet::memory_bytes() const {
  return keys_.capacity() * sizeof(std::uint64_t) + links_.capacity() * sizeof(Link) +
         (first_.capacity() + buckets_.capacity()) * sizeof(std::uint32_t);
}

void VisitedSet::pack(std::uint32_t position, const Configuration& configuration) {
  key_[0] = std::uint64_t{position} << 32 | configuration.state;
  key_[1] = configuration.linearized;
  const auto& beyond = configuration.linearized_beyond;
  std::copy(beyond.begin(), beyond.end(), key_.begin() + 2);
}

std::size_t VisitedSet::hash(const std::uint64_t* key) const {
  std::uint64_t h = 0;
  for (std::size_t i = 0; i < stride_; ++i) {
    h = (h ^ key[i]) * 0x9e3779b97f4a7c15ULL;
    h ^= h >> 32;
  }
  return h;
}

std::size_t VisitedSet::find_bucket(const std::uint64_t* key) const {
  const std::size_t mask = buckets_.size() - 1;
  for (std::size_t bucket = hash(key) & mask;; bucket = (bucket + 1) & mask) {
    const std::uint32_t number = buckets_[bucket];
    if (number == kEmpty || std::equal(key, key + stride_, &keys_[number * stride_])) return bucket;
  }
}

void VisitedSet::grow() {
  buckets_.assign(buckets_.size() * 2, kEmpty);
  for (std::uint32_t number = 0; number < first_.size(); ++number) {
    buckets_[find_bucket(&keys_[number * stride_])] = number;
  }
}

}  // namespace faultline

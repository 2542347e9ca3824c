#include "checkers/linearizability/crash_usage.hpp"

#include <algorithm>

namespace faultline {
namespace {

template <class Counts>
auto place_of(Counts& counts, std::uint32_t crash_class) {
  return std::lower_bound(counts.begin(), counts.end(), crash_class,
                          [](const auto& entry, std::uint32_t c) { return entry.first < c; });
}

}  // namespace

CrashUsage::CrashUsage() {
  intern({}, 0);
}

std::uint32_t CrashUsage::use(std::uint32_t usage, std::uint32_t crash_class) {
  const std::uint64_t step = std::uint64_t{usage} << 32 | crash_class;
  if (const auto known = uses_.find(step); known != uses_.end()) return known->second;
  Counts counts = *records_[usage].counts;
  const auto it = place_of(counts, crash_class);
  if (it != counts.end() && it->first == crash_class) {
    ++it->second;
  } else {
    counts.insert(it, {crash_class, 1});
  }
  const std::uint32_t used = intern(std::move(counts), records_[usage].total + 1);
  uses_.emplace(step, used);
  bytes_ += 24;
  return used;
}

std::uint32_t CrashUsage::count(std::uint32_t usage, std::uint32_t crash_class) const {
  const Counts& counts = *records_[usage].counts;
  const auto it = place_of(counts, crash_class);
  return it != counts.end() && it->first == crash_class ? it->second : 0;
}

bool CrashUsage::within(std::uint32_t a, std::uint32_t b) const {
  if (a == b || a == 0) return true;
  if (records_[a].total >= records_[b].total) return false;
  const Counts& larger = *records_[b].counts;
  auto it = larger.begin();
  for (const auto& [crash_class, count] : *records_[a].counts) {
    while (it != larger.end() && it->first < crash_class) ++it;
    if (it == larger.end() || it->first != crash_class || it->second < count) return false;
  }
  return true;
}

std::uint32_t CrashUsage::intern(Counts counts, std::uint32_t total) {
  const auto next = static_cast<std::uint32_t>(records_.size());
  bytes_ += 80 + counts.size() * sizeof(Counts::value_type);
  const auto [it, is_new] = numbers_.try_emplace(std::move(counts), next);
  if (is_new) records_.push_back({&it->first, total});
  return it->second;
}

}  // namespace faultline

#include "targets/dynamo/version.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace faultline::dynamo {
namespace {

// Of two versions by stamp, what a replica with the bug keeps.
Siblings newer_by_time_alone(const Siblings& mine, const Siblings& theirs) {
  if (mine.empty()) return theirs;
  if (theirs.empty()) return mine;
  return theirs.front().stamp.time > mine.front().stamp.time ? theirs : mine;
}

// Those of `some` that none of `others` overwrites.
Siblings survivors(const Siblings& some, const Siblings& others) {
  Siblings left;
  for (const Version& version : some) {
    const auto beats = [&](const Version& other) { return overwrites(other, version); };
    if (std::ranges::none_of(others, beats)) left.push_back(version);
  }
  return left;
}

void mix(std::uint64_t& hash, std::uint64_t value) {  // FNV-1a over the value's bytes
  for (int shift = 0; shift < 64; shift += 8) {
    hash = (hash ^ ((value >> shift) & 0xff)) * 0x100000001b3U;
  }
}

}  // namespace

bool includes(const VersionVector& a, const VersionVector& b) {
  return std::ranges::all_of(b, [&](const auto& entry) {
    const auto found = a.find(entry.first);
    return found != a.end() && found->second >= entry.second;
  });
}

void join(VersionVector& into, const VersionVector& other) {
  for (const auto& [process, count] : other) {
    std::uint64_t& known = into[process];
    known = std::max(known, count);
  }
}

bool overwrites(const Version& a, const Version& b) {
  if (a.vector.empty() && b.vector.empty()) return a.stamp > b.stamp;
  return a.vector != b.vector && includes(a.vector, b.vector);
}

Siblings merged(const Siblings& mine, const Siblings& theirs, const Bugs& bugs) {
  const auto by_stamp = [](const Version& version) { return version.vector.empty(); };
  if (bugs.equal_stamps && std::ranges::all_of(mine, by_stamp) &&
      std::ranges::all_of(theirs, by_stamp)) {
    return newer_by_time_alone(mine, theirs);
  }
  const Siblings incoming = survivors(theirs, mine);
  if (bugs.overwrite_siblings && !incoming.empty()) return incoming;
  Siblings all = survivors(mine, theirs);
  for (const Version& version : incoming) {
    const auto same = [&](const Version& other) {
      return other.vector == version.vector && other.stamp == version.stamp;
    };
    if (std::ranges::none_of(all, same)) all.push_back(version);
  }
  std::ranges::sort(all, [](const Version& a, const Version& b) {
    return std::tie(a.vector, a.stamp) < std::tie(b.vector, b.stamp);
  });
  return all;
}

std::uint64_t digest(const Siblings& siblings) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const Version& version : siblings) {
    mix(hash, version.stamp.time);
    mix(hash, static_cast<std::uint64_t>(version.stamp.node));
    mix(hash, version.stamp.number);
    mix(hash, version.vector.size());
    for (const auto& [process, count] : version.vector) {
      mix(hash, static_cast<std::uint64_t>(process));
      mix(hash, count);
    }
    mix(hash, static_cast<std::uint64_t>(version.value));
  }
  return hash;
}

std::string to_string(const Siblings& siblings) {
  std::vector<std::string> parts;
  for (const Version& version : siblings) {
    if (version.vector.empty()) {
      parts.push_back(fmt::format("{}@{}.{}", version.value, version.stamp.time,
                                  node_name(version.stamp.node)));
      continue;
    }
    std::vector<std::string> entries;
    for (const auto& [process, count] : version.vector) {
      entries.push_back(fmt::format("{}:{}", process, count));
    }
    parts.push_back(fmt::format("{}{{{}}}", version.value, fmt::join(entries, ",")));
  }
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, " | "));
}

}  // namespace faultline::dynamo

// Version: one value that a key had, and how it stands to others: by stamp or by version vector.
// Siblings: the versions of a key that none of the others overwrites. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/node.hpp"
#include "targets/dynamo/bugs.hpp"

namespace faultline::dynamo {

// Totally ordered, and never given twice: `number` is unique among those of its node.
struct Stamp {
  std::uint64_t time = 0;  // a counter, or milliseconds of a clock
  NodeId node = 0;         // the coordinator
  std::uint64_t number = 0;
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

// By client process, how many of its writes were seen. A process writes one after the other and
// has seen its own, so that a count stands for all up to it (Parker et al. 1983).
using VersionVector = std::map<std::int64_t, std::uint64_t>;

bool includes(const VersionVector& a, const VersionVector& b);  // a has seen all that b has
void join(VersionVector& into, const VersionVector& other);

struct Version {
  Stamp stamp;
  VersionVector vector;  // of a store with version vectors; there the stamp is unused
  std::int64_t value = 0;
  friend bool operator==(const Version&, const Version&) = default;
};

bool overwrites(const Version& a, const Version& b);

// In an order of their own, so that equal sets are equal. With stamps there is at most one.
using Siblings = std::vector<Version>;

// What is left of both when they meet: all that no other overwrites.
Siblings merged(const Siblings& mine, const Siblings& theirs, const Bugs& bugs = {});

// Equal for equal siblings, and else most likely not.
std::uint64_t digest(const Siblings& siblings);

std::string to_string(const Siblings& siblings);  // "3@7.n1" or "3{0:2,4:1}", for people

}  // namespace faultline::dynamo

// The one definition of a quantile here: by nearest rank, so that it is always a value that was
// measured. A pure function.
#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace faultline {

// Of a sorted list that is not empty: the smallest element that `percent` (0 to 100) of all do not
// exceed.
template <class T>
T quantile(const std::vector<T>& sorted, unsigned percent) {
  assert(!sorted.empty() && percent <= 100);
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[rank == 0 ? 0 : rank - 1];
}

}  // namespace faultline

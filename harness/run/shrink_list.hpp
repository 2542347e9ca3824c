// Delta debugging of a list: the fewest of its items with which something still fails.
//
// After Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (2002): ddmin.
// Ours tries to keep only a part while the parts are large, and then to do without smaller and
// smaller parts, going on where it was after each success. The result is 1-minimal: no single item
// can be removed. Pure functions.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace faultline {

using Positions = std::vector<std::size_t>;

// `fails` is given positions among 0 .. count-1, in order; what failed is kept. True of `stop` ends
// it with what there is, which need not be 1-minimal then.
Positions ddmin(std::size_t count, const std::function<bool(const Positions& kept)>& fails,
                const std::function<bool()>& stop);

}  // namespace faultline

// decide_unique: is the history of a collection to which every item is added at most once
// linearizable? Without a search: see deciders.hpp. A pure function.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "checkers/linearizability/object_history.hpp"

namespace faultline {

struct UniqueDecision {
  bool valid = false;
  // Ops of the object. If valid a linearization; otherwise, sorted, ops that already are not
  // linearizable: all on a few items, or these and one that found nothing. A history without all
  // ops on the other items is linearizable if the whole is; with ops on items that no completed op
  // removed there are the crashed ones that may have removed them.
  std::vector<std::uint32_t> ops;
};

// Nothing if the model tells nothing about items, or if there is something in the history that is
// beyond the deciders: then it must be searched. Most take a fraction of a microsecond an op; where
// crashed ops may have removed items it is done again and again, until `spent` says that it is
// enough.
std::optional<UniqueDecision> decide_unique(const ObjectHistory& object, const Model& model,
                                            const std::function<bool()>& spent = {});

}  // namespace faultline

// A few items that are certainly there, one after the other, all through a stretch of time.
#pragma once

#include <span>
#include <vector>

#include "checkers/unique/deciders.hpp"

namespace faultline::unique {

// The fewest lasting items of `candidates` of which one is there in each gap of [from, to); those
// that are must cover it. `but` is no candidate.
inline constexpr ItemIndex kNobody = UINT32_MAX;
std::vector<ItemIndex> cover(const ItemHistory& history, std::span<const ItemIndex> candidates,
                             Time from, Time to, ItemIndex but = kNobody);

// Of an op that found nothing, the items that stay and leave no gap for it, each alone; up to so
// many. `lasting`: all items that are.
std::vector<Conflict> lone_covers(const ItemHistory& history, std::span<const ItemIndex> lasting,
                                  OpIndex op, std::size_t max_conflicts);

}  // namespace faultline::unique

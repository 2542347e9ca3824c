#include "checkers/unique/interval_cover.hpp"

#include <algorithm>
#include <cassert>

namespace faultline::unique {

// Of all that are there in the first gap not yet covered, the one that is there longest.
std::vector<ItemIndex> cover(const ItemHistory& history, std::span<const ItemIndex> candidates,
                             Time from, Time to, ItemIndex but) {
  std::vector<ItemIndex> chosen;
  auto next = candidates.begin();
  ItemIndex best = kNobody;
  while (from < to) {
    for (; next != candidates.end() && history.items[*next].there_from <= from; ++next) {
      if (*next == but) continue;
      const bool longer =
          best == kNobody || history.items[*next].there_until > history.items[best].there_until;
      if (longer) best = *next;
    }
    assert(best != kNobody && history.items[best].there_until > from);
    chosen.push_back(best);
    from = history.items[best].there_until;
  }
  return chosen;
}

std::vector<Conflict> lone_covers(const ItemHistory& history, std::span<const ItemIndex> lasting,
                                  OpIndex op, std::size_t max_conflicts) {
  std::vector<Conflict> conflicts;
  for (ItemIndex index : lasting) {
    const Item& item = history.items[index];
    if (conflicts.size() >= max_conflicts || item.there_from > history.invoked[op]) break;
    const bool covers = item.there_until >= history.returned[op];
    if (covers && item.gone_by == kForever) conflicts.push_back({{index}, {op}});
  }
  return conflicts;
}

}  // namespace faultline::unique

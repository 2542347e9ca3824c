// Takers: crashed ops that may have removed, after their invocation, any one item that no other op
// removed; or none. Which ones took what is found here, around a decider for items without takers.
//
// In a queue, if no item that stays was ever seen: every reason why one of them must have been
// removed is that it was certainly there when something happened (the add of an item that left, or
// a gap in which nothing was found), by which time *all* that were certainly there until then must
// have been removed. So they must be in the order of there_from, and the earliest takers are the
// best for them: the i-th taker for the i-th item. To have more removed never harms, as those that
// were removed at the end of time only have to go before those that stay.
//
// Otherwise every item that stays has a deadline: the last taker that may have removed it, at first
// none, as if it was not removed at all. The earlier an item is removed, the less it restricts the
// others. So if the history is not linearizable although each item that stays has a taker of its
// own at its deadline, and a conflict of that has only one of these items, then this one must have
// been removed earlier: by the last taker with which the conflict is linearizable. All that is left
// to do when the history has become linearizable is to give each item with a deadline a taker of
// its own, earliest deadline first. All steps are forced, so what cannot be done proves that there
// is no linearization. But if every conflict has several items that stay, one of them is chosen,
// and then only a linearization is an answer.
#pragma once

#include <functional>
#include <optional>

#include "checkers/unique/deciders.hpp"

namespace faultline::unique {

using Decider = Finding (*)(const ItemHistory&, std::size_t max_conflicts);

// The history's items must have been measured. Cores that have items that stay prove something only
// together with all takers. No answer if it is `spent`.
std::optional<Finding> decide_with_takers(const ItemHistory& history, Decider decider,
                                          ItemOrder order, const std::function<bool()>& spent);

}  // namespace faultline::unique

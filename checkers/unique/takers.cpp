#include "checkers/unique/takers.hpp"

#include <algorithm>
#include <utility>

namespace faultline::unique {
namespace {

constexpr std::size_t kConflictsPerRound = 1000;

// The history with one op more for each of these, which removes an item and is invoked right after
// a taker.
struct Removal {
  std::size_t taker;
  ItemIndex item;
};
ItemHistory with_removals(ItemHistory history, std::vector<Removal> removals) {
  std::sort(removals.begin(), removals.end(), [](const Removal& a, const Removal& b) {
    return std::pair(a.taker, a.item) < std::pair(b.taker, b.item);
  });
  std::vector<Time> later(history.times + 1, 0);
  for (const Removal& removal : removals)
    ++later[history.invoked[history.takers[removal.taker]] + 1];
  for (Time time = 1; time < later.size(); ++time) later[time] += later[time - 1];
  std::vector<Time> times;
  for (std::size_t i = 0; i < removals.size(); ++i) {
    times.push_back(history.invoked[history.takers[removals[i].taker]] + 1 + static_cast<Time>(i));
  }
  for (Time& time : history.invoked) time += later[time];
  for (Time& time : history.returned) time += time == kForever ? 0 : later[time];
  history.times += static_cast<Time>(removals.size());
  measure_items(history);
  for (std::size_t i = 0; i < removals.size(); ++i) {
    history.invoked.push_back(times[i]);
    history.returned.push_back(kForever);
    history.kinds.push_back(Kind::remove_if_there);
    give_away(history, removals[i].item, static_cast<OpIndex>(history.invoked.size() - 1));
  }
  return history;
}

// The ops of a conflict, with its items in order, and some takers, as a history of their own.
ItemHistory projected(const ItemHistory& history, const Conflict& conflict,
                      const std::vector<std::size_t>& takers) {
  ItemHistory part;
  part.object = history.object;
  std::vector<Time> events;
  const auto copy = [&](OpIndex op) {
    part.invoked.push_back(history.invoked[op]);
    part.returned.push_back(history.returned[op]);
    part.kinds.push_back(history.kinds[op]);
    events.push_back(history.invoked[op]);
    if (history.returned[op] != kForever) events.push_back(history.returned[op]);
    return static_cast<OpIndex>(part.invoked.size() - 1);
  };
  part.first_of.push_back(0);
  for (ItemIndex item : conflict.items) {
    part.values.push_back(history.values[item]);
    if (item < history.initial_items) ++part.initial_items;
    for (OpIndex op : history.ops_of(item)) part.by_item.push_back(copy(op));
    part.first_of.push_back(static_cast<std::uint32_t>(part.by_item.size()));
  }
  for (OpIndex op : conflict.empties) part.empties.push_back(copy(op));
  for (std::size_t taker : takers) part.takers.push_back(copy(history.takers[taker]));
  std::sort(events.begin(), events.end());
  const auto rank = [&](Time time) {
    const auto at = std::lower_bound(events.begin(), events.end(), time);
    return 2 * part.initial_items + static_cast<Time>(at - events.begin());
  };
  for (Time& time : part.invoked) time = rank(time);
  for (Time& time : part.returned) time = time == kForever ? time : rank(time);
  part.times = 2 * part.initial_items + static_cast<Time>(events.size());
  measure_items(part);
  return part;
}

class Deadlines {
 public:
  Deadlines(const ItemHistory& history, Decider decider, std::vector<ItemIndex> stay)
      : history_(history),
        decider_(decider),
        stay_(std::move(stay)),
        deadline_(history.items.size(), history.takers.size()),
        because_(history.items.size()) {}

  std::optional<Finding> decide(const std::function<bool()>& spent) {
    while (!spent || !spent()) {
      if (auto conflict = too_many()) return refuted(std::move(*conflict));
      Finding finding = decider_(with_removals(history_, deadlines()), kConflictsPerRound);
      if (finding.valid) return give_out();
      Progress progress = Progress::none;
      for (Conflict& conflict : finding.conflicts) {
        std::sort(conflict.items.begin(), conflict.items.end());
        const Progress made = learn_from(conflict, false);
        if (made == Progress::impossible) return refuted(std::move(conflict));
        progress = std::max(progress, made);
      }
      for (std::size_t i = 0; i < finding.conflicts.size() && progress == Progress::none; ++i) {
        progress = learn_from(finding.conflicts[i], true);
        if (progress == Progress::impossible) return std::nullopt;
      }
      if (progress == Progress::none) return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  std::vector<Removal> deadlines() const {
    std::vector<Removal> removals;
    for (ItemIndex item : stay_) {
      if (deadline_[item] < history_.takers.size()) removals.push_back({deadline_[item], item});
    }
    return removals;
  }

  enum class Progress : std::uint8_t { none, some, impossible };

  // Sets an earlier deadline. If several items may need one, then only if it may guess: for the one
  // that is left the latest deadline.
  Progress learn_from(const Conflict& conflict, bool guess) {
    std::vector<ItemIndex> stay;
    for (ItemIndex item : conflict.items) {
      if (history_.items[item].stays()) stay.push_back(item);
    }
    if (stay.empty()) return Progress::impossible;
    if (stay.size() > 1 && !guess) return Progress::none;
    std::optional<std::size_t> latest;
    ItemIndex best = stay.front();
    for (ItemIndex item : stay) {
      const auto deadline = earlier_deadline(item, conflict);
      if (deadline && (!latest || *deadline > *latest)) {
        latest = deadline;
        best = item;
      }
    }
    if (!latest) return Progress::impossible;
    if (*latest == deadline_[best]) return Progress::none;  // it was set in this round
    guessed_ = guessed_ || stay.size() > 1;
    deadline_[best] = *latest;
    because_[best] = conflict;
    return Progress::some;
  }

  std::optional<Finding> refuted(Conflict conflict) const {
    const bool by_guess =
        guessed_ && std::any_of(conflict.items.begin(), conflict.items.end(),
                                [&](auto i) { return history_.items[i].stays(); });
    if (by_guess) return std::nullopt;
    return Finding{.conflicts = {std::move(conflict)}};
  }

  // The last taker, no later than the deadline, with which the conflict is linearizable; nothing if
  // there is none.
  std::optional<std::size_t> earlier_deadline(ItemIndex item, const Conflict& conflict) const {
    std::size_t low = 0;  // takers before it do
    std::size_t high = std::min(deadline_[item] + 1, history_.takers.size());
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (allows(conflict, item, middle)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) return std::nullopt;
    return low - 1;
  }

  // Whether the conflict is linearizable if this taker removed this item, and others met their
  // deadlines.
  bool allows(const Conflict& conflict, ItemIndex item, std::size_t taker) const {
    std::vector<std::size_t> takers;
    std::vector<Removal> removals;
    for (std::size_t i = 0; i < conflict.items.size(); ++i) {
      if (!history_.items[conflict.items[i]].stays()) continue;
      const std::size_t by = conflict.items[i] == item ? taker : deadline_[conflict.items[i]];
      if (by == history_.takers.size()) continue;
      removals.push_back({by, static_cast<ItemIndex>(i)});
      takers.push_back(by);
    }
    std::sort(takers.begin(), takers.end());
    takers.erase(std::unique(takers.begin(), takers.end()), takers.end());
    for (Removal& removal : removals) {
      const auto at = std::lower_bound(takers.begin(), takers.end(), removal.taker);
      removal.taker = static_cast<std::size_t>(at - takers.begin());
    }
    return decider_(with_removals(projected(history_, conflict, takers), removals), 1).valid;
  }

  // By deadline, then by item.
  std::vector<Removal> sorted_deadlines() const {
    std::vector<Removal> due = deadlines();
    std::sort(due.begin(), due.end(), [](const Removal& a, const Removal& b) {
      return std::pair(a.taker, a.item) < std::pair(b.taker, b.item);
    });
    return due;
  }

  // More items that must have been removed by some time than takers until then.
  std::optional<Conflict> too_many() const {
    Conflict all;
    const std::vector<Removal> due = sorted_deadlines();
    std::size_t i = 0;
    while (i < due.size() && i <= due[i].taker) ++i;
    if (i == due.size()) return std::nullopt;
    for (std::size_t j = 0; j <= i; ++j) {
      const Conflict& because = because_[due[j].item];
      all.items.insert(all.items.end(), because.items.begin(), because.items.end());
      all.empties.insert(all.empties.end(), because.empties.begin(), because.empties.end());
    }
    return all;
  }

  // A taker for each item that must have been removed.
  Finding give_out() const {
    ItemHistory given = history_;
    std::size_t taker = 0;
    for (const Removal& due : sorted_deadlines()) {
      give_away(given, due.item, history_.takers[taker++]);
    }
    return decider_(given, 1);
  }

  const ItemHistory& history_;
  const Decider decider_;
  const std::vector<ItemIndex> stay_;
  std::vector<std::size_t> deadline_;  // by item; as many as there are takers: none
  std::vector<Conflict> because_;      // by item: why it has that deadline
  bool guessed_ = false;               // a deadline that is not forced
};

// In a queue: all that had to be removed before those of the conflict that had to be.
void add_rivals(const ItemHistory& history, const std::vector<ItemIndex>& stay,
                Conflict& conflict) {
  Time latest = 0;
  for (ItemIndex item : conflict.items) {
    if (history.items[item].stays()) latest = std::max(latest, history.items[item].there_from);
  }
  for (ItemIndex item : stay) {
    if (history.items[item].there_from < latest) conflict.items.push_back(item);
  }
}

}  // namespace

std::optional<Finding> decide_with_takers(const ItemHistory& history, Decider decider,
                                          ItemOrder order, const std::function<bool()>& spent) {
  Finding finding = decider(history, 1);
  std::vector<ItemIndex> stay = items_that(history, &Item::stays);
  if (finding.valid || history.takers.empty() || stay.empty()) return finding;
  const bool seen = std::any_of(stay.begin(), stay.end(), [&](ItemIndex item) {
    return history.items[item].seen_by != kForever;
  });
  if (order != ItemOrder::first_in || seen) return Deadlines(history, decider, stay).decide(spent);
  ItemHistory given = history;
  const std::size_t count = std::min(stay.size(), history.takers.size());
  for (std::size_t i = 0; i < count; ++i) give_away(given, stay[i], history.takers[i]);
  finding = decider(given, 1);
  if (!finding.valid) add_rivals(history, stay, finding.conflicts.front());
  return finding;
}

}  // namespace faultline::unique

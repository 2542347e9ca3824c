#include "checkers/unique/item_history.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <limits>

namespace faultline::unique {
namespace {

constexpr ItemIndex kNoItem = UINT32_MAX;

// Numbers values. Integers that lie close together, as in most tests, need no hash table.
class ItemNumbers {
 public:
  explicit ItemNumbers(const std::vector<ItemEffect>& effects, const Value::List& initial) {
    for (const Value& value : initial) note(value);
    for (const ItemEffect& effect : effects) {
      if (effect.item != nullptr) note(*effect.item);
    }
    const std::uint64_t span = static_cast<std::uint64_t>(high_) - static_cast<std::uint64_t>(low_);
    if (integers_ && low_ <= high_ && span < 4 * (effects.size() + initial.size())) {
      direct_.assign(span + 1, kNoItem);
    }
  }

  ItemIndex number(const Value& value) {
    const auto next = static_cast<ItemIndex>(values.size());
    ItemIndex& known = direct_.empty() ? hashed_.try_emplace(value, next).first->second
                                       : direct_[static_cast<std::uint64_t>(value.integer()) -
                                                 static_cast<std::uint64_t>(low_)];
    if (known == kNoItem) known = next;
    if (known == next) values.push_back(&value);
    return known;
  }

  std::vector<const Value*> values;

 private:
  void note(const Value& value) {
    integers_ = integers_ && value.is_integer();
    if (!integers_) return;
    low_ = std::min(low_, value.integer());
    high_ = std::max(high_, value.integer());
  }

  bool integers_ = true;
  std::int64_t low_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t high_ = std::numeric_limits<std::int64_t>::min();
  std::vector<ItemIndex> direct_;
  boost::unordered_flat_map<Value, ItemIndex> hashed_;
};

// Positions stay as they are, but for an offset, unless other objects' ops leave too many gaps.
void set_times(const ObjectHistory& object, Time before, ItemHistory& items) {
  const auto& ops = object.ops;
  items.invoked.resize(ops.size());
  items.returned.resize(ops.size());
  Time first = kForever;
  Time end = 0;
  for (const ObjectHistory::Op& op : ops) {
    first = std::min(first, op.invoked);
    end = std::max(end, (op.crashed() ? op.invoked : op.returned) + 1);
  }
  std::vector<Time> events;
  const bool sparse = !ops.empty() && (end - first) / 8 > ops.size();
  if (sparse) {
    for (const ObjectHistory::Op& op : ops) {
      events.push_back(op.invoked);
      if (!op.crashed()) events.push_back(op.returned);
    }
    std::sort(events.begin(), events.end());
  }
  const auto time = [&](Time position) {
    if (!sparse) return before + position - first;
    const auto at = std::lower_bound(events.begin(), events.end(), position);
    return before + static_cast<Time>(at - events.begin());
  };
  for (std::size_t i = 0; i < ops.size(); ++i) {
    items.invoked[i] = time(ops[i].invoked);
    items.returned[i] = ops[i].crashed() ? kForever : time(ops[i].returned);
  }
  items.times = ops.empty() ? before : time(end - 1) + 1;
}

// A crashed op that only looks, even if it is known what it would have seen.
bool is_left_out(const ItemHistory& items, std::size_t op) {
  const Kind kind = items.kinds[op];
  return (kind == Kind::see || kind == Kind::see_absent) && items.object->ops[op].crashed();
}

// Sorts the ops by item, keeping their order; what has no item goes where it belongs. False if a
// completed op removed nobody knows what.
bool group(const std::vector<ItemIndex>& item_of_call, ItemHistory& items) {
  const auto& ops = items.object->ops;
  items.first_of.assign(items.values.size() + 1, 0);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const ItemIndex item = item_of_call[ops[i].call];
    if (is_left_out(items, i)) continue;
    if (item != kNoItem) {
      ++items.first_of[item];
    } else if (items.kinds[i] == Kind::see_absent) {
      items.empties.push_back(static_cast<OpIndex>(i));
    } else if (ops[i].crashed()) {
      items.takers.push_back(static_cast<OpIndex>(i));
    } else {
      return false;
    }
  }
  std::uint32_t end = 0;
  for (std::uint32_t& first : items.first_of) first = end += first;
  items.by_item.resize(end);
  for (std::size_t i = ops.size(); i-- > 0;) {
    const ItemIndex item = item_of_call[ops[i].call];
    if (item != kNoItem && !is_left_out(items, i))
      items.by_item[--items.first_of[item]] = static_cast<OpIndex>(i);
  }
  return true;
}

}  // namespace

std::optional<ItemHistory> read_items(const ObjectHistory& object, const Model& model) {
  ItemHistory items;
  items.object = &object;
  std::vector<ItemEffect> effects;
  effects.reserve(object.calls.size());
  for (const Call& call : object.calls) {
    effects.push_back(model.item_effect(call));
    if (effects.back().kind == Kind::other) return std::nullopt;
  }
  items.initial = object.initial.items();
  ItemNumbers numbers(effects, items.initial);
  for (const Value& value : items.initial) numbers.number(value);
  items.initial_items = static_cast<ItemIndex>(numbers.values.size());
  if (items.initial_items < items.initial.size()) return std::nullopt;
  std::vector<ItemIndex> item_of_call(effects.size(), kNoItem);
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (effects[i].item != nullptr) item_of_call[i] = numbers.number(*effects[i].item);
  }
  items.values = std::move(numbers.values);
  items.kinds.reserve(object.ops.size());
  for (const ObjectHistory::Op& op : object.ops) {
    items.kinds.push_back(effects[op.call].kind);
    // Open, but known to have removed an item if it happened: where a history is cut.
    if (op.crashed() && items.kinds.back() == Kind::remove) return std::nullopt;
  }
  set_times(object, 2 * items.initial_items, items);
  if (!group(item_of_call, items)) return std::nullopt;
  return items;
}

namespace {

enum class Measured : std::uint8_t { fits, fits_nowhere, added_twice };

Measured measure(const ItemHistory& history, ItemIndex index, Item& item) {
  const bool initial = index < history.initial_items;
  item = {};
  item.added_after = initial ? 2 * index : 0;
  item.there_from = initial ? 2 * index + 1 : kForever;
  item.there_until = item.added_after;
  item.seen_by = item.gone_by = kForever;
  bool removed_twice = false;
  bool seen = false;
  Time last_sight = 0;
  for (OpIndex op : history.ops_of(index)) {
    const Time invoked = history.invoked[op];
    const Time returned = history.returned[op];
    item.there_from = std::min(item.there_from, returned);
    item.there_until = std::max(item.there_until, invoked);
    if (history.kinds[op] == Kind::add) {
      if (initial || item.add != kNoOp) return Measured::added_twice;
      item.add = op;
      item.added_after = invoked;
      continue;
    }
    seen = true;
    item.seen_by = std::min(item.seen_by, returned);
    if (history.kinds[op] == Kind::see) {
      last_sight = invoked;
    } else {
      removed_twice = removed_twice || !item.stays();
      item.remove = op;
      item.gone_by = returned;
    }
  }
  const bool added = initial || item.add != kNoOp;
  item.counts = initial || seen || (added && history.returned[item.add] != kForever);
  if (item.stays()) item.there_until = kForever;
  if (!item.counts) return Measured::fits;
  const bool fits =
      added && !removed_twice && item.added_after < item.seen_by && last_sight < item.gone_by;
  return fits ? Measured::fits : Measured::fits_nowhere;
}

}  // namespace

std::optional<ItemIndex> measure_items(ItemHistory& history) {
  const auto count = static_cast<ItemIndex>(history.values.size());
  ItemIndex misfit = count;
  history.items.resize(count);
  for (ItemIndex i = 0; i < count; ++i) {
    const Measured measured = measure(history, i, history.items[i]);
    if (measured == Measured::added_twice) return std::nullopt;
    if (measured == Measured::fits_nowhere && misfit == count) misfit = i;
  }
  return misfit;
}

std::vector<ItemIndex> items_that(const ItemHistory& history, bool (Item::*holds)() const) {
  std::vector<ItemIndex> items;
  for (ItemIndex i = 0; i < history.items.size(); ++i) {
    if (history.items[i].counts && (history.items[i].*holds)()) items.push_back(i);
  }
  std::sort(items.begin(), items.end(), [&](ItemIndex a, ItemIndex b) {
    return history.items[a].there_from < history.items[b].there_from;
  });
  return items;
}

void give_away(ItemHistory& history, ItemIndex index, OpIndex taker) {
  Item& item = history.items[index];
  item.remove = taker;
  item.seen_by = std::min(item.seen_by, kForever - 1);  // before any that stays
  item.there_until = std::max(item.added_after, history.invoked[taker]);
  for (OpIndex op : history.ops_of(index)) {
    item.there_until = std::max(item.there_until, history.invoked[op]);
  }
}

}  // namespace faultline::unique

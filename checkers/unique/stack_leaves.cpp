#include "checkers/unique/stack_leaves.hpp"

namespace faultline::unique {

StackLeaves::StackLeaves(const ItemHistory& history)
    : begins(history.items.size(), 0), ends(history.items.size(), 0) {
  constexpr ItemIndex kNobody = UINT32_MAX;
  std::vector<ItemIndex> at(history.times, kNobody);
  for (ItemIndex i = 0; i < history.items.size(); ++i) {
    const Item& known = history.items[i];
    if (!known.counts) continue;
    if (known.lasting()) at[known.there_from] = i;
    if (!known.stays()) at[known.there_until] = i;
  }
  before.resize(history.times);
  for (Time time = 0; time < history.times; ++time) {
    if (at[time] != kNobody) note(history.items[at[time]], at[time], time);
    before[time] = count();
  }
  for (ItemIndex i = 0; i < history.items.size(); ++i) {
    if (begins[i] != 0 && ends[i] == 0) end(history.items[i], i);
  }
  begun.push_back(static_cast<std::uint32_t>(beginning.size()));
}

void StackLeaves::note(const Item& known, ItemIndex index, Time time) {
  if (!known.lasting()) {
    momentary.push_back(index);
  } else if (time == known.there_from) {
    add_leaf(index, 1);
    begins[index] = count();
    beginning.push_back(index);
    add_keys.push_back(known.added_after);
  } else {
    end(known, index);
  }
}

void StackLeaves::end(const Item& known, ItemIndex index) {
  add_leaf(index, -1);
  ends[index] = count();
  ending.push_back(index);
  remove_keys.push_back(~known.gone_by);
}

void StackLeaves::add_leaf(ItemIndex index, std::int32_t by) {
  begun.push_back(static_cast<std::uint32_t>(beginning.size()));
  item.push_back(index);
  change.push_back(by);
}

}  // namespace faultline::unique

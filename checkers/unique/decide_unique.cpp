#include "checkers/unique/decide_unique.hpp"

#include <algorithm>

#include "checkers/unique/takers.hpp"

namespace faultline {
namespace unique {
namespace {

Decider decider_of(ItemOrder order) {
  switch (order) {
    case ItemOrder::first_in: return decide_queue;
    case ItemOrder::last_in: return decide_stack;
    case ItemOrder::smallest: return decide_priority_queue;
    case ItemOrder::any:
    case ItemOrder::none: break;
  }
  return nullptr;
}

std::vector<OpIndex> ops_of(const ItemHistory& history, const Conflict& conflict) {
  std::vector<OpIndex> ops = conflict.empties;
  bool may_be_taken = false;
  for (ItemIndex item : conflict.items) {
    for (OpIndex op : history.ops_of(item)) ops.push_back(op);
    may_be_taken = may_be_taken || (!history.items.empty() && history.items[item].stays());
  }
  if (may_be_taken) ops.insert(ops.end(), history.takers.begin(), history.takers.end());
  std::sort(ops.begin(), ops.end());
  ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
  return ops;
}

std::optional<Finding> find(ItemHistory& history, ItemOrder order,
                            const std::function<bool()>& spent) {
  if (order == ItemOrder::any) return decide_set(history);
  const auto misfit = measure_items(history);
  if (!misfit) return std::nullopt;
  if (*misfit < history.values.size()) return Finding{.conflicts = {{{*misfit}}}};
  return decide_with_takers(history, decider_of(order), order, spent);
}

}  // namespace
}  // namespace unique

std::optional<UniqueDecision> decide_unique(const ObjectHistory& object, const Model& model,
                                            const std::function<bool()>& spent) {
  if (model.item_order == ItemOrder::none) return std::nullopt;
  auto history = unique::read_items(object, model);
  if (!history) return std::nullopt;
  auto finding = unique::find(*history, model.item_order, spent);
  if (!finding) return std::nullopt;
  if (finding->valid) return UniqueDecision{true, std::move(finding->order)};
  return UniqueDecision{false, unique::ops_of(*history, finding->conflicts.front())};
}

}  // namespace faultline

#include "checkers/linearizability/relaxation.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>

namespace faultline {
namespace {

using Numbers = boost::unordered_flat_map<std::uint32_t, std::uint32_t>;

}  // namespace

Relaxation::Relaxation(const ObjectHistory& object, const Model& model, View view)
    : object_(object), model_(model), view_(view) {
  for (std::uint32_t i = 0; i < object.ops.size(); ++i) {
    const ObjectHistory::Op& op = object.ops[i];
    if (op.invoked >= view.to) break;
    if (op.returned >= view.from) ops_.push_back(i);
  }
  find_left_over();
  if (!object.has_rules() || view.from == 0) return;
  made_.resize(object.values.size(), false);
  for (const ObjectHistory::Op& op : object.ops) {
    if (op.invoked >= view.from) break;
    const std::uint32_t made = object.rules[op.call].made();
    if (made != kNoValue) made_[made] = true;
  }
}

std::vector<std::vector<std::uint32_t>> Relaxation::removable_items(
    const std::vector<bool>& kept) const {
  if (!has_items()) return {};
  std::map<Value, std::vector<std::uint32_t>> by_item;
  for (std::uint32_t i = 0; i < ops_.size(); ++i) {
    if (!kept[i]) continue;
    const auto item = model_.item(object_.call_of(ops_[i]));
    if (!item) return {};
    if (!item->is_nothing()) by_item[*item].push_back(i);
  }
  std::vector<std::vector<std::uint32_t>> items;
  for (auto& [item, ops] : by_item) items.push_back(std::move(ops));
  return items;
}

std::vector<std::vector<std::uint32_t>> Relaxation::removable_takers(
    const std::vector<bool>& kept) const {
  if (takers_.empty()) return {};
  std::vector<std::vector<std::uint32_t>> takers;
  for (std::uint32_t i = 0; i < ops_.size(); ++i) {
    if (!kept[i]) continue;
    const auto item = model_.item(object_.call_of(ops_[i]));
    if (!item || left_over_.contains(*item)) return {};
  }
  for (const std::uint32_t taker : takers_) {
    if (kept[taker]) takers.push_back({taker});
  }
  return takers;
}

std::optional<std::vector<bool>> Relaxation::without_takers(std::vector<bool> kept) const {
  if (takers_.empty()) return std::nullopt;
  for (std::uint32_t i = 0; i < ops_.size(); ++i) {
    if (!kept[i]) continue;
    const auto item = model_.item(object_.call_of(ops_[i]));
    if (!item) return std::nullopt;
    kept[i] = !left_over_.contains(*item);
  }
  for (const std::uint32_t taker : takers_) kept[taker] = false;
  return kept;
}

std::vector<std::vector<std::uint32_t>> Relaxation::removable_ops() const {
  std::vector<std::vector<std::uint32_t>> ops;
  for (std::uint32_t i = 0; i < ops_.size(); ++i) {
    if (object_.has_rules() || model_.pure(object_.call_of(ops_[i]))) ops.push_back({i});
  }
  return ops;
}

std::vector<bool> Relaxation::most() const {
  constexpr std::uint32_t kOldCrashed = 8;
  std::vector<bool> kept(ops_.size(), true);
  if (!object_.has_rules()) return kept;
  const auto is_old = [&](const ObjectHistory::Op& op) {
    return op.crashed() && op.invoked < view_.from;
  };
  Numbers wanted;  // per value that others need, how many old crashed ops that make it are kept
  for (const std::uint32_t i : ops_) {
    const ObjectHistory::Op& op = object_.ops[i];
    if (!is_old(op)) wanted.try_emplace(object_.rules[op.call].needs, 0);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const ObjectHistory::Op& op = object_.ops[ops_[i]];
    if (!is_old(op)) continue;
    const auto it = wanted.find(object_.rules[op.call].makes);
    kept[i] = it != wanted.end() && ++it->second <= kOldCrashed;
  }
  return kept;
}

ObjectHistory Relaxation::keep(const std::vector<bool>& kept) const {
  ObjectHistory relaxed;
  relaxed.initial = object_.initial;
  Numbers numbers;  // of the calls
  for (std::uint32_t i = 0; i < ops_.size(); ++i) {
    if (!kept[i]) continue;
    ObjectHistory::Op op = object_.ops[ops_[i]];
    const auto [it, is_new] =
        numbers.try_emplace(op.call, static_cast<std::uint32_t>(relaxed.calls.size()));
    if (is_new) {
      relaxed.calls.push_back(object_.calls[op.call]);
      if (object_.has_rules()) relaxed.rules.push_back(object_.rules[op.call]);
    }
    op.call = it->second;
    op.optional = op.invoked < view_.from && !op.crashed();
    if (op.returned >= view_.to) {
      op.returned = ObjectHistory::kNever;
      op.optional = false;
    }
    relaxed.ops.push_back(op);
  }
  if (object_.has_rules()) free_values(kept, relaxed);
  return relaxed;
}

bool Relaxation::has_items() const {
  return !object_.has_rules() && model_.item != nullptr && object_.initial.items().empty();
}

bool Relaxation::is_taker(const ObjectHistory::Op& op) const {
  const ItemEffect effect = model_.item_effect(object_.calls[op.call]);
  return op.crashed() && effect.kind == ItemEffect::Kind::remove_if_there && effect.item == nullptr;
}

// Whether it can be told which items there are more or fewer of after it.
bool Relaxation::is_clear(const ObjectHistory::Op& op) const {
  const Call& call = object_.calls[op.call];
  if (model_.pure(call) || is_taker(op)) return true;
  const ItemEffect effect = model_.item_effect(call);
  if (effect.kind == ItemEffect::Kind::other || effect.item == nullptr) return false;
  return model_.item(call) == *effect.item;
}

// Adds and removes in the order in which they count, up to the first op that is not clear.
void Relaxation::find_left_over() {
  if (!has_items() || model_.item_effect == nullptr) return;
  for (std::uint32_t i = 0; i < ops_.size(); ++i) {
    if (is_taker(object_.ops[ops_[i]])) takers_.push_back(i);
  }
  if (takers_.empty()) return;
  struct Event {
    std::uint32_t position;
    int change;
    const Value* item;
  };
  std::vector<Event> events;
  for (const ObjectHistory::Op& op : object_.ops) {
    if (!is_clear(op)) {
      std::erase_if(events, [&](const Event& event) { return event.position >= op.invoked; });
      if (op.invoked < view_.to) takers_.clear();
      break;
    }
    const ItemEffect effect = model_.item_effect(object_.calls[op.call]);
    if (effect.kind == ItemEffect::Kind::add) events.push_back({op.invoked, 1, effect.item});
    const bool removes = effect.kind == ItemEffect::Kind::remove && !op.crashed();
    if (removes) events.push_back({op.returned, -1, effect.item});
  }
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return a.position < b.position; });
  std::map<Value, int> balances;
  auto event = events.begin();
  for (; event != events.end() && event->position < view_.to; ++event) {
    balances[*event->item] += event->change;
  }
  for (const auto& [item, balance] : balances) {
    if (balance > 0) left_over_.insert(item);
  }
  for (; event != events.end(); ++event) {
    if ((balances[*event->item] += event->change) <= 0) left_over_.erase(*event->item);
  }
}

// Numbers the values that matter anew, and finds out which ones are free.
void Relaxation::free_values(const std::vector<bool>& kept, ObjectHistory& relaxed) const {
  constexpr std::uint32_t kOther = 1;  // the number of all values that no op kept looks at
  relaxed.values = {object_.initial, object_.initial};
  Numbers numbers = {{0, 0}};
  std::vector<std::uint32_t> starts = {0};
  const auto observe = [&](std::uint32_t& value) {
    if (value == kNoValue) return;
    const auto next = static_cast<std::uint32_t>(relaxed.values.size());
    const auto [it, is_new] = numbers.try_emplace(value, next);
    if (is_new) {
      relaxed.values.push_back(object_.values[value]);
      if (!made_.empty() && made_[value]) starts.push_back(next);
    }
    value = it->second;
  };
  for (ValueRule& rule : relaxed.rules) {
    observe(rule.needs);
    observe(rule.excludes);
  }
  const auto number_of = [&](std::uint32_t value) {
    const auto it = numbers.find(value);
    return it == numbers.end() ? kOther : it->second;
  };
  for (ValueRule& rule : relaxed.rules) {
    if (rule.makes != kNoValue) rule.makes = number_of(rule.makes);
  }
  std::vector<bool> free(relaxed.values.size(), false);
  for (std::uint32_t i = 0; i < ops_.size(); ++i) {
    const std::uint32_t made = object_.rules[object_.ops[ops_[i]].call].made();
    if (!kept[i] && made != kNoValue) free[number_of(made)] = true;
  }
  if (!made_.empty()) starts.push_back(kOther);
  std::vector<std::uint32_t> jumps;
  for (std::uint32_t value = 0; value < free.size(); ++value) {
    if (free[value]) jumps.push_back(value);
  }
  relaxed.freedom = {std::move(starts), std::move(jumps)};
}

}  // namespace faultline

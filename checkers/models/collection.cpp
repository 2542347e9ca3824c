#include "checkers/models/collection.hpp"

#include <algorithm>

namespace faultline::models {

Result<Value> parse_items(std::string_view text) {
  Value::List items;
  if (text == "empty") text = {};
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    auto value = parse_plain_value(item, "the initial items (empty, or a list like 1,2)");
    if (!value) return value.error();
    if (value->is_nothing()) return Error{"the initial items: expected items, not nil"};
    items.push_back(std::move(*value));
  }
  return Value(std::move(items));
}

Result<Value> parse_sorted_items(std::string_view text) {
  const auto items = parse_items(text);
  if (!items) return items.error();
  return Value(sorted(items->items()));
}

std::string show_items(const Value& state) {
  return state.items().empty() ? "empty" : shorten(state.to_string(), 60);
}

Value::List sorted(Value::List items) {
  std::sort(items.begin(), items.end());
  return items;
}

void insert_sorted(Value::List& items, const Value& item) {
  items.insert(std::upper_bound(items.begin(), items.end(), item), item);
}

std::optional<std::string> requires_item(const Call& call) {
  if (!call.argument.is_nothing()) return std::nullopt;
  return call.f.name() + " must have an item as its value";
}

bool adds(const Call& call) {
  static const Symbol kEnqueue = Symbol::of("enqueue");
  static const Symbol kPush = Symbol::of("push");
  return call.f == kEnqueue || call.f == kPush;
}

bool peeks(const Call& call) {
  static const Symbol kPeek = Symbol::of("peek");
  return call.f == kPeek;
}

std::optional<std::string> validate_items(const Call& call) {
  return adds(call) ? requires_item(call) : std::nullopt;
}

Call prepare_items(Call call, const ModelOptions&) {
  return adds(call) ? as_update(std::move(call)) : as_read(std::move(call));
}

bool pure_items(const Call& call) {
  return peeks(call) || (!adds(call) && found_empty(call));
}

std::optional<Value> item_of(const Call& call) {
  return adds(call) ? call.argument : call.result;
}

Description describe_items(const Call& call) {
  return adds(call) ? describe_update(call) : describe_query(call);
}

ItemEffect effect_on_items(const Call& call) {
  using Kind = ItemEffect::Kind;
  if (adds(call)) return {Kind::add, &call.argument};
  const bool peek = peeks(call);
  if (call.outcome != Outcome::ok) return {peek ? Kind::other : Kind::remove_if_there};
  if (call.result.is_nothing()) return {Kind::see_absent};
  return {peek ? Kind::see : Kind::remove, &call.result};
}

std::optional<Value> look(const Value& state, const Call& call, End end) {
  if (call.outcome == Outcome::unknown) return state;
  const Value::List items = state.items();
  const Value found = items.empty() ? Value() : end == End::front ? items.front() : items.back();
  if (call.result != found) return std::nullopt;
  return state;
}

std::optional<Value> take(const Value& state, const Call& call, End end) {
  if (!look(state, call, end)) return std::nullopt;
  Value::List items = state.items();
  if (items.empty()) return state;
  items.erase(end == End::front ? items.begin() : std::prev(items.end()));
  return Value(std::move(items));
}

bool found_empty(const Call& call) {
  return call.outcome == Outcome::ok && call.result.is_nothing();
}

}  // namespace faultline::models

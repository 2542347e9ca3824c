// set: elements that are there or not. A state is the sorted list of those that are.
#include <algorithm>

#include "checkers/models/collection.hpp"
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kAdd = Symbol::of("add");
const Symbol kRemove = Symbol::of("remove");
const Symbol kContains = Symbol::of("contains");

const Value& yes() {
  static const Value value("true");
  return value;
}

const Value& no() {
  static const Value value("false");
  return value;
}

Value::List without_duplicates(Value::List items) {
  items = sorted(std::move(items));
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

Result<Value> parse_initial(std::string_view text) {
  const auto items = parse_items(text);
  if (!items) return items.error();
  return Value(without_duplicates(items->items()));
}

std::optional<std::string> validate(const Call& call) {
  if (call.f == f::kRead) {
    const Value& all = call.result;
    if (all.is_nothing() || all.is_pair() || all.is_list()) return std::nullopt;
    return "a read must return a list of all elements, not " + shorten(all.to_string(), 40);
  }
  const Value& found = call.result;
  if (call.f == kContains && call.outcome == Outcome::ok && found != yes() && found != no()) {
    return "contains must return true or false, not " + shorten(found.to_string(), 40);
  }
  return requires_item(call);
}

Call prepare(Call call, const ModelOptions& options) {
  if (call.f == f::kRead) {
    call = as_read(std::move(call), options);
    if (call.outcome == Outcome::ok) call.result = Value(without_duplicates(call.result.items()));
    return call;
  }
  if (call.f == kContains) return as_query(std::move(call));
  // Whether an add or a remove changed the set is known if it returned true or false.
  const Value result = call.result;
  const bool known = call.outcome == Outcome::ok && (result == yes() || result == no());
  call = as_update(std::move(call));
  if (known) call.result = result;
  return call;
}

std::optional<Value> step(const Value& state, const Call& call) {
  if (call.f == f::kRead) {
    if (call.outcome == Outcome::unknown || call.result == state) return state;
    return std::nullopt;
  }
  Value::List items = state.items();
  const auto at = std::lower_bound(items.begin(), items.end(), call.argument);
  const bool there = at != items.end() && *at == call.argument;
  const bool answer = call.f == kAdd ? !there : there;
  if (call.result == (answer ? no() : yes())) return std::nullopt;
  if (call.f == kContains || !answer) return state;
  if (call.f == kAdd) {
    items.insert(at, call.argument);
  } else {
    items.erase(at);
  }
  return Value(std::move(items));
}

// add(x) leaves a set that has x as it is, but changes others: it is pure only if it is known to
// have changed nothing.
bool pure(const Call& call) {
  if (call.f == kAdd || call.f == kRemove) return call.result == no();
  return true;
}

// An add that may or may not have changed the set is an add: if there is no other one, it did.
ItemEffect item_effect(const Call& call) {
  using Kind = ItemEffect::Kind;
  if (call.f == f::kRead || call.outcome == Outcome::unknown) return {};
  const bool no_change = call.result == no();
  if (call.f == kAdd) return {no_change ? Kind::see : Kind::add, &call.argument};
  if (no_change) return {Kind::see_absent, &call.argument};
  if (call.f == kContains) return {Kind::see, &call.argument};
  return {call.result == yes() ? Kind::remove : Kind::remove_if_there, &call.argument};
}

Description describe(const Call& call) {
  const bool update = call.f == kAdd || call.f == kRemove;
  return update && call.result.is_nothing() ? describe_update(call) : describe_query(call);
}

std::optional<Value> item(const Call& call) {
  if (call.f != f::kRead) return call.argument;
  return call.result.items().empty() ? std::optional(Value()) : std::nullopt;
}

}  // namespace

Model set() {
  return {.name = "set",
          .doc = "a set, as Jepsen's: add, read (of all); also remove, contains (true or false)",
          .object = "set",
          .default_initial = "empty",
          .functions = {"add", "read", "remove", "contains"},
          .parse_initial = parse_initial,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .show_state = show_items,
          .describe = describe,
          .item = item,
          .item_order = ItemOrder::any,
          .item_effect = item_effect};
}

}  // namespace faultline::models

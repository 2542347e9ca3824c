// stack: the item that came last leaves first.
#include "checkers/models/collection.hpp"
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kPush = Symbol::of("push");
const Symbol kPeek = Symbol::of("peek");

std::optional<std::string> validate(const Call& call) {
  return call.f == kPush ? requires_item(call) : std::nullopt;
}

Call prepare(Call call, const ModelOptions&) {
  return call.f == kPush ? as_update(std::move(call)) : as_read(std::move(call));
}

std::optional<Value> step(const Value& state, const Call& call) {
  if (call.f == kPeek) return look(state, call, End::back);
  if (call.f != kPush) return take(state, call, End::back);
  Value::List items = state.items();
  items.push_back(call.argument);
  return Value(std::move(items));
}

bool pure(const Call& call) {
  return call.f == kPeek || (call.f != kPush && found_empty(call));
}

Description describe(const Call& call) {
  return call.f == kPush ? describe_update(call) : describe_query(call);
}

}  // namespace

Model stack() {
  return {.name = "stack",
          .doc = "a stack: push, pop, peek (nil: it was empty)",
          .object = "stack",
          .default_initial = "empty",
          .functions = {"push", "pop", "peek"},
          .parse_initial = parse_items,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .show_state = show_items,
          .describe = describe};
}

}  // namespace faultline::models

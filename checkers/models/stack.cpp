// stack: the item that came last leaves first.
#include "checkers/models/collection.hpp"
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

std::optional<Value> step(const Value& state, const Call& call) {
  if (peeks(call)) return look(state, call, End::back);
  if (!adds(call)) return take(state, call, End::back);
  Value::List items = state.items();
  items.push_back(call.argument);
  return Value(std::move(items));
}

}  // namespace

Model stack() {
  return {.name = "stack",
          .doc = "a stack: push, pop, peek (nil: it was empty)",
          .object = "stack",
          .default_initial = "empty",
          .functions = {"push", "pop", "peek"},
          .parse_initial = parse_items,
          .validate = validate_items,
          .prepare = prepare_items,
          .step = step,
          .pure = pure_items,
          .show_state = show_items,
          .describe = describe_items,
          .item = item_of,
          .item_order = ItemOrder::last_in,
          .item_effect = effect_on_items};
}

}  // namespace faultline::models

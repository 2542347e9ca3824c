// priority-queue: an item is its own priority; the smallest leaves first.
#include "checkers/models/collection.hpp"
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

std::optional<Value> step(const Value& state, const Call& call) {
  if (peeks(call)) return look(state, call, End::front);
  if (!adds(call)) return take(state, call, End::front);
  Value::List items = state.items();
  insert_sorted(items, call.argument);
  return Value(std::move(items));
}

}  // namespace

Model priority_queue() {
  return {.name = "priority-queue",
          .doc = "the smallest item first: enqueue, dequeue, peek (nil: it was empty)",
          .object = "priority queue",
          .default_initial = "empty",
          .functions = {"enqueue", "dequeue", "peek"},
          .parse_initial = parse_sorted_items,
          .validate = validate_items,
          .prepare = prepare_items,
          .step = step,
          .pure = pure_items,
          .show_state = show_items,
          .describe = describe_items,
          .item = item_of,
          .item_order = ItemOrder::smallest,
          .item_effect = effect_on_items};
}

}  // namespace faultline::models

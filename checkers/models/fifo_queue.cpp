// fifo-queue: items leave in the order in which they came.
#include "checkers/models/collection.hpp"
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

std::optional<Value> step(const Value& state, const Call& call) {
  if (peeks(call)) return look(state, call, End::front);
  if (!adds(call)) return take(state, call, End::front);
  Value::List items = state.items();
  items.push_back(call.argument);
  return Value(std::move(items));
}

}  // namespace

Model fifo_queue() {
  return {.name = "fifo-queue",
          .doc = "a queue, as Knossos's fifo-queue: enqueue, dequeue, peek (nil: it was empty)",
          .object = "queue",
          .default_initial = "empty",
          .functions = {"enqueue", "dequeue", "peek"},
          .parse_initial = parse_items,
          .validate = validate_items,
          .prepare = prepare_items,
          .step = step,
          .pure = pure_items,
          .show_state = show_items,
          .describe = describe_items,
          .item = item_of,
          .item_order = ItemOrder::first_in,
          .item_effect = effect_on_items};
}

}  // namespace faultline::models

// priority-queue: an item is its own priority; the smallest leaves first.
#include "checkers/models/collection.hpp"
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kEnqueue = Symbol::of("enqueue");
const Symbol kPeek = Symbol::of("peek");

std::optional<std::string> validate(const Call& call) {
  return call.f == kEnqueue ? requires_item(call) : std::nullopt;
}

Call prepare(Call call, const ModelOptions&) {
  return call.f == kEnqueue ? as_update(std::move(call)) : as_read(std::move(call));
}

std::optional<Value> step(const Value& state, const Call& call) {
  if (call.f == kPeek) return look(state, call, End::front);
  if (call.f != kEnqueue) return take(state, call, End::front);
  Value::List items = state.items();
  insert_sorted(items, call.argument);
  return Value(std::move(items));
}

bool pure(const Call& call) {
  return call.f == kPeek || (call.f != kEnqueue && found_empty(call));
}

Description describe(const Call& call) {
  return call.f == kEnqueue ? describe_update(call) : describe_query(call);
}

}  // namespace

Model priority_queue() {
  return {.name = "priority-queue",
          .doc = "the smallest item first: enqueue, dequeue, peek (nil: it was empty)",
          .object = "priority queue",
          .default_initial = "empty",
          .functions = {"enqueue", "dequeue", "peek"},
          .parse_initial = parse_sorted_items,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .show_state = show_items,
          .describe = describe};
}

}  // namespace faultline::models

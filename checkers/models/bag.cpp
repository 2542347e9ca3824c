// bag: an unordered queue: a dequeue removes any of its items. A crashed one removed an item that
// nobody knows. Naming each that it may have been would take a state for every combination of them;
// here they stay open until something is observed. A state is the list of its parts [lost item item
// ...]: that many items of this part and those before it are gone, no matter which.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/models/collection.hpp"
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

struct Part {
  std::int64_t lost = 0;
  Value::List items;  // enqueued since the losses of the part before; sorted

  std::int64_t balance() const { return static_cast<std::int64_t>(items.size()) - lost; }
};

using Parts = std::vector<Part>;

Parts parts_of(const Value& state) {
  Parts parts;
  for (const Value& part : state.items()) {
    Value::List items = part.items();
    const std::int64_t lost = items.at(0).integer();  // throws if it is no state of ours
    items.erase(items.begin());
    parts.push_back({lost, std::move(items)});
  }
  return parts;
}

// How many items are there, whichever they are.
std::int64_t size_of(const Parts& parts) {
  std::int64_t size = 0;
  for (const Part& part : parts) size += part.balance();
  return size;
}

// The losses can all be suffered: up to every part, no more are lost than there were. Since a loss
// can be any item of its part or an earlier one, this is enough (Hall 1935).
bool possible(const Parts& parts) {
  std::int64_t left = 0;
  return std::all_of(parts.begin(), parts.end(),
                     [&left](const Part& part) { return (left += part.balance()) >= 0; });
}

// Forgets what is lost for certain, and unites parts that need not be told apart.
Value state_of(const Parts& parts) {
  Parts kept;
  std::int64_t left = 0;
  for (const Part& part : parts) {
    if (!kept.empty() && (kept.back().lost == 0 || part.items.empty())) {
      for (const Value& item : part.items) insert_sorted(kept.back().items, item);
      kept.back().lost += part.lost;
    } else {
      kept.push_back(part);
    }
    left += part.balance();
    if (left == 0) kept.clear();
  }
  Value::List state;
  for (Part& part : kept) {
    part.items.insert(part.items.begin(), Value(part.lost));
    state.emplace_back(std::move(part.items));
  }
  return Value(std::move(state));
}

Result<Value> parse_initial(std::string_view text) {
  const auto items = parse_sorted_items(text);
  if (!items) return items.error();
  return state_of({{0, items->items()}});
}

Call prepare(Call call, const ModelOptions& options) {
  if (call.f != f::kRead) return prepare_items(std::move(call), options);
  call = as_read(std::move(call), options);
  if (call.outcome == Outcome::ok) call.result = Value(sorted(call.result.items()));
  return call;
}

bool erase(Value::List& items, const Value& item) {
  const auto [begin, end] = std::equal_range(items.begin(), items.end(), item);
  if (begin == end) return false;
  items.erase(begin);
  return true;
}

// Whether what was read is there: each item is taken from the last part that has it, which leaves
// the most for the losses.
bool take_away(Parts& parts, const Value& item) {
  return std::any_of(parts.rbegin(), parts.rend(),
                     [&item](Part& part) { return erase(part.items, item); });
}

std::optional<Value> read(const Value& state, Parts parts, const Call& call) {
  if (call.outcome == Outcome::unknown) return state;
  const Value::List all = call.result.items();
  if (static_cast<std::int64_t>(all.size()) != size_of(parts)) return std::nullopt;
  for (const Value& item : all) {
    if (!take_away(parts, item)) return std::nullopt;
  }
  if (!possible(parts)) return std::nullopt;
  return state_of({{0, all}});
}

std::optional<Value> dequeue(const Value& state, Parts parts, const Call& call) {
  if (parts.empty()) return found_empty(call) ? std::optional(state) : std::nullopt;
  if (call.outcome == Outcome::unknown) {
    ++parts.back().lost;
  } else if (!take_away(parts, call.result) || !possible(parts)) {
    return std::nullopt;
  }
  return state_of(parts);
}

std::optional<Value> step(const Value& state, const Call& call) {
  Parts parts = parts_of(state);
  if (call.f == f::kRead) return read(state, std::move(parts), call);
  if (!adds(call)) return dequeue(state, std::move(parts), call);
  parts.push_back({0, {call.argument}});
  return state_of(parts);
}

// A read of all is not, unless there were none: it may tell which items are lost.
bool pure(const Call& call) {
  if (call.f == f::kRead) return call.result.items().empty();
  return pure_items(call);
}

std::string show_state(const Value& state) {
  std::string text;
  for (const Part& part : parts_of(state)) {
    if (!text.empty()) text += " ";
    text += Value(part.items).to_string();
    if (part.lost > 0) text += fmt::format(" without {}", part.lost);
  }
  return text.empty() ? "empty" : shorten(text, 60);
}

std::optional<Value> item_or_all(const Call& call) {
  if (call.f == f::kRead && !call.result.items().empty()) return std::nullopt;
  return call.f == f::kRead ? Value() : item_of(call);
}

ItemEffect effect(const Call& call) {
  return call.f == f::kRead ? ItemEffect() : effect_on_items(call);
}

}  // namespace

Model bag() {
  return {.name = "bag",
          .doc = "any item first, as Knossos's unordered-queue: enqueue, dequeue; read (of all)",
          .object = "bag",
          .default_initial = "empty",
          .functions = {"enqueue", "dequeue", "read"},
          .parse_initial = parse_initial,
          .validate = validate_items,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .show_state = show_state,
          .describe = describe_items,
          .item = item_or_all,
          .item_effect = effect};
}

}  // namespace faultline::models

// What the models of collections share: a state is the list of the items, in an order that is the
// model's business. Pure functions.
#pragma once

#include "checkers/model.hpp"

namespace faultline::models {

// "empty", or items divided by commas: 1,2,"a".
Result<Value> parse_items(std::string_view text);
Result<Value> parse_sorted_items(std::string_view text);
std::string show_items(const Value& state);  // "empty", "[1 2]"

Value::List sorted(Value::List items);
void insert_sorted(Value::List& items, const Value& item);

// An item must be something: a result of nothing says that there was none.
std::optional<std::string> requires_item(const Call& call);

// What queues and stacks have in common: enqueue or push adds an item, peek returns one, and every
// other call takes one.
bool adds(const Call& call);
bool peeks(const Call& call);
std::optional<std::string> validate_items(const Call& call);
Call prepare_items(Call call, const ModelOptions& options);
bool pure_items(const Call& call);
std::optional<Value> item_of(const Call& call);
Description describe_items(const Call& call);
ItemEffect effect_on_items(const Call& call);

enum class End { front, back };
// A call that removes the item at `end` and returns it, or only returns it. What it returned is
// known, or not; nothing says that the collection was empty.
std::optional<Value> take(const Value& state, const Call& call, End end);
std::optional<Value> look(const Value& state, const Call& call, End end);
bool found_empty(const Call& call);

}  // namespace faultline::models

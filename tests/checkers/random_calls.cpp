#include "tests/checkers/random_calls.hpp"

#include <set>

namespace faultline {
namespace {

bool is_text_store(const std::string& model) {
  return model == "kv" || model == "kv-append";
}

bool is_line(const std::string& model) {
  return model == "fifo-queue" || model == "priority-queue";
}

Value some_value(const std::string& model, const HistoryShape& shape, Rng& rng) {
  const std::uint64_t number = rng.below(static_cast<std::uint64_t>(shape.values));
  if (is_text_store(model)) return Value(std::string(1, static_cast<char>('a' + number)));
  return Value(static_cast<std::int64_t>(number));
}

Value some_txn(const HistoryShape& shape, Rng& rng) {
  Value::List actions;
  for (const char* name : {"x", "y"}) {
    if (rng.chance(1, 4)) continue;
    const bool reads = rng.chance(1, 2);
    const Value value = some_value("multi-register", shape, rng);
    actions.push_back(reads ? Value::List{"read", name, Value()}
                            : Value::List{"write", name, value});
  }
  return actions;
}

// The functions of a model, those that keep its histories interesting more than once.
std::vector<std::string> functions_of(const std::string& model) {
  if (model == "multi-register") return {"txn"};
  if (model == "kv-append") return {"get", "put", "append"};
  if (model == "kv") return {"get", "get", "put", "append", "delete", "cas"};
  if (model == "counter") return {"read", "read", "add", "increment", "decrement"};
  if (model == "set") return {"add", "add", "remove", "contains", "read"};
  if (model == "cas-register") return {"read", "write", "cas"};
  if (is_line(model)) return {"enqueue", "enqueue", "dequeue", "dequeue", "peek"};
  if (model == "stack") return {"push", "push", "pop", "pop", "peek"};
  if (model == "bag") return {"enqueue", "enqueue", "dequeue", "dequeue", "read"};
  const bool locks = model.find("mutex") != std::string::npos || model == "semaphore";
  if (locks) return {"acquire", "release"};
  return {"read", "write"};
}

Value argument_of(const std::string& model, const std::string& f, const HistoryShape& shape,
                  Rng& rng) {
  if (f == "txn") return some_txn(shape, rng);
  if (model == "semaphore" || model == "owner-aware-mutex") {
    const auto number = static_cast<std::int64_t>(1 + rng.below(2));
    return rng.chance(1, 3) ? Value(number) : Value();
  }
  for (const char* without : {"read", "get", "delete", "increment", "decrement", "dequeue", "pop",
                              "peek", "acquire", "release"}) {
    if (f == without) return {};
  }
  Value value = some_value(model, shape, rng);
  if (f != "cas") return value;
  const Value wanted = some_value(model, shape, rng);
  const bool of_absent = model == "kv" && rng.chance(1, 3);
  return Value::List{of_absent ? Value() : value, wanted};
}

Value answers_to(const Value& actions, naive::State state) {
  Value::List answers;
  for (const Value& action : actions.list()) {
    const Value::List& parts = action.list();
    if (parts[0] == Value("write")) state[parts[1]] = parts[2];
    answers.push_back(Value::List{parts[0], parts[1], state[parts[1]]});
  }
  return answers;
}

Value all_items(const naive::State& state) {
  Value::List items;
  for (const auto& [item, count] : state) {
    for (std::int64_t i = 0; i < count.integer(); ++i) items.push_back(item);
  }
  return items;
}

bool is_truth(const Value& value) {
  return value == Value("true") || value == Value("false");
}

}  // namespace

Op random_call(const std::string& model, const HistoryShape& shape, Rng& rng) {
  const std::string f = rng.pick(functions_of(model));
  return invocation(Symbol::of(f), argument_of(model, f, shape, rng));
}

bool is_query(const std::string& model, const Op& op) {
  static const std::set<std::string> queries = {"read", "get",  "txn",     "dequeue",
                                                "pop",  "peek", "contains"};
  return queries.count(op.f.name()) == 1 || (model == "set" && is_truth(op.value));
}

Value answer(const std::string& model, const Op& invocation, const naive::State& state,
             const HistoryShape& shape, Rng& rng) {
  const std::string& f = invocation.f.name();
  if (f == "txn") return answers_to(invocation.value, state);
  if (f == "read" && (model == "set" || model == "bag")) return all_items(state);
  if (f == "read" || f == "get") return state.at(Value());
  const bool changes_set = model == "set" && f != "contains";
  if (!is_query(model, invocation) && !changes_set) return invocation.value;
  if (changes_set && rng.chance(1, 2)) return invocation.value;
  std::vector<Value> possible = {Value()};
  if (model == "set") {
    possible = {"true", "false"};
  } else {
    for (int i = 0; i < shape.values; ++i) possible.emplace_back(i);
  }
  rng.shuffle(possible);
  for (const Value& value : possible) {
    Op done = completion(invocation, OpType::ok);
    done.value = value;
    if (!naive::successors(model, {0, &invocation, &done, 0}, state).empty()) return value;
  }
  return possible.front();
}

Value other_result(const std::string& model, const Op& completion, const HistoryShape& shape,
                   Rng& rng) {
  Value value = some_value(model, shape, rng);
  const std::string& f = completion.f.name();
  if (model == "set" && f != "read") return completion.value == Value("true") ? "false" : "true";
  if (f == "read" && (model == "set" || model == "bag")) {
    Value::List items = completion.value.items();
    if (!items.empty() && rng.chance(1, 2)) {
      items.pop_back();
    } else {
      items.push_back(value);
    }
    return items;
  }
  const bool may_be_nothing = is_line(model) || model == "stack" || model == "bag" || model == "kv";
  if (may_be_nothing && rng.chance(1, 3)) return {};
  if (is_text_store(model)) {
    const bool appends = completion.value.is_text() && rng.chance(1, 2);
    return appends ? Value(completion.value.text() + value.text()) : value;
  }
  if (model != "multi-register") return value;
  Value::List actions = completion.value.list();
  if (actions.empty()) return completion.value;
  const std::size_t which = rng.below(actions.size());
  Value::List parts = actions[which].list();
  if (parts[0] == Value("read")) parts[2] = value;
  actions[which] = parts;
  return actions;
}

}  // namespace faultline
